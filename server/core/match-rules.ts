/** Which things of two lists are the same thing: by id, by what they mean, by the place they are in. */
import type { NewRule, Rule } from './config-document.ts'

/** What makes two rules the same where no id does; canonical values only. */
export function meaningOf({ kind, value }: Pick<NewRule, 'kind' | 'value'>): string {
  return `${kind} ${value}`
}

/** For each rule of `after` the index of the same rule in `before`, or -1: by id, else by meaning, in order. */
export function matchRules(before: readonly Rule[], after: readonly Rule[]): number[] {
  const byId = new Map(before.map((rule, index) => [rule.id, index]))
  return matchRest(
    before,
    after,
    after.map(({ id }) => byId.get(id) ?? -1),
    meaningOf,
  )
}

/**
 * The same by meaning, else by place: what stands between two that are neighbours of the same gap in `before` was
 * changed there, if the gap holds as many.
 */
export function matchInPlace<Item>(
  before: readonly Item[],
  after: readonly Item[],
  meaning: (item: Item) => string,
): number[] {
  const matched = matchRest(before, after, Array<number>(after.length).fill(-1), meaning)
  const taken = new Set(matched)
  for (let start = 0; start < matched.length; start += 1) {
    if (matched[start] !== -1) continue
    let end = start
    while (matched[end] === -1) end += 1
    const first = (matched[start - 1] ?? -1) + 1
    let last = first
    while (last < before.length && !taken.has(last)) last += 1
    if (last === (matched[end] ?? before.length) && last - first === end - start) {
      for (let at = start; at < end; at += 1) matched[at] = first + at - start
    }
    start = end
  }
  return matched
}

function matchRest<Item>(
  before: readonly Item[],
  after: readonly Item[],
  matched: number[],
  meaning: (item: Item) => string,
): number[] {
  if (!matched.includes(-1)) return matched
  const taken = new Set(matched)
  const byMeaning = new Map<string, number[]>()
  for (let index = before.length - 1; index >= 0; index -= 1) {
    const item = before[index]
    if (item === undefined || taken.has(index)) continue
    const same = byMeaning.get(meaning(item))
    if (same === undefined) byMeaning.set(meaning(item), [index])
    else same.push(index)
  }
  return after.map((item, index) => {
    const found = matched[index] ?? -1
    return found >= 0 ? found : (byMeaning.get(meaning(item))?.pop() ?? -1)
  })
}
