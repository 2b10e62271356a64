/** The enabled rules as warnings look at them: each with its row and its canonical value, ranges parsed. */
import type { AddressRange } from '../cidr.ts'
import { type ConfigDocument, limits } from '../config-document.ts'
import { factsOf } from '../rule-facts.ts'
import type { Route } from '../vocabulary.ts'
import type { Listed } from './sentences.ts'

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

/** The rules at these indexes, by their rows and in their order. */
export function listedRules(indexes: readonly number[], isMore = false): Listed {
  return { listed: indexes.map((index) => index + 1).sort((a, b) => a - b), isMore }
}

export function isOne({ listed, isMore }: Listed): boolean {
  return listed.length === 1 && !isMore
}
