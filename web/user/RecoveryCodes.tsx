/** The ten recovery codes, this one time: to copy, to save, and to say that they are kept. */
import { t } from '../locales/i18n.ts'
import { Button } from '../ui/Button.tsx'
import { saveFile } from '../ui/saveFile.ts'
import { Code } from '../words.tsx'

export function RecoveryCodes(props: { readonly codes: readonly string[]; readonly onKept: () => void }) {
  const text = () => props.codes.join('\n')
  return (
    <div class="space-y-4">
      <Code text={text()} label={t('factor.codes')} />
      <div class="flex flex-wrap justify-end gap-2">
        <Button onClick={() => saveFile('recovery-codes.txt', 'text/plain', `${text()}\n`)}>
          {t('factor.save')}
        </Button>
        <Button look="primary" onClick={() => props.onKept()}>
          {t('factor.codesDone')}
        </Button>
      </div>
    </div>
  )
}
