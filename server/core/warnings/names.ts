/** Warnings about domain and host rules: covered, partly covered, changing nothing, or open to the internet. */
import { isWideDomain } from '../public-internet.ts'
import type { Route } from '../vocabulary.ts'
import { type DomainForest, domainForest } from './domain-forest.ts'
import { redundant } from './ranges.ts'
import { isOne, listedRules, type NameRow, type Rows } from './rows.ts'
import { type Said, say } from './sentences.ts'
import type { Finding } from './warning.ts'

/**
 * @param rangesHoldAllAt the rule at which the ranges before hold every address, so that every name looked up is
 *   decided; null if none does
 */
export function nameFindings(
  { names, ranges }: Rows,
  rangesHoldAllAt: number | null,
  defaultAction: Route,
): Finding[] {
  const lastOtherRange = ranges.findLast(({ action }) => action !== defaultAction)?.index ?? -1
  const forest = domainForest(names)
  const protects = protectingNames(names, forest, defaultAction)
  const known = new KnownNames(names, forest)
  const found: Finding[] = []
  names.forEach((row, at) => {
    if (rangesHoldAllAt !== null && rangesHoldAllAt < row.index) {
      found.push(shadowed(row, () => say('RULE_SHADOWED_BY_EVERY_ADDRESS', { row: row.index + 1 })))
      return
    }
    const cover = known.coverOf(at)
    if (cover !== undefined) {
      found.push(
        shadowed(row, () => say('RULE_SHADOWED', { row: row.index + 1, rules: listedRules([cover]) })),
      )
      return
    }
    const exceptions = known.exceptionsFrom(at)
    known.add(at)
    if (exceptions !== undefined) found.push(partlyShadowed(row, exceptions))
    if (row.action === defaultAction && lastOtherRange < row.index && !protects(at)) {
      found.push(redundant(row, defaultAction))
    }
    if (row.action === 'direct' && defaultAction === 'parent' && isWide(row)) found.push(opened(row))
  })
  return found
}

interface Exceptions {
  readonly count: number
  readonly first: readonly NameRow[]
}

const listedNames = 3

/** The rules so far that decide something. */
class KnownNames {
  readonly #names: readonly NameRow[]
  readonly #forest: DomainForest
  readonly #hosts = new Map<string, number>()
  /** For each domain the rule that names it; -1: none so far. */
  readonly #domains: Int32Array
  /** For each domain what lies in it, by action. */
  readonly #below: Readonly<Record<Route, Map<number, { count: number; first: NameRow[] }>>>

  constructor(names: readonly NameRow[], forest: DomainForest) {
    this.#names = names
    this.#forest = forest
    this.#domains = new Int32Array(forest.size).fill(-1)
    this.#below = { direct: new Map(), parent: new Map() }
  }

  add(at: number): void {
    const row = this.#names[at]
    const { holderOf, above } = this.#forest
    const holder = holderOf[at] ?? -1
    if (row === undefined) return
    if (row.kind === 'domain') this.#domains[holder] = row.index
    else this.#hosts.set(row.value, row.index)
    const below = this.#below[row.action]
    for (let domain = holder; domain >= 0; domain = above[domain] ?? -1) {
      const others = below.get(domain)
      if (others === undefined) below.set(domain, { count: 1, first: [row] })
      else {
        others.count += 1
        if (others.first.length < listedNames) others.first.push(row)
      }
    }
  }

  /** The rule that holds all that this one names. */
  coverOf(at: number): number | undefined {
    const row = this.#names[at]
    const same = row?.kind === 'host' ? this.#hosts.get(row.value) : undefined
    if (same !== undefined) return same
    const { holderOf, above } = this.#forest
    for (let domain = holderOf[at] ?? -1; domain >= 0; domain = above[domain] ?? -1) {
      const index = this.#domains[domain] ?? -1
      if (index >= 0) return index
    }
    return undefined
  }

  /** What lies in the domain and is decided otherwise. */
  exceptionsFrom(at: number): Exceptions | undefined {
    const row = this.#names[at]
    if (row?.kind !== 'domain') return undefined
    const other = row.action === 'direct' ? 'parent' : 'direct'
    return this.#below[other].get(this.#forest.holderOf[at] ?? -1)
  }
}

/** Whether a later name rule with another action than the default would decide some of what a row names. */
function protectingNames(
  names: readonly NameRow[],
  { size, holderOf, above }: DomainForest,
  defaultAction: Route,
): (at: number) => boolean {
  const lastDomain = new Int32Array(size).fill(-1)
  const lastBelow = new Int32Array(size).fill(-1)
  const lastHost = new Map<string, number>()
  names.forEach(({ kind, action, value, index }, at) => {
    if (action === defaultAction) return
    const holder = holderOf[at] ?? -1
    if (kind === 'domain') lastDomain[holder] = index
    else lastHost.set(value, index)
    for (let domain = holder; domain >= 0; domain = above[domain] ?? -1) lastBelow[domain] = index
  })
  return (at) => {
    const { kind, value, index } = names[at] ?? { kind: 'host', value: '', index: -1 }
    const holder = holderOf[at] ?? -1
    if (kind === 'host' && (lastHost.get(value) ?? -1) > index) return true
    if (kind === 'domain' && (lastBelow[holder] ?? -1) > index) return true
    for (let domain = holder; domain >= 0; domain = above[domain] ?? -1) {
      if ((lastDomain[domain] ?? -1) > index) return true
    }
    return false
  }
}

function shadowed({ index }: NameRow, says: () => Said): Finding {
  return { path: `rules.${index}.value`, code: 'RULE_SHADOWED', says }
}

function partlyShadowed({ index, value, action }: NameRow, { count, first: all }: Exceptions): Finding {
  // Later rules join the list: what it holds now is copied.
  const first = [...all]
  const isMore = count > first.length
  const says = () => {
    const rules = listedRules(
      first.map((row) => row.index),
      isMore,
    )
    const names = {
      listed: first.map((row) => (row.kind === 'host' ? row.value : `*.${row.value}`)),
      isMore,
    }
    const sentence = isOne(rules) ? 'RULE_PARTLY_SHADOWED_NAMES' : 'RULE_PARTLY_SHADOWED_NAMES_BY_SEVERAL'
    return say(sentence, { row: index + 1, value, action, names, rules })
  }
  return { path: `rules.${index}.value`, code: 'RULE_PARTLY_SHADOWED', says }
}

function isWide({ kind, value }: NameRow): boolean {
  return kind === 'domain' && isWideDomain(value)
}

function opened({ index, value }: NameRow): Finding {
  return {
    path: `rules.${index}.action`,
    code: 'DIRECT_TO_INTERNET',
    says: () => say('DIRECT_TO_INTERNET_NAMES', { row: index + 1, value }),
  }
}
