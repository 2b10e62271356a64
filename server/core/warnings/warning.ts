/** What a warning is, the closed set of their codes, and for each the way to mend it. */
import { limits } from '../config-document.ts'
import type { Problem } from '../refusal.ts'
import { inEnglish, type Said, say } from './sentences.ts'

/** How each kind of warning is mended: a full English sentence. */
export const mends = {
  CLIENT_RULES_EMPTY: 'Add client rules for the ranges that should use the proxies.',
  CLIENT_RULE_SHADOWED: 'Move the client rule above those that cover it, or remove it.',
  DEFAULT_NEVER_DECIDES: 'Narrow the ranges that hold every address, or remove them and set the default.',
  DIRECT_TO_INTERNET:
    'Narrow the rule to the names or ranges that have to go direct, or send it to the parents.',
  EVERY_CLIENT_ALLOWED: 'Allow only the ranges that your clients have.',
  LOOKUPS_FORCED: 'Where names are enough, write domain or host rules instead of the ranges.',
  LOOPBACK_NOT_ALLOWED: 'Allow 127.0.0.0/8 and ::1 before the rest, if something on the host uses its proxy.',
  NAMES_MUST_RESOLVE_HERE:
    'Let the proxies’ resolver answer unknown names with 0.0.0.1, which no proxy connects to, or send everything to the parents.',
  NO_ROUTE_TESTS: 'Add tests for what matters most: one target that goes direct, one that goes to a parent.',
  OUTBOUND_EXCEPTIONS_IN_FORCE: 'Take the exceptions out of the settings when nothing needs them.',
  PARENT_IN_DENIED_RANGE: 'Give the parent an address outside the denied ranges.',
  PARENT_IS_PROXY: 'Name the next proxy on the way out as the parent, not a proxy that runs this config.',
  RULE_EVADABLE:
    'Move the direct rule before it or narrow that rule, if no client may go direct to what this rule names.',
  RULE_EXPIRED: 'Remove the rule, or give it a later end.',
  RULE_EXPIRES_SOON: 'Give the rule a later end if it is still needed.',
  RULE_PARTLY_SHADOWED:
    'If the rule should have all that it names, move it above the others; else leave the order.',
  RULE_REDUNDANT: 'Remove the rule, or give it the other action if it was meant to change something.',
  RULE_SHADOWED: 'Move the rule above those that cover it, or remove it.',
} as const

export type WarningCode = keyof typeof mends

/** Something that a reviewer should know; it blocks nothing. */
export interface Warning extends Problem, Said {
  readonly code: WarningCode
  /** How to mend it: a full English sentence. */
  readonly mend: string
  /** 0; in the last one of a code that was found too often: how many more there are that are not listed. */
  readonly more: number
}

/** What a check finds; how it is mended follows from the code. */
export interface Finding {
  readonly path: string
  readonly code: WarningCode
  /** Called only for what is listed: of 100,000 findings few are. */
  readonly says: () => Said
}

/** Each code's findings in their order, at most `limits.problems` of one code, then one that counts the rest. */
export function toWarnings(findings: readonly Finding[]): Warning[] {
  const counts = new Map<WarningCode, number>()
  const listed = findings.filter(({ code }) => {
    const count = (counts.get(code) ?? 0) + 1
    counts.set(code, count)
    return count <= limits.problems
  })
  const rest = [...counts].flatMap(([code, count]) => {
    const more = count - limits.problems
    if (more <= 0) return []
    return [warning({ path: '', code, says: () => say('WARNINGS_NOT_LISTED', { count: more }) }, more)]
  })
  return [...listed.map((finding) => warning(finding, 0)), ...rest]
}

function warning({ path, code, says }: Finding, more: number): Warning {
  const said = says()
  return { path, code, ...said, message: inEnglish(said), mend: mends[code], more }
}
