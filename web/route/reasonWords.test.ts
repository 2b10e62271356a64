import { afterAll, describe, expect, test } from 'vitest'
import { type RouteReason, reasonSentence } from '#core/route'
import { setLocale } from '../locales/i18n.ts'
import { reasonWords } from './reasonWords.ts'

const rule = { row: 4, ruleId: 'r4', kind: 'host', value: 'www.corp.example', route: 'parent' } as const

/** One of each: a new code has no place here before it has its texts. */
const samples: { readonly [Code in RouteReason['code']]: RouteReason & { readonly code: Code } } = {
  REQUEST_MALFORMED: {
    code: 'REQUEST_MALFORMED',
    path: 'url',
    problem: 'SCHEME_UNKNOWN',
    message: 'Only http:// and https:// go through the proxy.',
  },
  CLIENT_ALLOWED: { code: 'CLIENT_ALLOWED', address: '10.1.2.3', row: 2, range: '10.0.0.0/8' },
  CLIENT_DENIED: { code: 'CLIENT_DENIED', address: '10.1.2.3', row: 2, range: '10.1.0.0/16' },
  CLIENT_ALLOWED_BY_DEFAULT: {
    code: 'CLIENT_ALLOWED_BY_DEFAULT',
    address: '10.1.2.3',
    range: '10.0.0.0/8',
  },
  CLIENT_NOT_LISTED: { code: 'CLIENT_NOT_LISTED', address: '192.0.2.1' },
  CACHE_METHOD_DENIED: { code: 'CACHE_METHOD_DENIED', method: 'PURGE' },
  ANY_ADDRESS_REFUSED: { code: 'ANY_ADDRESS_REFUSED', address: '0.0.0.0' },
  LOOPBACK_GOES_DIRECT: { code: 'LOOPBACK_GOES_DIRECT' },
  LOOPBACK_UNREACHABLE: { code: 'LOOPBACK_UNREACHABLE' },
  ODD_SPELLING: { code: 'ODD_SPELLING', spelling: 'dots' },
  NAME_MATCHES: { code: 'NAME_MATCHES', host: 'www.corp.example', ...rule },
  ADDRESS_MATCHES: { code: 'ADDRESS_MATCHES', address: '10.9.0.1', ...rule, kind: 'ip_range' },
  DEFAULT_DECIDES: { code: 'DEFAULT_DECIDES', route: 'direct' },
  ADDRESS_DECIDES: { code: 'ADDRESS_DECIDES', count: 3 },
  SAME_FOR_EVERY_ADDRESS: { code: 'SAME_FOR_EVERY_ADDRESS', route: 'parent', count: 1 },
  BRANCHES_NOT_LISTED: { code: 'BRANCHES_NOT_LISTED', count: 7 },
  DESTINATION_DENIED: { code: 'DESTINATION_DENIED', address: '169.254.169.254', range: '169.254.0.0/16' },
  DESTINATION_EXCEPTED: { code: 'DESTINATION_EXCEPTED', address: '127.0.0.5', range: '127.0.0.0/8' },
  DENIED_ADDRESSES_REFUSED: { code: 'DENIED_ADDRESSES_REFUSED' },
  NAME_MUST_RESOLVE: { code: 'NAME_MUST_RESOLVE' },
  NAME_NOT_LOOKED_UP: { code: 'NAME_NOT_LOOKED_UP' },
  PARENTS_IN_ORDER: { code: 'PARENTS_IN_ORDER', count: 2 },
  FIRST_PARENT_VARIES: { code: 'FIRST_PARENT_VARIES', selection: 'round_robin', count: 2 },
  PARENT_ADDRESS_UNKNOWN: { code: 'PARENT_ADDRESS_UNKNOWN', host: 'cache.example' },
  DIRECT_WHEN_ALL_DOWN: { code: 'DIRECT_WHEN_ALL_DOWN' },
  FAILS_WHEN_ALL_DOWN: { code: 'FAILS_WHEN_ALL_DOWN' },
  TUNNEL_PORT_UNUSUAL: { code: 'TUNNEL_PORT_UNUSUAL', port: 8443 },
  EARLIER_NAME_DIFFERS: { code: 'EARLIER_NAME_DIFFERS', host: 'corp.example', ...rule },
  EARLIER_RANGE_DIFFERS: { code: 'EARLIER_RANGE_DIFFERS', address: '10.9.0.1', ...rule, kind: 'ip_range' },
  LATER_RULE_MATCHES: { code: 'LATER_RULE_MATCHES', ...rule },
  DISABLED_RULE_MATCHES: { code: 'DISABLED_RULE_MATCHES', ...rule },
  EARLIER_RULES_NOT_LISTED: { code: 'EARLIER_RULES_NOT_LISTED', count: 12 },
}
const reasons = Object.values(samples)

afterAll(() => setLocale('en'))

describe.each(['en', 'pt-BR'] as const)('in %s', (locale) => {
  test.each(reasons.map((reason) => [reason.code, reason] as const))(
    '%s is a sentence',
    async (_, reason) => {
      await setLocale(locale)
      const words = reasonWords(reason)
      expect(words).toMatch(/^[A-ZÀ-Ü0-9].* .*\.$/)
      expect(words).not.toMatch(/\{\{|undefined|routeReason|routeRule|routeWord|routeSp|routeSel/)
    },
  )
})

test('in English the sentences are those that the API and the route tests give', async () => {
  await setLocale('en')
  for (const reason of reasons) expect(reasonWords(reason)).toBe(reasonSentence(reason))
})
