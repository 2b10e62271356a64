/** What the columns of the list of rules are, and the box that selects all that are shown. */
import { createEffect } from 'solid-js'
import { t } from '../../locales/i18n.ts'
import { ruleColumns } from './RuleRow.tsx'
import type { Selection } from './selection.ts'

interface RuleHeaderProps {
  readonly selection: Selection
  /** Of the rules shown. */
  readonly ids: readonly string[]
  readonly why: string | undefined
}

export function RuleHeader(props: RuleHeaderProps) {
  const allSelected = () => props.ids.length > 0 && props.ids.every((id) => props.selection.has(id))
  return (
    <div class="[scrollbar-gutter:stable] overflow-hidden border-y border-line bg-sunken px-2 text-xs font-medium text-muted">
      <div class={`${ruleColumns} h-8`}>
        <span class="grid size-7 place-items-center">
          <input
            type="checkbox"
            checked={allSelected()}
            ref={(box) =>
              createEffect(() => {
                box.indeterminate = props.selection.ids().size > 0 && !allSelected()
              })
            }
            disabled={props.why !== undefined}
            aria-label={t('rules.selectAll')}
            onClick={(event) =>
              event.currentTarget.checked ? props.selection.all() : props.selection.clear()
            }
          />
        </span>
        <span class="pr-1 text-right">{t('rules.number')}</span>
        <span class="px-1.5 @max-2xl:hidden">{t('rules.kind')}</span>
        <span class="px-1.5">{t('rules.value')}</span>
        <span class="px-1.5 @max-2xl:hidden">{t('rules.action')}</span>
        <span class="px-1.5 @max-4xl:hidden">{t('rules.note')}</span>
        <span class="text-center @max-2xl:col-start-5">{t('rules.enabled')}</span>
      </div>
    </div>
  )
}
