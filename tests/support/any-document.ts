/** Arbitrary documents that `checkDocument` has no problem with. */
import fc from 'fast-check'
import type { ConfigDocument, Rule } from '../../server/core/config-document.ts'
import { checkDocument } from '../../server/core/rules.ts'
import { ParentSelection, type Route, type RuleKind } from '../../server/core/vocabulary.ts'

const anyRoute = fc.constantFrom<Route>('direct', 'parent')
const octet = fc.integer({ min: 0, max: 7 })
/** Few addresses, so that ranges overlap and touch. */
const anyRange = fc.oneof(
  fc.tuple(octet, octet).map(([a, b]) => `10.0.0.${Math.min(a, b)}-10.0.0.${Math.max(a, b)}`),
  fc.tuple(octet, octet).map(([a, b]) => `fd00::${Math.min(a, b)}-fd00::${Math.max(a, b)}`),
  fc.constantFrom('10.0.0.0/8', '10.0.0.4/30', 'fd00::/126', '0.0.0.0/0', '192.0.2.1'),
)
const label = fc.constantFrom('a', 'b', 'corp', 'www')
const anyName = fc
  .tuple(fc.array(label, { maxLength: 3 }), fc.constantFrom('example', 'test'))
  .map(([labels, top]) => [...labels, top].join('.'))

const anyRule: fc.Arbitrary<Rule> = fc
  .record({
    id: fc.uuid(),
    of: fc.oneof(
      fc.tuple(fc.constantFrom<RuleKind>('domain', 'host'), anyName),
      fc.tuple(fc.constant<RuleKind>('ip_range'), anyRange),
    ),
    action: anyRoute,
    enabled: fc.boolean(),
    note: fc.string({ maxLength: 20 }),
    owner: fc.string({ maxLength: 20 }),
  })
  .map(({ of: [kind, value], ...rest }) => ({ ...rest, kind, value, expiresAt: null }))

/** Names and ranges from a small world, in which rules meet. */
export const anyDocument: fc.Arbitrary<ConfigDocument> = fc
  .record({
    defaultAction: anyRoute,
    rules: fc.uniqueArray(anyRule, { selector: ({ kind, value }) => `${kind} ${value}`, maxLength: 14 }),
    parentProxies: fc.uniqueArray(
      fc.record({
        host: fc.oneof(anyName, fc.constantFrom('10.1.1.1', '10.1.1.2')),
        port: fc.integer({ min: 1, max: 65_535 }),
        priority: fc.integer({ min: 1, max: 9 }),
        enabled: fc.boolean(),
      }),
      { selector: ({ priority }) => priority, maxLength: 4 },
    ),
    clientRules: fc.array(
      fc.record({ range: anyRange, action: fc.constantFrom('allow' as const, 'deny' as const) }),
      { maxLength: 5 },
    ),
    failover: fc.record({
      selection: fc.constantFrom(...Object.values(ParentSelection)),
      failThreshold: fc.integer({ min: 1, max: 100 }),
      retrySeconds: fc.integer({ min: 1, max: 86_400 }),
      connectTimeoutSeconds: fc.integer({ min: 1, max: 300 }),
      directWhenAllDown: fc.boolean(),
    }),
    routeTests: fc.constant([]),
  })
  .filter((document) => checkDocument(document).length === 0)
