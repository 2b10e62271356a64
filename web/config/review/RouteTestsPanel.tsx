/** What the rules have to do, and whether they do: those that fail first, because they stand in the way. */
import { A } from '@solidjs/router'
import { createMemo, createSignal, For, Show } from 'solid-js'
import { plural, t } from '../../locales/i18n.ts'
import { paths } from '../../paths.ts'
import { OutcomeMark, OutcomeReason } from '../../route/RouteTestOutcome.tsx'
import type { RuleTarget } from '../../route/ruleLinks.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { CircleCheckIcon, CircleXIcon } from '../../ui/icons.ts'
import { Panel } from '../../ui/Panel.tsx'
import type { TestOutcome } from './testOutcomes.ts'

interface RouteTestsPanelProps {
  readonly configId: string
  readonly outcomes: readonly TestOutcome[]
}

/** Of those that pass; what fails is always listed. */
const passingListed = 10

export function RouteTestsPanel(props: RouteTestsPanelProps) {
  const [isWhole, setWhole] = createSignal(false)
  const failing = createMemo(() => props.outcomes.filter(({ result }) => !result.passed))
  const passing = createMemo(() => props.outcomes.filter(({ result }) => result.passed))
  const listed = () => [...failing(), ...passing().slice(0, isWhole() ? undefined : passingListed)]
  const hidden = () => props.outcomes.length - listed().length
  const href = (target: RuleTarget) =>
    target.kind === 'rule' ? paths.configRule(props.configId, target.row) : paths.config(props.configId)

  return (
    <Panel
      id="route-tests"
      title={t('routeTests.title')}
      note={
        <Show when={props.outcomes.length > 0} fallback={t('routeTests.empty')}>
          <span class="flex flex-wrap items-center gap-2">
            <Show when={failing().length > 0}>
              <Badge tone="bad" icon={<CircleXIcon size={13} aria-hidden="true" />}>
                {plural('routeTests.failing', failing().length)}
              </Badge>
            </Show>
            <Badge tone="ok" icon={<CircleCheckIcon size={13} aria-hidden="true" />}>
              {plural('routeTests.passing', passing().length)}
            </Badge>
            <Show when={failing().length > 0}>{t('routeTests.mustPass')}</Show>
          </span>
        </Show>
      }
      actions={
        <A href={paths.config(props.configId)} class="link text-sm">
          {t(props.outcomes.length === 0 ? 'routeTests.addFirst' : 'routeTests.edit')}
        </A>
      }
      isFlush={props.outcomes.length > 0}
      class="mb-4 scroll-mt-24"
    >
      <Show
        when={props.outcomes.length > 0}
        fallback={<p class="max-w-3xl text-muted">{t('routeTests.emptyText')}</p>}
      >
        <ul class="divide-y divide-line">
          <For each={listed()}>
            {({ test, result }) => (
              <li class="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-4 py-2">
                <span class="w-20">
                  <OutcomeMark result={result} />
                </span>
                <div class="min-w-0 flex-1 basis-60">
                  <p class="flex flex-wrap items-baseline gap-x-2">
                    <span class="font-mono text-sm wrap-anywhere">{test.target}</span>
                    <span class="text-sm text-muted">
                      {t('routeTests.expects', { expect: t(`routeExpect.${test.expect}`) })}
                    </span>
                    <Show when={test.note}>
                      <span class="text-sm text-muted wrap-anywhere">· {test.note}</span>
                    </Show>
                  </p>
                  <Show when={!result.passed}>
                    <OutcomeReason test={test} result={result} links={{ href }} />
                  </Show>
                </div>
              </li>
            )}
          </For>
        </ul>
        <Show when={hidden() > 0}>
          <button type="button" class="link mx-4 my-2 text-sm" onClick={() => setWhole(true)}>
            {plural('routeTests.more', hidden())}
          </button>
        </Show>
      </Show>
    </Panel>
  )
}
