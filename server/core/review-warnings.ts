/** What a reviewer should know before approving a document that is valid: warnings, never errors. */
import { forwardsNamesUnresolved } from './ats/records.ts'
import { type ConfigDocument, canonicalDocument, parseInstant, routesOf } from './config-document.ts'
import { layRanges } from './range-layers.ts'
import { clientFindings } from './warnings/clients.ts'
import { evasionFindings } from './warnings/evasion.ts'
import { nameFindings } from './warnings/names.ts'
import { parentFindings } from './warnings/parents.ts'
import { rangeFindings } from './warnings/ranges.ts'
import { type Rows, rowsOf } from './warnings/rows.ts'
import { say } from './warnings/sentences.ts'
import { type Finding, toWarnings, type Warning } from './warnings/warning.ts'

export interface ReviewCircumstances {
  /** The instance setting, in force for every config. */
  readonly outboundExceptions: readonly string[]
  /** Of the proxies that run the config or will; those that no parent is named after may be left out. */
  readonly proxyHostnames: readonly string[]
  readonly now: Date
}

/** A rule that ends within this many days is worth a look. */
const expiryNoticeDays = 7

/**
 * Warnings in the order of the document; disabled rules count for nothing. Paths and rows as in `checkDocument`. At
 * most `limits.problems` of one code are listed, then one with that code and no path says how many more there are.
 */
export function reviewWarnings(document: ConfigDocument, circumstances: ReviewCircumstances): Warning[] {
  // Rules are looked at by their facts, which are kept for each.
  const canonical = { ...canonicalDocument({ ...document, rules: [] }), rules: document.rules }
  const rows = rowsOf(document)
  return toWarnings([
    ...namesMustResolve(canonical),
    ...lookupsForced(canonical, rows),
    ...ruleFindings(canonical, rows),
    ...expiringRules(canonical, circumstances.now),
    ...parentFindings(canonical, document, circumstances.proxyHostnames),
    ...clientFindings(canonical),
    ...outboundExceptions(circumstances.outboundExceptions),
    ...routeTests(canonical),
  ])
}

/** docs/decisions/0004-names-only-parents-resolve.md */
function namesMustResolve(document: ConfigDocument): Finding[] {
  if (!routesOf(document).has('parent') || forwardsNamesUnresolved(document)) return []
  return [
    {
      path: routesOf(document).has('direct') ? 'rules' : 'failover.directWhenAllDown',
      code: 'NAMES_MUST_RESOLVE_HERE',
      says: () => say('NAMES_MUST_RESOLVE_HERE', {}),
    },
  ]
}

/** `dest_ip` also matches names, by their addresses (9.2 and 10.x): one such line makes ATS look up every name. */
function lookupsForced(document: ConfigDocument, { ranges }: Rows): Finding[] {
  const [first] = ranges
  if (first === undefined || !routesOf(document).has('parent') || forwardsNamesUnresolved(document)) return []
  const count = ranges.length
  return [
    {
      path: `rules.${first.index}.kind`,
      code: 'LOOKUPS_FORCED',
      says: () => (count === 1 ? say('LOOKUPS_FORCED', {}) : say('LOOKUPS_FORCED_BY_SEVERAL', { count })),
    },
  ]
}

function ruleFindings(document: ConfigDocument, rows: Rows): Finding[] {
  const laid = layRanges(rows.ranges)
  // Where no name is looked up, ranges decide nothing about names.
  const layer = forwardsNamesUnresolved(document) ? null : laid.holdsAllAt
  const holdsAllAt = layer === null ? null : (rows.ranges[layer]?.index ?? null)
  const found = [
    ...nameFindings(rows, holdsAllAt, document.defaultAction),
    ...rangeFindings(rows, laid, document.defaultAction),
  ]
  const neverDeciding = new Set(found.flatMap(({ code, path }) => (code === 'RULE_SHADOWED' ? [path] : [])))
  found.push(...evasionFindings(rows).filter(({ path }) => !neverDeciding.has(path)))
  const rowOf = ({ path }: Finding) => Number(path.split('.')[1])
  const byRow = found.map((finding) => ({ finding, row: rowOf(finding) })).sort((a, b) => a.row - b.row)
  return [...byRow.map(({ finding }) => finding), ...defaultNeverDecides(holdsAllAt)]
}

function defaultNeverDecides(holdsAllAt: number | null): Finding[] {
  if (holdsAllAt === null) return []
  return [
    {
      path: 'defaultAction',
      code: 'DEFAULT_NEVER_DECIDES',
      says: () => say('DEFAULT_NEVER_DECIDES', { row: holdsAllAt + 1 }),
    },
  ]
}

function expiringRules({ rules }: ConfigDocument, now: Date): Finding[] {
  return rules.flatMap((rule, index): Finding[] => {
    const at = rule.enabled && rule.expiresAt !== null ? parseInstant(rule.expiresAt) : null
    if (at === null || at.getTime() - now.getTime() > expiryNoticeDays * 86_400_000) return []
    const code = at.getTime() <= now.getTime() ? 'RULE_EXPIRED' : 'RULE_EXPIRES_SOON'
    return [
      {
        path: `rules.${index}.expiresAt`,
        code,
        says: () => say(code, { row: index + 1, at: at.toISOString() }),
      },
    ]
  })
}

function routeTests({ routeTests }: ConfigDocument): Finding[] {
  if (routeTests.length > 0) return []
  return [
    {
      path: 'routeTests',
      code: 'NO_ROUTE_TESTS',
      says: () => say('NO_ROUTE_TESTS', {}),
    },
  ]
}

function outboundExceptions(exceptions: readonly string[]): Finding[] {
  if (exceptions.length === 0) return []
  return [
    {
      path: 'outboundExceptions',
      code: 'OUTBOUND_EXCEPTIONS_IN_FORCE',
      says: () => say('OUTBOUND_EXCEPTIONS_IN_FORCE', { ranges: exceptions.join(', ') }),
    },
  ]
}
