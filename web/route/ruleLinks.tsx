/** The way from an answer to the rule that it names: within the editor, or to it. */
import { A } from '@solidjs/router'
import { type JSX, Match, Switch } from 'solid-js'
import type { RouteReason } from '#core/route'

/** A rule of the list, or a client rule by its row from 1. */
export type RuleTarget =
  | { readonly kind: 'rule'; readonly id: string; readonly row: number }
  | { readonly kind: 'client'; readonly row: number }

/** Where a page can show rules; neither: names without a link. */
export interface RuleLinks {
  /** On this very page. */
  readonly show?: (target: RuleTarget) => void
  /** On another page; undefined: nowhere. */
  readonly href?: (target: RuleTarget) => string | undefined
}

export function RuleLink(props: {
  readonly links: RuleLinks
  readonly target: RuleTarget
  readonly children: JSX.Element
}) {
  const href = () => props.links.href?.(props.target)
  return (
    <Switch fallback={props.children}>
      <Match when={props.links.show}>
        {(show) => (
          <button
            type="button"
            class="link text-left wrap-anywhere underline"
            onClick={() => show()(props.target)}
          >
            {props.children}
          </button>
        )}
      </Match>
      <Match when={href()}>
        {(path) => (
          <A href={path()} class="link wrap-anywhere underline">
            {props.children}
          </A>
        )}
      </Match>
    </Switch>
  )
}

/** The rule that a reason is about; undefined: none. */
export function targetOf(reason: RouteReason): RuleTarget | undefined {
  if ('ruleId' in reason) return { kind: 'rule', id: reason.ruleId, row: reason.row }
  return 'row' in reason ? { kind: 'client', row: reason.row } : undefined
}
