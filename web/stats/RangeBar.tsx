/** What stretch of time a page shows, and how fresh it is. */
import { createSignal, For, Show, untrack } from 'solid-js'
import { serverNow } from '../clock.ts'
import { locale, t } from '../locales/i18n.ts'
import { SpanForm } from '../SpanForm.tsx'
import { useShortcuts } from '../shortcuts.ts'
import { Button } from '../ui/Button.tsx'
import { DownloadIcon, RefreshIcon, UndoIcon } from '../ui/icons.ts'
import { Menu } from '../ui/Menu.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { Ago } from '../words.tsx'
import { type Preset, presets, type RangeView, spanOf, zoomed } from './range.ts'
import { formatStep } from './times.ts'

interface RangeBarProps {
  readonly view: RangeView
  readonly onChange: (view: Partial<RangeView>) => void
  readonly renewedAt: number | undefined
  readonly isFetching: boolean
  readonly onRenew: () => void
  readonly onSave: (type: 'csv' | 'json') => void
}

export function RangeBar(props: RangeBarProps) {
  const [isAsking, setAsking] = createSignal(false)
  let opener: HTMLButtonElement | undefined
  const stopAsking = () => {
    setAsking(false)
    opener?.focus()
  }
  const choose = (preset: Preset) => {
    setAsking(false)
    props.onChange({ preset, range: { kind: 'preset', preset } })
  }
  const reset = () => choose(props.view.preset)
  const fixed = () => {
    const { range } = props.view
    return range.kind === 'fixed' ? range : undefined
  }
  /** No preset is pressed while another stretch is shown. */
  const pressed = () => (fixed() ? '' : props.view.preset)
  const name = (preset: Preset) => t(`stats.range.${preset}`)
  useShortcuts(() =>
    fixed() ? [{ keys: 'z', label: t('stats.reset', { range: name(props.view.preset) }), run: reset }] : [],
  )
  return (
    <div class="mb-4 flex flex-wrap items-center gap-x-3 gap-y-2">
      <div class="max-md:hidden">
        <Segmented<Preset | ''>
          label={t('stats.range')}
          options={presets.map((preset) => ({
            value: preset,
            label: t(`stats.short.${preset}`),
            title: name(preset),
          }))}
          value={pressed()}
          onChange={(preset) => preset !== '' && choose(preset)}
        />
      </div>
      <select
        class="input w-auto! md:hidden"
        aria-label={t('stats.range')}
        onChange={(event) => {
          const preset = presets.find((each) => each === event.currentTarget.value)
          if (preset) choose(preset)
        }}
      >
        <Show when={fixed()}>
          <option selected>{t('stats.zoomed')}</option>
        </Show>
        <For each={presets}>
          {(preset) => (
            <option value={preset} selected={preset === pressed()}>
              {name(preset)}
            </option>
          )}
        </For>
      </select>
      <Button
        look="ghost"
        ref={opener}
        aria-expanded={isAsking()}
        onClick={() => (isAsking() ? stopAsking() : setAsking(true))}
      >
        {t('span.choose')}
      </Button>
      <Show when={fixed()}>
        {(range) => (
          <span class="flex flex-wrap items-center gap-2">
            <span class="font-medium" data-zoomed>
              {formatStep(locale(), range().since, 0)} – {formatStep(locale(), range().until, 0)}
            </span>
            <Button onClick={reset} aria-keyshortcuts="z">
              <UndoIcon size={14} aria-hidden="true" />
              {t('stats.reset', { range: name(props.view.preset) })}
            </Button>
          </span>
        )}
      </Show>
      <label class="flex min-h-8 items-center gap-2">
        <input
          type="checkbox"
          checked={props.view.isCompared}
          onChange={(event) => props.onChange({ isCompared: event.currentTarget.checked })}
        />
        {t('stats.compare')}
      </label>
      <span class="ml-auto flex items-center gap-1 text-sm text-muted">
        <Show when={props.renewedAt}>
          {(at) => (
            <span>
              {t(fixed() ? 'stats.still' : 'stats.renewed')} <Ago at={new Date(at()).toISOString()} />
            </span>
          )}
        </Show>
        <Button
          look="ghost"
          isIcon
          aria-label={t('stats.renew')}
          title={t('stats.renew')}
          onClick={() => props.onRenew()}
        >
          <RefreshIcon size={15} class={props.isFetching ? 'spin' : ''} aria-hidden="true" />
        </Button>
        <Menu
          label={t('stats.save')}
          trigger={<DownloadIcon size={15} aria-hidden="true" />}
          items={(['csv', 'json'] as const).map((type) => ({
            label: t(type === 'csv' ? 'stats.saveAllCsv' : 'stats.saveAllJson'),
            onSelect: () => props.onSave(type),
          }))}
        />
      </span>
      <Show when={isAsking()}>
        <div class="w-full">
          <ChosenSpan {...props} onDone={stopAsking} />
        </div>
      </Show>
    </div>
  )
}

/** Begins with what is shown. */
function ChosenSpan(props: Pick<RangeBarProps, 'view' | 'onChange'> & { readonly onDone: () => void }) {
  const { since, until } = untrack(() => spanOf(props.view.range, serverNow()))
  return (
    <SpanForm
      hasFocus
      since={toTheMinute(since)}
      until={toTheMinute(until)}
      onChoose={(chosen) => {
        props.onChange({ range: zoomed(Date.parse(chosen.since ?? ''), Date.parse(chosen.until ?? '')) })
        props.onDone()
      }}
      onCancel={props.onDone}
    />
  )
}

function toTheMinute(at: number): string {
  return new Date(at - (at % 60_000)).toISOString()
}
