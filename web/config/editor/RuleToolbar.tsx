/** Finds and filters rules: one search for both, a count, and the way from match to match. */
import { For, Show } from 'solid-js'
import { Route, RuleKind } from '#core/vocabulary'
import { t } from '../../locales/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { ArrowDownIcon, ArrowUpIcon, SearchIcon } from '../../ui/icons.ts'
import { nameIn } from '../document.ts'
import { isFiltering, noFilter, type RuleFilter, ruleStates } from './rule-filter.ts'

interface RuleToolbarProps {
  readonly filter: RuleFilter
  readonly onFilter: (filter: RuleFilter) => void
  /** Whether rules without the text are hidden. */
  readonly isNarrowed: boolean
  readonly onNarrow: (isNarrowed: boolean) => void
  readonly matches: number
  /** Counted from 1; 0: at none yet. */
  readonly foundAt: number
  readonly onFind: (by: -1 | 1) => void
}

export function RuleToolbar(props: RuleToolbarProps) {
  const edit = (change: Partial<RuleFilter>) => props.onFilter({ ...props.filter, ...change })
  const hasText = () => props.filter.text.trim() !== ''
  const whyNoFind = () => (props.matches === 0 ? t('rules.noMatch') : undefined)
  return (
    <search class="flex flex-wrap items-center gap-2 px-4 pt-3">
      <div class="relative min-w-48 flex-1 basis-56">
        <SearchIcon
          size={15}
          class="pointer-events-none absolute top-2 left-2.5 text-muted"
          aria-hidden="true"
        />
        <input
          id="rule-search"
          data-page-search
          type="search"
          class="input pl-8!"
          aria-label={t('rules.search')}
          placeholder={t('rules.search')}
          value={props.filter.text}
          onInput={(event) => edit({ text: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === 'Enter') props.onFind(event.shiftKey ? -1 : 1)
          }}
        />
      </div>
      <Show when={hasText()}>
        <span class="text-sm whitespace-nowrap text-muted" role="status">
          {t('rules.matches', { at: props.foundAt, count: props.matches })}
        </span>
        <span class="flex">
          <Button
            look="ghost"
            isIcon
            aria-label={t('rules.findPrevious')}
            title={t('rules.findPrevious')}
            why={whyNoFind()}
            onClick={() => props.onFind(-1)}
          >
            <ArrowUpIcon size={15} aria-hidden="true" />
          </Button>
          <Button
            look="ghost"
            isIcon
            aria-label={t('rules.findNext')}
            title={t('rules.findNext')}
            why={whyNoFind()}
            onClick={() => props.onFind(1)}
          >
            <ArrowDownIcon size={15} aria-hidden="true" />
          </Button>
        </span>
        <label class="flex items-center gap-1.5 text-sm whitespace-nowrap">
          <input
            type="checkbox"
            checked={props.isNarrowed}
            onChange={(event) => props.onNarrow(event.currentTarget.checked)}
          />
          {t('rules.onlyMatches')}
        </label>
      </Show>
      <select
        class="input w-auto!"
        aria-label={t('rules.filterKind')}
        value={props.filter.kind}
        onChange={(event) => edit({ kind: oneOf(Object.values(RuleKind), event.currentTarget.value) })}
      >
        <option value="">{t('rules.allKinds')}</option>
        <For each={Object.values(RuleKind)}>
          {(kind) => (
            <option value={kind} selected={props.filter.kind === kind}>
              {t(`ruleKind.${nameIn(RuleKind, kind)}`)}
            </option>
          )}
        </For>
      </select>
      <select
        class="input w-auto!"
        aria-label={t('rules.filterAction')}
        value={props.filter.action}
        onChange={(event) => edit({ action: oneOf(Object.values(Route), event.currentTarget.value) })}
      >
        <option value="">{t('rules.allActions')}</option>
        <For each={Object.values(Route)}>
          {(route) => (
            <option value={route} selected={props.filter.action === route}>
              {t(`route.${nameIn(Route, route)}`)}
            </option>
          )}
        </For>
      </select>
      <select
        class="input w-36!"
        aria-label={t('rules.filterState')}
        value={props.filter.state}
        onChange={(event) => edit({ state: oneOf(ruleStates, event.currentTarget.value) })}
      >
        <option value="">{t('rules.allStates')}</option>
        <For each={ruleStates}>
          {(state) => (
            <option value={state} selected={props.filter.state === state}>
              {t(`rules.state.${state}`)}
            </option>
          )}
        </For>
      </select>
      <Show when={isFiltering(props.filter)}>
        <Button look="ghost" onClick={() => props.onFilter(noFilter)}>
          {t('rules.clearFilter')}
        </Button>
      </Show>
    </search>
  )
}

function oneOf<Word extends string>(words: readonly Word[], text: string): Word | '' {
  return words.find((word) => word === text) ?? ''
}
