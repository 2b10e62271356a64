/** Warnings about range rules: covered, partly covered, changing nothing, or open to the internet. */
import { contains, formatRange } from '../cidr.ts'
import { isPublic } from '../public-internet.ts'
import { type LaidLayers } from '../range-layers.ts'
import type { Route } from '../vocabulary.ts'
import { inWords, type RangeRow, type Rows, rulesInWords } from './rows.ts'
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
    message: () =>
      `Rule ${index + 1} changes nothing: without it the default, ${defaultAction}, would decide the same.`,
  }
}

function shadowed(row: RangeRow, at: number, laid: LaidLayers, ranges: readonly RangeRow[]): Finding {
  const message = () => {
    const { indexes, isMore } = laid.coverOf(at)
    const covering = indexes.flatMap((each) => ranges[each] ?? [])
    const alone = covering.find(({ range }) => contains(range, row.range))
    const by = alone
      ? `${rulesInWords([alone.index])} before it holds`
      : `${rulesInWords(
          covering.map(({ index }) => index),
          isMore,
        )} before it together hold`
    return `Rule ${row.index + 1} never decides: ${by} all that it names.`
  }
  return { path: `rules.${row.index}.value`, code: 'RULE_SHADOWED', message }
}

const listedParts = 3

function partlyShadowed(row: RangeRow, at: number, laid: LaidLayers, ranges: readonly RangeRow[]): Finding {
  const message = () => {
    const { indexes, isMore } = laid.othersOver(at)
    const by = rulesInWords(
      indexes.flatMap((each) => ranges[each]?.index ?? []),
      isMore,
    )
    const parts = laid.partsOf(at)
    const left = parts.slice(0, listedParts).map((part) => formatRange(row.range.family, part))
    return `Rule ${row.index + 1} (${row.value}, ${row.action}) gets only ${inWords(left, parts.length > listedParts)}: ${by} before it ${by.startsWith('rules') ? 'decide' : 'decides'} other addresses of it otherwise.`
  }
  return { path: `rules.${row.index}.value`, code: 'RULE_PARTLY_SHADOWED', message }
}

function opensInternet({ range }: RangeRow, at: number, laid: LaidLayers): boolean {
  return isPublic(range.family, range) && laid.partsOf(at).some((part) => isPublic(range.family, part))
}

function opened({ index, value }: RangeRow): Finding {
  return {
    path: `rules.${index}.action`,
    code: 'DIRECT_TO_INTERNET',
    message: () =>
      `Rule ${index + 1} sends public addresses (${value}) direct, past the parents that the default names.`,
  }
}
