/** One line above the list: how many rules there are, or what can be done with those that are selected. */
import { createSignal, Show } from 'solid-js'
import { limits, type Rule } from '#core/config-document'
import { rulesToText } from '#core/document-text'
import { plural, t } from '../../locales/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { copyText } from '../../ui/CopyButton.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { Menu } from '../../ui/Menu.tsx'
import { toast } from '../../ui/toast.tsx'
import type { EditWords } from './draft.ts'
import type { Selection } from './selection.ts'

interface RuleBulkBarProps {
  readonly rules: readonly Rule[]
  readonly selection: Selection
  readonly shownCount: number
  readonly isFiltered: boolean
  readonly why: string | undefined
  readonly onChange: (values: Partial<Rule>, words: EditWords) => void
  readonly onPlace: () => void
  readonly onRemove: () => void
}

export function RuleBulkBar(props: RuleBulkBarProps) {
  const [isNaming, setNaming] = createSignal(false)
  const count = () => props.selection.ids().size
  const words = (key: EditWords['key']): EditWords => ({ key, args: { count: count() } })
  const copy = async () => {
    const chosen = props.rules.filter(({ id }) => props.selection.has(id))
    await copyText(rulesToText(chosen))
    toast('ok', plural('rules.copied', chosen.length))
  }
  return (
    <div class="flex min-h-12 flex-wrap items-center gap-x-1 gap-y-1 px-4 py-2">
      <Show
        when={count() > 0}
        fallback={
          <p class="text-sm text-muted">
            {props.isFiltered
              ? t('rules.shownOf', { shown: props.shownCount, count: props.rules.length })
              : plural('rules.count', props.rules.length)}
            <Show when={props.isFiltered}>
              {' · '}
              {t('rules.filteredMove')}
            </Show>
          </p>
        }
      >
        <p class="mr-2 font-medium" role="status">
          {plural('rules.selected', count())}
        </p>
        <Show when={count() < props.shownCount}>
          <Button look="ghost" onClick={() => props.selection.all()}>
            {plural('rules.selectShown', props.shownCount)}
          </Button>
        </Show>
        <Button onClick={() => props.onChange({ enabled: true }, words('edit.rulesEnabled'))}>
          {t('rules.enable')}
        </Button>
        <Button onClick={() => props.onChange({ enabled: false }, words('edit.rulesDisabled'))}>
          {t('rules.disable')}
        </Button>
        <Menu
          label={t('rules.more')}
          trigger={t('rules.more')}
          triggerClass="inline-flex h-8 items-center rounded-md border border-line-strong bg-surface px-3 font-medium hover:bg-hover aria-expanded:bg-hover"
          items={[
            {
              label: t('rules.toDirect'),
              onSelect: () => props.onChange({ action: 'direct' }, words('edit.rulesAction')),
            },
            {
              label: t('rules.toParent'),
              onSelect: () => props.onChange({ action: 'parent' }, words('edit.rulesAction')),
            },
            { label: t('rules.setOwner'), onSelect: () => setNaming(true) },
            { label: t('rules.moveTo'), onSelect: () => props.onPlace() },
            { label: t('rules.copyText'), onSelect: () => void copy() },
            { label: t('rules.delete'), onSelect: () => props.onRemove(), tone: 'bad' },
          ]}
        />
        <Button look="ghost" onClick={() => props.selection.clear()}>
          {t('rules.unselect')}
        </Button>
      </Show>
      <Dialog
        isOpen={isNaming()}
        onClose={() => setNaming(false)}
        title={plural('rules.ownerTitle', count())}
        closeLabel={t('action.close')}
      >
        <form
          class="flex items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault()
            const owner = String(new FormData(event.currentTarget).get('owner')).trim()
            setNaming(false)
            props.onChange({ owner }, words('edit.rulesOwner'))
          }}
        >
          <Field label={t('rules.owner')} class="flex-1">
            {(control) => <input {...control} class="input" name="owner" maxlength={limits.ownerLength} />}
          </Field>
          <Button type="submit" look="primary">
            {t('rules.setOwner')}
          </Button>
        </form>
      </Dialog>
    </div>
  )
}
