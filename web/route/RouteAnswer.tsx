/** An answer in full: the verdict, the rule that decides, the parents in order, the branches, and why. */
import { For, Show } from 'solid-js'
import type { RouteBranch, RouteExplanation } from '#core/route'
import { plural, t } from '../locales/i18n.ts'
import { decidedBy, parentWords, type RowOf } from './answers.ts'
import { reasonWords, ruleWords } from './reasonWords.ts'
import { RuleLink, type RuleLinks, targetOf } from './ruleLinks.tsx'
import { VerdictBadge } from './VerdictBadge.tsx'

interface RouteAnswerProps {
  readonly explanation: RouteExplanation
  readonly rowOf: RowOf
  readonly links: RuleLinks
  /** Without the reasons: where the same stands beside it in full. */
  readonly isShort?: boolean
}

export function RouteAnswer(props: RouteAnswerProps) {
  return (
    <div class="space-y-2">
      <p class="flex flex-wrap items-center gap-x-2 gap-y-1">
        <VerdictBadge verdict={props.explanation.verdict} />
        <Decider explanation={props.explanation} rowOf={props.rowOf} links={props.links} />
      </p>
      <Show when={props.explanation.parents.length > 0}>
        <p class="text-sm wrap-anywhere">
          <span class="text-muted">{t('try.goes')}</span>{' '}
          <span class="font-mono">{parentWords(props.explanation.parents)}</span>
        </p>
      </Show>
      <Show when={props.explanation.branches.length > 0}>
        <Branches explanation={props.explanation} rowOf={props.rowOf} links={props.links} />
      </Show>
      <Show when={!props.isShort}>
        <Reasons explanation={props.explanation} links={props.links} />
      </Show>
    </div>
  )
}

function Decider(props: Omit<RouteAnswerProps, 'isShort'>) {
  return (
    <Show
      when={props.explanation.rule}
      fallback={
        <span class="text-muted">{decidedBy(null, props.explanation.reasons, props.rowOf) ?? ''}</span>
      }
    >
      {(rule) => (
        <RuleLink links={props.links} target={{ kind: 'rule', id: rule().id, row: props.rowOf(rule()) }}>
          {t('try.rule', { row: props.rowOf(rule()), rule: ruleWords(rule()) })}
        </RuleLink>
      )}
    </Show>
  )
}

function Reasons(props: Pick<RouteAnswerProps, 'explanation' | 'links'>) {
  return (
    <div>
      <h3 class="text-xs font-medium text-muted">{t('try.why')}</h3>
      <ul class="mt-1 space-y-1.5 border-l-2 border-line pl-3 text-sm">
        <For each={props.explanation.reasons}>
          {(reason) => (
            <li class="wrap-anywhere">
              <Show when={targetOf(reason)} fallback={reasonWords(reason)}>
                {(target) => (
                  <RuleLink links={props.links} target={target()}>
                    {reasonWords(reason)}
                  </RuleLink>
                )}
              </Show>
            </li>
          )}
        </For>
      </ul>
    </div>
  )
}

function Branches(props: Omit<RouteAnswerProps, 'isShort'>) {
  return (
    <section
      aria-label={t('branch.title')}
      tabindex="0"
      class="max-h-72 overflow-auto rounded-md border border-line"
    >
      <table class="table text-sm">
        <thead>
          <tr>
            <th scope="col">{t('branch.address')}</th>
            <th scope="col">{t('branch.way')}</th>
          </tr>
        </thead>
        <tbody>
          <For each={props.explanation.branches}>
            {(branch) => (
              <tr>
                <td class="font-mono text-xs! wrap-anywhere">{addressWords(branch)}</td>
                <td>
                  <VerdictBadge verdict={branch.verdict} />
                  <Show when={branch.rule}>
                    {(rule) => (
                      <div class="mt-1 text-xs">
                        <RuleLink
                          links={props.links}
                          target={{ kind: 'rule', id: rule().id, row: props.rowOf(rule()) }}
                        >
                          {t('try.rule', { row: props.rowOf(rule()), rule: ruleWords(rule()) })}
                        </RuleLink>
                      </div>
                    )}
                  </Show>
                </td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </section>
  )
}

function addressWords({ addresses, unlistedAddresses, isEveryOther }: RouteBranch): string {
  return [
    ...addresses,
    ...(unlistedAddresses > 0 ? [plural('branch.more', unlistedAddresses)] : []),
    ...(isEveryOther ? [t('branch.everyOther')] : []),
  ].join(', ')
}
