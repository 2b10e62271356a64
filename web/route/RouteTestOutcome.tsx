/** What became of one route test: an icon, a word, and for one that fails why, with its rule. */
import { Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import type { RouteTestResult } from '#core/route-test'
import type { RouteTest } from '#core/route-test-shape'
import { t } from '../locales/i18n.ts'
import { CircleCheckIcon, CircleDashedIcon, CircleXIcon } from '../ui/icons.ts'
import { reasonWords } from './reasonWords.ts'
import { RuleLink, type RuleLinks, targetOf } from './ruleLinks.tsx'

/** @param result undefined: it was not run */
export function OutcomeMark(props: { readonly result: RouteTestResult | undefined }) {
  const look = () => {
    if (props.result === undefined) {
      return { icon: CircleDashedIcon, tone: 'text-muted', words: t('routeTests.stateUnknown') }
    }
    return props.result.passed
      ? { icon: CircleCheckIcon, tone: 'text-ok', words: t('routeTests.statePasses') }
      : { icon: CircleXIcon, tone: 'text-bad', words: t('routeTests.stateFails') }
  }
  return (
    <span class={`inline-flex shrink-0 items-center gap-1 text-xs font-medium ${look().tone}`}>
      <Dynamic component={look().icon} size={15} aria-hidden="true" />
      {look().words}
    </span>
  )
}

export function OutcomeReason(props: {
  readonly test: RouteTest
  readonly result: RouteTestResult
  readonly links: RuleLinks
}) {
  const target = () => (props.result.reason === null ? undefined : targetOf(props.result.reason))
  return (
    <p class="text-sm text-bad wrap-anywhere">
      <Show when={target()} fallback={wentWords(props.test, props.result)}>
        {(known) => (
          <RuleLink links={props.links} target={known()}>
            {wentWords(props.test, props.result)}
          </RuleLink>
        )}
      </Show>
    </p>
  )
}

function wentWords({ expect }: RouteTest, { url, got, reason, because }: RouteTestResult): string {
  if (url === null) return because
  const isFirstOpen = expect === 'primary' && got === 'parent'
  const words = isFirstOpen ? t('routeTests.firstVaries') : reason === null ? '' : reasonWords(reason)
  return t('routeTests.went', { url, verdict: t(`verdict.${got}`), reason: words }).trim()
}
