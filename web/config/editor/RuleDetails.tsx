/** What is rarely needed of a rule: owner and end, and the ways to move, copy and remove it. */
import type { JSX } from 'solid-js'
import { limits, type Rule } from '#core/config-document'
import { t } from '../../locales/i18n.ts'
import { fromLocalInput, localInput } from '../../localInput.ts'
import { Button } from '../../ui/Button.tsx'
import { ArrowDownIcon, ArrowUpIcon, CopyIcon, PlusIcon, TrashIcon } from '../../ui/icons.ts'
import type { RuleField } from './fields.ts'

export type RuleCommand = 'up' | 'down' | 'place' | 'below' | 'copy' | 'remove' | 'details'

interface RuleDetailsProps {
  readonly id: string
  readonly rule: Rule
  readonly index: number
  readonly count: number
  readonly why: string | undefined
  /** Attributes that tie the inputs to their problems. */
  readonly owner: JSX.InputHTMLAttributes<HTMLInputElement>
  readonly expiresAt: JSX.InputHTMLAttributes<HTMLInputElement>
  readonly onEdit: (field: RuleField, change: Partial<Rule>) => void
  readonly onCommand: (command: RuleCommand) => void
}

export function RuleDetails(props: RuleDetailsProps) {
  const row = () => props.index + 1
  return (
    <div id={props.id} class="flex flex-wrap items-end gap-x-3 gap-y-2 pt-1 pb-3 pl-18 @2xl:pl-24">
      <label class="min-w-40 flex-1 text-xs text-muted">
        {t('rules.owner')}
        <input
          {...props.owner}
          class="input mt-1 text-text!"
          maxlength={limits.ownerLength}
          value={props.rule.owner}
          onInput={(event) => props.onEdit('owner', { owner: event.currentTarget.value })}
        />
      </label>
      <label class="min-w-52 text-xs text-muted">
        {t('rules.expires')}
        <input
          {...props.expiresAt}
          class="input mt-1 text-text!"
          type="datetime-local"
          value={localInput(props.rule.expiresAt)}
          onChange={(event) =>
            props.onEdit('expiresAt', { expiresAt: fromLocalInput(event.currentTarget.value) })
          }
        />
      </label>
      <div class="flex flex-wrap gap-1">
        <Button
          look="ghost"
          isIcon
          aria-label={t('rules.moveUp', { row: row() })}
          title={t('rules.moveUp', { row: row() })}
          why={props.why ?? (props.index === 0 ? t('rules.isFirst') : undefined)}
          onClick={() => props.onCommand('up')}
        >
          <ArrowUpIcon size={15} aria-hidden="true" />
        </Button>
        <Button
          look="ghost"
          isIcon
          aria-label={t('rules.moveDown', { row: row() })}
          title={t('rules.moveDown', { row: row() })}
          why={props.why ?? (props.index === props.count - 1 ? t('rules.isLast') : undefined)}
          onClick={() => props.onCommand('down')}
        >
          <ArrowDownIcon size={15} aria-hidden="true" />
        </Button>
        <Button look="ghost" why={props.why} onClick={() => props.onCommand('place')}>
          {t('rules.moveTo')}
        </Button>
        <Button look="ghost" why={props.why} onClick={() => props.onCommand('below')}>
          <PlusIcon size={15} aria-hidden="true" />
          {t('rules.addBelow')}
        </Button>
        <Button look="ghost" why={props.why} onClick={() => props.onCommand('copy')}>
          <CopyIcon size={15} aria-hidden="true" />
          {t('rules.duplicate')}
        </Button>
        <Button look="ghost" class="@2xl:hidden" why={props.why} onClick={() => props.onCommand('remove')}>
          <TrashIcon size={15} aria-hidden="true" />
          {t('rules.delete')}
        </Button>
      </div>
    </div>
  )
}
