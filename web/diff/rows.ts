/** The rows of a file's diff as they are shown: changed lines, some unchanged ones around, and folds. */
import { changedSpans, type Hunk, type Lines, type Span } from './lines.ts'

/** One line of one of the two texts. */
export interface Side {
  /** From 1. */
  readonly number: number
  readonly text: string
  /** The part that differs from the line beside it; null: the whole line. */
  readonly changed: Span | null
  /** True for a last line without a newline at its end. */
  readonly isUnended: boolean
}

export type DiffRow =
  | { readonly kind: 'same'; readonly before: Side; readonly after: Side }
  | {
      readonly kind: 'changed'
      readonly before: Side | null
      readonly after: Side | null
      /** Which hunk begins here; null further down in it. */
      readonly stop: number | null
    }
  /** Unchanged lines that are hidden; `from` is their first in `before`, 0-based, and names the fold. */
  | { readonly kind: 'fold'; readonly from: number; readonly count: number }

/** Unchanged lines shown before and after each change. */
const context = 3

interface RowOptions {
  /** True: a removed line stands beside the one that replaced it. False: all removed lines, then all added ones. */
  readonly isSplit: boolean
  /** Folds that were opened. */
  readonly opened: ReadonlySet<number>
}

export function diffRows(
  before: Lines,
  after: Lines,
  hunks: readonly Hunk[],
  options: RowOptions,
): DiffRow[] {
  const rows: DiffRow[] = []
  const sideOf = (lines: Lines, at: number, changed: Span | null = null): Side => ({
    number: at + 1,
    text: lines.texts[at] ?? '',
    changed,
    isUnended: !lines.isEnded && at === lines.texts.length - 1,
  })
  const pushSame = (from: number, to: number, shift: number) => {
    for (let at = from; at < to; at += 1) {
      rows.push({ kind: 'same', before: sideOf(before, at), after: sideOf(after, at + shift) })
    }
  }
  const pushUnchanged = (from: number, to: number, shift: number) => {
    const start = from === 0 ? 0 : Math.min(to, from + context)
    const end = to === before.texts.length ? to : Math.max(start, to - context)
    // A fold takes a row itself: hiding a single line would win nothing.
    if (end - start < 2 || options.opened.has(start)) return pushSame(from, to, shift)
    pushSame(from, start, shift)
    rows.push({ kind: 'fold', from: start, count: end - start })
    pushSame(end, to, shift)
  }
  let reached = 0
  let shift = 0
  hunks.forEach((hunk, index) => {
    pushUnchanged(reached, hunk.fromBefore, shift)
    rows.push(...hunkRows(hunk, index))
    reached = hunk.toBefore
    shift = hunk.toAfter - hunk.toBefore
  })
  pushUnchanged(reached, before.texts.length, shift)
  return rows

  function hunkRows({ fromBefore, toBefore, fromAfter, toAfter }: Hunk, index: number): DiffRow[] {
    const removed = toBefore - fromBefore
    const added = toAfter - fromAfter
    // Line by line only where each line has its counterpart; else the pairs would be chance.
    const spans = Array.from({ length: removed === added ? removed : 0 }, (_, at) =>
      changedSpans(before.texts[fromBefore + at] ?? '', after.texts[fromAfter + at] ?? ''),
    )
    const old = Array.from({ length: removed }, (_, at) =>
      sideOf(before, fromBefore + at, spans[at]?.before ?? null),
    )
    const fresh = Array.from({ length: added }, (_, at) =>
      sideOf(after, fromAfter + at, spans[at]?.after ?? null),
    )
    const pairs = options.isSplit
      ? Array.from(
          { length: Math.max(removed, added) },
          (_, at) => [old[at] ?? null, fresh[at] ?? null] as const,
        )
      : [...old.map((side) => [side, null] as const), ...fresh.map((side) => [null, side] as const)]
    return pairs.map(([left, right], at) => ({
      kind: 'changed',
      before: left,
      after: right,
      stop: at === 0 ? index : null,
    }))
  }
}

/** The same for the same row, whatever is folded around it. */
export function rowKey(row: DiffRow): string {
  if (row.kind === 'fold') return `fold ${row.from}`
  return `${row.before?.number ?? ''} ${row.after?.number ?? ''}`
}

/** Whether a line holds blanks that `piecesOf` marks. */
export function hasHiddenBlanks(text: string): boolean {
  return /[\t\r]| $/.test(text)
}

/** A stretch of a line: plain text, or blanks that would otherwise be invisible or mistaken. */
export interface Piece {
  readonly text: string
  readonly kind: 'text' | 'tab' | 'trailing' | 'return'
  readonly isChanged: boolean
}

/** A line cut where its look changes: at tabs, at blanks before its end, at a carriage return, at what differs. */
export function piecesOf({ text, changed }: Pick<Side, 'text' | 'changed'>): readonly Piece[] {
  const body = text.replace(/[ \t\r]+$/, '').length
  const kindOf = (at: number): Piece['kind'] => {
    if (text[at] === '\t') return 'tab'
    if (text[at] === '\r') return 'return'
    return at >= body ? 'trailing' : 'text'
  }
  const pieces: Piece[] = []
  for (let at = 0; at < text.length; ) {
    const kind = kindOf(at)
    const isChanged = changed !== null && at >= changed.from && at < changed.to
    let end = at + 1
    while (
      end < text.length &&
      kindOf(end) === kind &&
      kind !== 'tab' &&
      end !== changed?.from &&
      end !== changed?.to
    ) {
      end += 1
    }
    pieces.push({ text: text.slice(at, end), kind, isChanged })
    at = end
  }
  return pieces
}
