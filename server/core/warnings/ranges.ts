/** Warnings about range rules: covered, partly covered, changing nothing, or open to the internet. */
import { contains, formatRange } from '../cidr.ts'
import { isPublic } from '../public-internet.ts'
import { type LaidLayers } from '../range-layers.ts'
import type { Route } from '../vocabulary.ts'
import { isOne, listedRules, type RangeRow, type Rows } from './rows.ts'
import { say } from './sentences.ts'
import type { Finding } from './warning.ts'

/** @param laid the same ranges, as `layRanges` lays them */
export function rangeFindings({ names, ranges }: Rows, laid: LaidLayers, defaultAction: Route): Finding[] {
  const lastOtherName = names.findLast(({ action }) => action !== defaultAction)?.index ?? -1
  const found: Finding[] = []
  ranges.forEach((row, at) => {
    if (!laid.decides(at)) {
      found.push(shadowed(row, at, laid, ranges))
      return
    }
    if (laid.hasOthersOver(at)) found.push(partlyShadowed(row, at, laid, ranges))
    // A name may resolve into any range, so that a later name rule counts as one over the same addresses.
    const isRedundant = row.action === defaultAction && lastOtherName < row.index && !laid.protects(at)
    if (isRedundant) found.push(redundant(row, defaultAction))
    if (row.action === 'direct' && defaultAction === 'parent' && opensInternet(row, at, laid)) {
      found.push(opened(row))
    }
  })
  return found
}

/** A rule that could as well not be there. */
export function redundant({ index }: { readonly index: number }, defaultAction: Route): Finding {
  return {
    path: `rules.${index}.action`,
    code: 'RULE_REDUNDANT',
    says: () => say('RULE_REDUNDANT', { row: index + 1, action: defaultAction }),
  }
}

function shadowed(row: RangeRow, at: number, laid: LaidLayers, ranges: readonly RangeRow[]): Finding {
  const says = () => {
    const { indexes, isMore } = laid.coverOf(at)
    const covering = indexes.flatMap((each) => ranges[each] ?? [])
    const alone = covering.find(({ range }) => contains(range, row.range))
    if (alone) return say('RULE_SHADOWED', { row: row.index + 1, rules: listedRules([alone.index]) })
    const rules = listedRules(
      covering.map(({ index }) => index),
      isMore,
    )
    return say('RULE_SHADOWED_TOGETHER', { row: row.index + 1, rules })
  }
  return { path: `rules.${row.index}.value`, code: 'RULE_SHADOWED', says }
}

const listedParts = 3

function partlyShadowed(row: RangeRow, at: number, laid: LaidLayers, ranges: readonly RangeRow[]): Finding {
  const says = () => {
    const { indexes, isMore } = laid.othersOver(at)
    const rules = listedRules(
      indexes.flatMap((each) => ranges[each]?.index ?? []),
      isMore,
    )
    const parts = laid.partsOf(at)
    const left = {
      listed: parts.slice(0, listedParts).map((part) => formatRange(row.range.family, part)),
      isMore: parts.length > listedParts,
    }
    const sentence = isOne(rules) ? 'RULE_PARTLY_SHADOWED_RANGE' : 'RULE_PARTLY_SHADOWED_RANGE_BY_SEVERAL'
    return say(sentence, { row: row.index + 1, value: row.value, action: row.action, ranges: left, rules })
  }
  return { path: `rules.${row.index}.value`, code: 'RULE_PARTLY_SHADOWED', says }
}

function opensInternet({ range }: RangeRow, at: number, laid: LaidLayers): boolean {
  return isPublic(range.family, range) && laid.partsOf(at).some((part) => isPublic(range.family, part))
}

function opened({ index, value }: RangeRow): Finding {
  return {
    path: `rules.${index}.action`,
    code: 'DIRECT_TO_INTERNET',
    says: () => say('DIRECT_TO_INTERNET_ADDRESSES', { row: index + 1, value }),
  }
}
