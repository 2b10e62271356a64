/** Which lines of two texts differ, and which part of a line: pure, and quick also for files of 100,000 lines. */

/** Lines `fromBefore` to before `toBefore` became `fromAfter` to before `toAfter`; 0-based. */
export interface Hunk {
  readonly fromBefore: number
  readonly toBefore: number
  readonly fromAfter: number
  readonly toAfter: number
}

export interface Lines {
  readonly texts: readonly string[]
  /** False: the last line has no newline at its end, which is a difference too. */
  readonly isEnded: boolean
}

/** Blocks up to this many pairs of lines are compared pair by pair; larger ones without a unique line are replaced. */
const mostPairs = 1_000_000

export function linesOf(text: string): Lines {
  if (text === '') return { texts: [], isEnded: true }
  const texts = text.split('\n')
  if (texts.at(-1) !== '') return { texts, isEnded: false }
  return { texts: texts.slice(0, -1), isEnded: true }
}

/**
 * The differences in order. Lines that occur once in both texts hold the rest in place, so that the result reads
 * as a person would say it; it costs time in proportion to the texts' length, however different they are.
 */
export function diffLines(before: Lines, after: Lines): readonly Hunk[] {
  const numbers = new Map<string, number>()
  const a = numbered(before, numbers)
  const b = numbered(after, numbers)
  const hunks: Hunk[] = []
  const blocks: Hunk[] = [{ fromBefore: 0, toBefore: a.length, fromAfter: 0, toAfter: b.length }]
  for (let block = blocks.pop(); block; block = blocks.pop()) {
    const rest = trimmed(a, b, block)
    if (rest.fromBefore === rest.toBefore && rest.fromAfter === rest.toAfter) continue
    if (rest.fromBefore === rest.toBefore || rest.fromAfter === rest.toAfter) {
      hunks.push(rest)
      continue
    }
    const anchors = uniqueAnchors(a, b, rest)
    if (anchors.length > 0) blocks.push(...between(rest, anchors))
    else hunks.push(...compared(a, b, rest))
  }
  return joined(hunks.sort((x, y) => x.fromBefore - y.fromBefore || x.fromAfter - y.fromAfter))
}

/** How many lines came and went. */
export function countLines(hunks: readonly Hunk[]): { readonly added: number; readonly removed: number } {
  return {
    added: hunks.reduce((sum, { fromAfter, toAfter }) => sum + toAfter - fromAfter, 0),
    removed: hunks.reduce((sum, { fromBefore, toBefore }) => sum + toBefore - fromBefore, 0),
  }
}

/** Columns `from` to before `to` of a line. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** What differs within a line that became another; null when the two have too little in common to say. */
export function changedSpans(before: string, after: string): { before: Span; after: Span } | null {
  const most = Math.min(before.length, after.length)
  let start = 0
  while (start < most && before[start] === after[start]) start += 1
  let end = 0
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1
  if ((start + end) * 3 < Math.max(before.length, after.length)) return null
  return { before: { from: start, to: before.length - end }, after: { from: start, to: after.length - end } }
}

/** Equal lines get equal numbers; a last line without its newline is another line. */
function numbered({ texts, isEnded }: Lines, numbers: Map<string, number>): Int32Array {
  return Int32Array.from(texts, (text, index) => {
    const key = !isEnded && index === texts.length - 1 ? `${text}\n(unended)` : text
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, numbers.size)
    return numbers.size - 1
  })
}

function trimmed(a: Int32Array, b: Int32Array, block: Hunk): Hunk {
  let { fromBefore, toBefore, fromAfter, toAfter } = block
  while (fromBefore < toBefore && fromAfter < toAfter && a[fromBefore] === b[fromAfter]) {
    fromBefore += 1
    fromAfter += 1
  }
  while (fromBefore < toBefore && fromAfter < toAfter && a[toBefore - 1] === b[toAfter - 1]) {
    toBefore -= 1
    toAfter -= 1
  }
  return { fromBefore, toBefore, fromAfter, toAfter }
}

type Pair = readonly [before: number, after: number]

/** Lines that occur once on either side, as many as keep their order. */
function uniqueAnchors(a: Int32Array, b: Int32Array, block: Hunk): readonly Pair[] {
  const inBefore = onceIn(a, block.fromBefore, block.toBefore)
  const inAfter = onceIn(b, block.fromAfter, block.toAfter)
  const pairs: Pair[] = []
  for (let at = block.fromBefore; at < block.toBefore; at += 1) {
    const line = a[at] ?? -1
    const other = inAfter.get(line) ?? -1
    if (inBefore.get(line) === at && other >= 0) pairs.push([at, other])
  }
  return ascending(pairs)
}

/** The place of each line that occurs once; -1 for one that occurs more often. */
function onceIn(lines: Int32Array, from: number, to: number): Map<number, number> {
  const places = new Map<number, number>()
  for (let at = from; at < to; at += 1) {
    const line = lines[at] ?? -1
    places.set(line, places.has(line) ? -1 : at)
  }
  return places
}

/** A longest run of pairs whose second numbers ascend. */
function ascending(pairs: readonly Pair[]): readonly Pair[] {
  const tails: number[] = []
  const previous: number[] = []
  pairs.forEach(([, value], position) => {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((pairs[tails[middle] ?? 0]?.[1] ?? 0) < value) low = middle + 1
      else high = middle
    }
    previous[position] = low > 0 ? (tails[low - 1] ?? -1) : -1
    tails[low] = position
  })
  const chosen: Pair[] = []
  for (let at = tails.at(-1) ?? -1; at >= 0; at = previous[at] ?? -1) {
    const pair = pairs[at]
    if (pair) chosen.push(pair)
  }
  return chosen.reverse()
}

function between(block: Hunk, anchors: readonly Pair[]): Hunk[] {
  let { fromBefore, fromAfter } = block
  const gaps = [...anchors, [block.toBefore, block.toAfter] as const].map(([toBefore, toAfter]) => {
    const gap = { fromBefore, toBefore, fromAfter, toAfter }
    fromBefore = toBefore + 1
    fromAfter = toAfter + 1
    return gap
  })
  return gaps
}

/** The fewest changes of a small block, by its longest common subsequence; a large one is replaced as a whole. */
function compared(a: Int32Array, b: Int32Array, block: Hunk): Hunk[] {
  const height = block.toBefore - block.fromBefore
  const width = block.toAfter - block.fromAfter
  if (height * width > mostPairs) return [block]
  const lengths = new Int32Array((height + 1) * (width + 1))
  const at = (row: number, column: number) => row * (width + 1) + column
  const isSame = (row: number, column: number) => a[block.fromBefore + row] === b[block.fromAfter + column]
  for (let row = height - 1; row >= 0; row -= 1) {
    for (let column = width - 1; column >= 0; column -= 1) {
      lengths[at(row, column)] = isSame(row, column)
        ? (lengths[at(row + 1, column + 1)] ?? 0) + 1
        : Math.max(lengths[at(row + 1, column)] ?? 0, lengths[at(row, column + 1)] ?? 0)
    }
  }
  const pairs: Pair[] = []
  for (let row = 0, column = 0; row < height && column < width; ) {
    if (isSame(row, column)) {
      pairs.push([block.fromBefore + row, block.fromAfter + column])
      row += 1
      column += 1
    } else if ((lengths[at(row + 1, column)] ?? 0) >= (lengths[at(row, column + 1)] ?? 0)) row += 1
    else column += 1
  }
  return between(block, pairs).filter(
    ({ fromBefore, toBefore, fromAfter, toAfter }) => fromBefore < toBefore || fromAfter < toAfter,
  )
}

/** Hunks that touch are one. */
function joined(hunks: readonly Hunk[]): readonly Hunk[] {
  const result: Hunk[] = []
  for (const hunk of hunks) {
    const last = result.at(-1)
    if (last && last.toBefore === hunk.fromBefore && last.toAfter === hunk.fromAfter) {
      result[result.length - 1] = { ...last, toBefore: hunk.toBefore, toAfter: hunk.toAfter }
    } else result.push(hunk)
  }
  return result
}
