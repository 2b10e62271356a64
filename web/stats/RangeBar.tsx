/** What stretch of time a page shows, and how fresh it is. */
import { For, Show } from 'solid-js'
import { locale, t } from '../locales/i18n.ts'
import { useShortcuts } from '../shortcuts.ts'
import { Button } from '../ui/Button.tsx'
import { DownloadIcon, RefreshIcon, UndoIcon } from '../ui/icons.ts'
import { Menu } from '../ui/Menu.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { Ago } from '../words.tsx'
import { type Preset, presets, type RangeView } from './range.ts'
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
  const choose = (preset: Preset) => props.onChange({ preset, range: { kind: 'preset', preset } })
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
    </div>
  )
}
