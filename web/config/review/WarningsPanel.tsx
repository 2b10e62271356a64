/** What stands in the way, and what a reviewer has to have read: by kind, with the place and how to mend it. */
import { A } from '@solidjs/router'
import { createSignal, createUniqueId, For, Show } from 'solid-js'
import type { Problem } from '#core/refusal'
import { formatNumber } from '../../format.ts'
import { isKey, locale, plural, t } from '../../locales/i18n.ts'
import { mendSentence, problemSentence } from '../../messages.ts'
import { paths } from '../../paths.ts'
import { CircleAlertIcon, TriangleAlertIcon } from '../../ui/icons.ts'
import { Panel } from '../../ui/Panel.tsx'
import type { Acknowledgement, WarningGroup } from './acknowledgement.ts'
import type { ReviewChecks } from './queries.ts'
import { warningWords } from './warningWords.ts'

interface WarningsPanelProps {
  readonly configId: string
  readonly checks: ReviewChecks
  readonly acknowledgement: Acknowledgement
  /** Only what waits for approval asks to be ticked. */
  readonly isPending: boolean
}

export function WarningsPanel(props: WarningsPanelProps) {
  // Tests that fail have a panel of their own.
  const problems = () => props.checks.problems.filter(({ code }) => code !== 'ROUTE_TEST_FAILED')
  return (
    <>
      <Show when={problems().length > 0}>
        <Panel title={t('warnings.problems')} note={t('warnings.problemsNote')} isFlush class="mb-4">
          <Places configId={props.configId} problems={problems()} wordsOf={problemSentence} isBad />
        </Panel>
      </Show>
      <Show when={props.acknowledgement.groups().length > 0}>
        <Panel
          id="warnings"
          title={t('warnings.title')}
          note={props.isPending ? t('warnings.note') : t('warnings.noteOther')}
          isFlush
          class="mb-4 scroll-mt-24"
        >
          <ul class="divide-y divide-line">
            <For each={props.acknowledgement.groups()}>
              {(group) => (
                <Group
                  configId={props.configId}
                  group={group}
                  acknowledgement={props.acknowledgement}
                  isPending={props.isPending}
                />
              )}
            </For>
          </ul>
        </Panel>
      </Show>
    </>
  )
}

interface GroupProps {
  readonly configId: string
  readonly group: WarningGroup
  readonly acknowledgement: Acknowledgement
  readonly isPending: boolean
}

function Group(props: GroupProps) {
  const titleId = createUniqueId()
  const listed = () => props.group.warnings.filter(({ more }) => more === 0)
  const unlisted = () => props.group.warnings.reduce((sum, { more }) => sum + more, 0)
  const count = () => listed().length + unlisted()
  const title = () => {
    const key = `warningTitle.${props.group.code}`
    return isKey(key) ? t(key) : props.group.code
  }
  return (
    <li class="px-4 py-3">
      <div class="flex items-start gap-3">
        <TriangleAlertIcon size={16} class="mt-0.5 shrink-0 text-warn" aria-hidden="true" />
        <div class="min-w-0 flex-1">
          <h3 id={titleId} class="font-medium">
            {title()}{' '}
            <Show when={count() > 1}>
              <span class="text-muted tabular-nums">({formatNumber(locale(), count())})</span>
            </Show>
          </h3>
          <Places
            configId={props.configId}
            problems={listed()}
            wordsOf={warningWords}
            unlisted={unlisted()}
          />
          <Show when={listed()[0]}>
            {(first) => (
              <p class="mt-1 text-sm text-muted">
                {t('warnings.mend')} {mendSentence(first())}
              </p>
            )}
          </Show>
          <Show when={props.isPending}>
            <label class="mt-2 inline-flex items-center gap-2 font-medium">
              <input
                type="checkbox"
                checked={props.acknowledgement.isTicked(props.group)}
                onChange={(event) => props.acknowledgement.tick(props.group, event.currentTarget.checked)}
                aria-describedby={titleId}
              />
              {count() > 1 ? plural('warnings.tickAll', count()) : t('warnings.tick')}
            </label>
          </Show>
        </div>
      </div>
    </li>
  )
}

/** So many are listed at first; the rest on demand. */
const listedFirst = 5
/** And never more than this. */
const listedMost = 200

interface PlacesProps<Each extends Problem> {
  readonly configId: string
  readonly problems: readonly Each[]
  readonly wordsOf: (problem: Each) => string
  /** How many more there are that the server does not list. */
  readonly unlisted?: number
  readonly isBad?: boolean
}

/** Each sentence, with the way to its place in the editor. */
function Places<Each extends Problem>(props: PlacesProps<Each>) {
  const [isWhole, setWhole] = createSignal(false)
  const shown = () => props.problems.slice(0, isWhole() ? listedMost : listedFirst)
  const hidden = () => props.problems.length - shown().length
  const beyond = () => hidden() + (props.unlisted ?? 0)
  return (
    <div class={props.isBad ? 'px-4 py-2' : ''}>
      <ul class="space-y-1">
        <For each={shown()}>
          {(problem) => (
            <li class="flex items-baseline gap-x-2">
              <Show when={props.isBad}>
                <CircleAlertIcon size={14} class="shrink-0 translate-y-0.5 text-bad" aria-hidden="true" />
              </Show>
              <span class="min-w-0 wrap-anywhere">
                {props.wordsOf(problem)}{' '}
                <Show when={placeIn(props.configId, problem.path)}>
                  {(place) => (
                    <A href={place().href} class="link text-sm whitespace-nowrap">
                      {place().words}
                    </A>
                  )}
                </Show>
              </span>
            </li>
          )}
        </For>
      </ul>
      <Show when={beyond() > 0}>
        <Show
          when={hidden() > 0 && !isWhole()}
          fallback={<p class="mt-1 text-sm text-muted">{plural('warnings.more', beyond())}</p>}
        >
          <button type="button" class="link mt-1 text-sm" onClick={() => setWhole(true)}>
            {plural('warnings.showMore', hidden())}
          </button>
        </Show>
      </Show>
    </div>
  )
}

/** Where in the editor a path is mended; undefined for what is not part of the config. */
function placeIn(
  configId: string,
  path: string,
): { readonly href: string; readonly words: string } | undefined {
  const [part, index] = path.split('.')
  const row = Number(index) + 1
  const editor = paths.config(configId)
  if (part === 'rules' && Number.isInteger(row)) {
    return { href: paths.configRule(configId, row), words: t('place.rule', { row }) }
  }
  if (part === 'outboundExceptions') return { href: paths.instanceSettings, words: t('settings.title') }
  if (part === 'rules') return { href: editor, words: t('warnings.inRules') }
  if (part === 'defaultAction') return { href: editor, words: t('warnings.inDefault') }
  if (part === 'parentProxies' || part === 'failover') return { href: editor, words: t('warnings.inParents') }
  if (part === 'routeTests') return { href: editor, words: t('warnings.inTests') }
  if (part === 'clientRules') return { href: editor, words: t('warnings.inClients') }
  return { href: editor, words: t('place.config') }
}
