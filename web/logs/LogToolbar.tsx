/** How lines are looked at: found in, filtered, in columns or raw, wrapped or not. */
import { type JSX, Show } from 'solid-js'
import { formatNumber } from '../format.ts'
import { locale, t } from '../locales/i18n.ts'
import { Button } from '../ui/Button.tsx'
import { Check } from '../ui/Check.tsx'
import { Field } from '../ui/Field.tsx'
import { Segmented } from '../ui/Segmented.tsx'

export const looks = ['columns', 'raw'] as const
export type Look = (typeof looks)[number]

interface LogToolbarProps {
  readonly find: string
  /** Which of those that were found is chosen, from 1; 0: none. */
  readonly place: number
  readonly foundCount: number
  readonly filter: string
  readonly look: Look
  readonly isWrapped: boolean
  readonly onFind: (text: string) => void
  readonly onStep: (by: 1 | -1) => void
  readonly onFilter: (text: string) => void
  readonly onLook: (look: Look) => void
  readonly onWrap: (isOn: boolean) => void
  /** Further buttons. */
  readonly children?: JSX.Element
}

export function LogToolbar(props: LogToolbarProps) {
  return (
    <div class="flex flex-wrap items-end gap-x-3 gap-y-2">
      <Field label={t('logs.find')} class="w-full sm:w-44">
        {(control) => (
          <input
            {...control}
            type="search"
            class="input w-full"
            value={props.find}
            onInput={(event) => props.onFind(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              props.onStep(event.shiftKey ? -1 : 1)
            }}
          />
        )}
      </Field>
      <Show when={props.find !== ''}>
        <span class="flex items-center gap-2">
          <span class="text-sm text-muted tabular-nums" role="status">
            {t('logs.found', {
              at: formatNumber(locale(), props.place),
              count: formatNumber(locale(), props.foundCount),
            })}
          </span>
          <Button onClick={() => props.onStep(-1)}>{t('logs.previous')}</Button>
          <Button onClick={() => props.onStep(1)}>{t('logs.next')}</Button>
        </span>
      </Show>
      <Field label={t('logs.filter')} class="w-full sm:w-44">
        {(control) => (
          <input
            {...control}
            type="search"
            class="input w-full"
            value={props.filter}
            onInput={(event) => props.onFilter(event.currentTarget.value)}
          />
        )}
      </Field>
      <Segmented
        label={t('logs.look')}
        options={looks.map((value) => ({ value, label: t(`logs.${value}`) }))}
        value={props.look}
        onChange={props.onLook}
      />
      <span class="flex h-8 items-center">
        <Check label={t('logs.wrap')} isOn={props.isWrapped} onChange={props.onWrap} />
      </span>
      <span class="flex flex-wrap gap-2 sm:ml-auto">{props.children}</span>
    </div>
  )
}
