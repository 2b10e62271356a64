/** What makes a list of client rules wrong, and whom it lets in. */
import { type AddressRange, formatRange, parseRange } from './cidr.ts'
import { type ClientRule, type ConfigDocument, canonicalRuleValue, limits } from './config-document.ts'
import { layRanges } from './range-layers.ts'
import type { Problem } from './refusal.ts'
import { repeated } from './repeated.ts'

/** Malformed and repeated ranges, and a list that lets nobody in: by its actions, or because denials come first. */
export function clientProblems({ clientRules }: ConfigDocument): Problem[] {
  const listed = clientRules.slice(0, limits.clientRules)
  const malformed = listed.flatMap(({ range }, index): Problem[] => {
    const parsed = parseRange(range)
    if (parsed.ok) return []
    return [{ path: `clientRules.${index}.range`, code: parsed.code, message: parsed.message }]
  })
  const duplicates = repeated(listed.map(({ range }) => canonicalRuleValue('ip_range', range))).map(
    ({ index, earlier, key }) => ({
      path: `clientRules.${index}.range`,
      code: 'DUPLICATE_CLIENT_RULE',
      message: `Client rules ${earlier + 1} and ${index + 1} both name ${key}; only the first could ever match.`,
    }),
  )
  return [...malformed, ...duplicates, ...closed(listed)]
}

/** The addresses that may use the proxy, as disjoint ranges; a rule whose range is none lets nobody in. */
export function allowedClients(rules: readonly ClientRule[]): AddressRange[] {
  const parsed = rules.flatMap(({ range: text, action }) => {
    const result = parseRange(text)
    return result.ok ? [{ range: result.range, action }] : []
  })
  const laid = layRanges(parsed)
  return parsed.flatMap(({ range: { family }, action }, at) => {
    const parts = action === 'allow' ? laid.partsOf(at) : []
    return parts.map((part) => ({ family, ...part, text: formatRange(family, part) }))
  })
}

function closed(rules: readonly ClientRule[]): Problem[] {
  const isUnread = rules.some(({ range, action }) => action === 'allow' && !parseRange(range).ok)
  if (rules.length === 0 || isUnread || allowedClients(rules).length > 0) return []
  const hasAllowed = rules.some(({ action }) => action === 'allow')
  const message = hasAllowed
    ? 'No client could use the proxy: earlier client rules deny all that later ones allow.'
    : 'No client could use the proxy: allow at least one range.'
  return [{ path: 'clientRules', code: 'NO_CLIENT_ALLOWED', message }]
}
