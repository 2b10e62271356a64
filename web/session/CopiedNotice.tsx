/** Tells a person that a session of theirs was ended because somebody had a copy of its cookie, until they have read it. */
import { Show } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { Button } from '../ui/Button.tsx'
import { CircleAlertIcon } from '../ui/icons.ts'
import { Instant } from '../words.tsx'
import { understandCopy, unreadCopy } from './copiedRead.ts'

export function CopiedNotice() {
  return (
    <Show when={unreadCopy()}>
      {(copied) => (
        <section
          aria-label={t('copied.label')}
          class="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-bad bg-bad-soft px-4 py-1.5 text-bad md:px-6"
        >
          <CircleAlertIcon size={16} class="shrink-0" aria-hidden="true" />
          <p class="min-w-0 flex-1 basis-64" role="status">
            <Instant at={copied().endedAt} />: {t('copied.text', { address: copied().copiedFrom })}
          </p>
          <Button onClick={() => understandCopy(copied().id)}>{t('copied.read')}</Button>
        </section>
      )}
    </Show>
  )
}
