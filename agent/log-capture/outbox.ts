/** What was read of ATS's streams and the server hasn't got yet, and which lines are in it at all. */
import type { LogGap, LogLine } from '#core/log-line'
import { noFields } from '#core/log-line'
import type { OpenCapture } from './debug-switch.ts'
import { createMatch, type Match } from './filter.ts'
import type { RawLine } from './follow.ts'
import type { Left } from './places.ts'

export interface Outbox {
  readonly size: number
  /** @param left how that stream was left after these lines, chosen or not; null: it is no file yet */
  put(lines: readonly LogLine[], stream: string, left: Left | null): void
  /** The first lines, at most so many. */
  first(count: number): readonly LogLine[]
  /** The first lines are with the server, or these in their stead are to be sent now. */
  done(count: number, instead?: readonly LogLine[]): void
  /** How far the server has each stream, where that has changed since the last call. */
  settled(): Readonly<Record<string, Left>>
  clear(): void
}

export function createOutbox(): Outbox {
  let waiting: LogLine[] = []
  /** Of all that were ever put in. */
  let doneCount = 0
  let marks: { readonly at: number; readonly stream: string; readonly left: Left }[] = []
  return {
    get size() {
      return waiting.length
    },
    put(lines, stream, left) {
      waiting.push(...lines)
      if (left !== null) marks.push({ at: doneCount + waiting.length, stream, left })
    },
    first: (count) => waiting.slice(0, count),
    done(count, instead = []) {
      waiting = [...instead, ...waiting.slice(count)]
      doneCount += count - instead.length
    },
    settled() {
      const settled = marks.filter(({ at }) => at <= doneCount)
      marks = marks.slice(settled.length)
      return Object.fromEntries(settled.map(({ stream, left }) => [stream, left]))
    },
    clear() {
      waiting = []
      marks = []
    },
  }
}

/** A capture that lines are chosen for. */
export interface Choosing {
  readonly id: string
  readonly endsAtMs: number
  readonly mostLines: number
  /** That it wanted so far, sent or not. */
  lines: number
  readonly match: Match
}

export function choosing({ id, endsAtMs, mostLines, filter }: OpenCapture, lines: number): Choosing {
  return { id, endsAtMs, mostLines, lines, match: createMatch(filter) }
}

/** ATS writes its access log in batches of a second. */
export const lastLinesMs = 2_500

export interface ChoosingOptions {
  /** What is wanted is only counted. */
  readonly isSkipping?: boolean
  /** The server has it: read again after a restart, it counts and isn't sent once more, nor in a gap. */
  readonly isKnown?: (line: LogLine) => boolean
}

/**
 * The lines that some capture wants, in their order, with a gap wherever wanted ones are left out. What is lost side by
 * side is one gap, at the last line of it.
 */
export function choose(
  lines: readonly LogLine[],
  captures: readonly Choosing[],
  { isSkipping = false, isKnown = () => false }: ChoosingOptions = {},
): LogLine[] {
  const verdicts = captures.map((capture) => ({ capture, wants: verdictsOf(capture, lines) }))
  const chosen: LogLine[] = []
  lines.forEach((line, index) => {
    if (line.gap !== null) {
      if (!isKnown(line)) chosen.push(line) // whoever wrote the log has lost some
      return
    }
    let gap: LogGap | null = null
    let isChosen = false
    for (const { capture, wants } of verdicts) {
      if (wants[index] === 'slow') gap ??= 'slow'
      else if (wants[index] === true && capture.lines >= capture.mostLines) gap = 'limit'
      else if (wants[index] === true) {
        capture.lines += 1
        isChosen = true
      }
    }
    if (isKnown(line)) return
    if (isChosen && !isSkipping) chosen.push(line)
    else if (isChosen) addGap(chosen, line, 'skipped')
    else if (gap !== null) addGap(chosen, line, gap)
  })
  return chosen
}

/** Whether it wants each line. By the line's own time: one that was written before the end may be read long after it. */
function verdictsOf({ match, endsAtMs }: Choosing, lines: readonly LogLine[]): readonly (boolean | 'slow')[] {
  const isWithin = lines.map(({ at }) => at === null || at.getTime() <= endsAtMs + lastLinesMs)
  const found = match(lines.filter((_, index) => isWithin[index]))
  let place = 0
  return isWithin.map((each) => each && (found === 'slow' ? found : found[place++] === true))
}

function addGap(chosen: LogLine[], line: LogLine, gap: LogGap): void {
  const last = chosen.at(-1)
  const isSame = last?.gap === gap && last.epoch === line.epoch
  if (isSame) chosen.pop()
  chosen.push(gapAt(line, gap, 1 + (isSame ? (last.lost ?? 0) : 0)))
}

export function gapAt(
  { epoch, offset, source, at }: Pick<LogLine, 'epoch' | 'offset' | 'source' | 'at'>,
  gap: LogGap,
  lost: number | null,
): LogLine {
  return { ...noFields, epoch, offset, source, at, text: '', gap, lost }
}

/** For lines that the server refuses: one gap as large, unless a gap alone is refused as well. */
export function insteadOf(lines: readonly LogLine[]): readonly LogLine[] {
  const last = lines.at(-1)
  if (last === undefined || (lines.length === 1 && last.gap !== null)) return []
  const lost = lines.map((line) => (line.gap === null ? 1 : line.lost))
  const isCounted = (count: number | null): count is number => count !== null
  return [gapAt(last, 'skipped', lost.every(isCounted) ? lost.reduce((sum, count) => sum + count, 0) : null)]
}

/** Before the first of these lines something is missing, nobody knows how much. */
export function brokenBefore(first: RawLine | undefined, source: LogLine['source']): LogLine[] {
  if (first === undefined) return []
  return [gapAt({ epoch: first.epoch, offset: 0, source, at: null }, 'truncated', null)]
}
