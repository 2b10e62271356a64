/** The enabled rules as warnings look at them: each with its row and its canonical value, ranges parsed. */
import type { AddressRange } from '../cidr.ts'
import { type ConfigDocument, limits } from '../config-document.ts'
import { factsOf } from '../rule-facts.ts'
import type { Route } from '../vocabulary.ts'

export interface Row {
  /** In the whole list, from 0. */
  readonly index: number
  readonly action: Route
  readonly value: string
}

export interface NameRow extends Row {
  readonly kind: 'domain' | 'host'
}

export interface RangeRow extends Row {
  readonly range: AddressRange
}

export interface Rows {
  readonly names: readonly NameRow[]
  readonly ranges: readonly RangeRow[]
}

/** A range that is none is left out. */
export function rowsOf({ rules }: ConfigDocument): Rows {
  const names: NameRow[] = []
  const ranges: RangeRow[] = []
  rules.slice(0, limits.rules).forEach((rule, index) => {
    if (!rule.enabled) return
    const { kind, action } = rule
    const { value, range } = factsOf(rule)
    if (kind !== 'ip_range') names.push({ index, action, value, kind })
    else if (range !== null) ranges.push({ index, action, value, range })
  })
  return { names, ranges }
}

/** `rule 3`, `rules 3 and 5`, `rules 3, 5, 9 and others`; indexes from 0. */
export function rulesInWords(indexes: readonly number[], isMore = false): string {
  const numbers = indexes.toSorted((a, b) => a - b).map((index) => String(index + 1))
  return `${numbers.length === 1 && !isMore ? 'rule' : 'rules'} ${inWords(numbers, isMore)}`
}

/** `a`, `a and b`, `a, b and others`. */
export function inWords(words: readonly string[], isMore: boolean): string {
  const all = isMore ? [...words, 'others'] : words
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
}
