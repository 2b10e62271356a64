/** Warnings about parent rules that a client can get around by hiding how it spells a name. */
import type { NameRow, Rows } from './rows.ts'
import { say } from './sentences.ts'
import type { Finding } from './warning.ts'

/**
 * Parent rules for names before a direct rule that holds the same name, or an address that it may have
 * (docs/decisions/0015-spellings-behind-escapes.md). Going direct by default needs no warning: the default is only for
 * hosts in their plain spelling.
 */
export function evasionFindings({ names, ranges }: Rows): Finding[] {
  const lastDirectRange = ranges.findLast(({ action }) => action === 'direct')?.index ?? -1
  /** Later direct rules by their domain. */
  const directDomains = new Map<string, number>()
  const found: Finding[] = []
  for (const row of names.toReversed()) {
    if (row.action === 'direct') {
      if (row.kind === 'domain') directDomains.set(row.value, row.index)
      continue
    }
    const around = lastDirectRange > row.index ? lastDirectRange : domainAround(row, directDomains)
    if (around !== undefined) found.push(evadable(row, around))
  }
  return found.reverse()
}

function domainAround({ value }: NameRow, directDomains: ReadonlyMap<string, number>): number | undefined {
  if (directDomains.size === 0) return undefined
  for (let dot = value.indexOf('.'); dot >= 0; dot = value.indexOf('.', dot + 1)) {
    const index = directDomains.get(value.slice(dot + 1))
    if (index !== undefined) return index
  }
  return undefined
}

function evadable({ index, kind, value }: NameRow, around: number): Finding {
  const name = kind === 'host' ? value : `*.${value}`
  return {
    path: `rules.${index}.value`,
    code: 'RULE_EVADABLE',
    says: () => say('RULE_EVADABLE', { row: index + 1, name, direct: around + 1 }),
  }
}
