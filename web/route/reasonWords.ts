/** Why a request goes where it goes, in the reader's language. */
import type { RouteReason } from '#core/route'
import type { Route, RuleKind } from '#core/vocabulary'
import { plural, t } from '../locales/i18n.ts'
import { problemSentence } from '../messages.ts'

/** The reason as a sentence; the texts of area `route` must have been loaded. */
export function reasonWords(reason: RouteReason): string {
  switch (reason.code) {
    case 'REQUEST_MALFORMED':
      return t('routeReason.REQUEST_MALFORMED', {
        message: problemSentence({ code: reason.problem, message: reason.message }),
      })
    case 'ODD_SPELLING':
      return t('routeReason.ODD_SPELLING', { spelling: t(`routeSpelling.${reason.spelling}`) })
    case 'FIRST_PARENT_VARIES':
      return plural('routeReason.FIRST_PARENT_VARIES', reason.count, {
        selection: t(`routeSelection.${reason.selection}`),
      })
    case 'DEFAULT_DECIDES':
      return t('routeReason.DEFAULT_DECIDES', { route: routeWord(reason.route) })
    case 'SAME_FOR_EVERY_ADDRESS':
      return plural('routeReason.SAME_FOR_EVERY_ADDRESS', reason.count, { route: routeWord(reason.route) })
    case 'ADDRESS_DECIDES':
    case 'BRANCHES_NOT_LISTED':
    case 'EARLIER_RULES_NOT_LISTED':
    case 'PARENTS_IN_ORDER':
      return plural(`routeReason.${reason.code}`, reason.count)
    case 'NAME_MATCHES':
    case 'EARLIER_NAME_DIFFERS': {
      const isHost = reason.code === 'EARLIER_NAME_DIFFERS' && reason.kind === 'host'
      return t(isHost ? 'routeReason.EARLIER_HOST_DIFFERS' : `routeReason.${reason.code}`, {
        ...named(reason),
        host: reason.host,
      })
    }
    case 'ADDRESS_MATCHES':
    case 'EARLIER_RANGE_DIFFERS':
      return t(`routeReason.${reason.code}`, { ...named(reason), address: reason.address })
    case 'LATER_RULE_MATCHES':
    case 'DISABLED_RULE_MATCHES':
      return t(`routeReason.${reason.code}`, named(reason))
    default: {
      const { code, ...args } = reason
      return t(`routeReason.${code}`, args)
    }
  }
}

/** `domain corp.example` */
export function ruleWords({ kind, value }: { readonly kind: RuleKind; readonly value: string }): string {
  return t(`routeRule.${kind}`, { value })
}

function named(reason: {
  readonly row: number
  readonly kind: RuleKind
  readonly value: string
  readonly route: Route
}) {
  return { row: reason.row, rule: ruleWords(reason), route: routeWord(reason.route) }
}

function routeWord(route: Route): string {
  return t(`routeWord.${route}`)
}
