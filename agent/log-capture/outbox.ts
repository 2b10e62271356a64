/** What was read of ATS's streams and the server hasn't got yet, and which lines are in it at all. */
import type { LogGap, LogLine } from '#core/log-line'
import { noFields } from '#core/log-line'
import type { OpenCapture } from './debug-switch.ts'
import { createMatch, type Match } from './filter.ts'
import type { Place, RawLine } from './follow.ts'

export interface Outbox {
  readonly size: number
  /** @param place where that stream was left after these lines, chosen or not */
  put(lines: readonly LogLine[], stream: string, place: Place | null): void
  /** The first lines, at most so many. */
  first(count: number): readonly LogLine[]
  /** The first lines are with the server, or these in their stead are to be sent now. */
  done(count: number, instead?: readonly LogLine[]): void
  /** How far the server has each stream, where that has changed since the last call. */
  settled(): Readonly<Record<string, Place>>
  clear(): void
}

export function createOutbox(): Outbox {
  let waiting: LogLine[] = []
  /** Of all that were ever put in. */
  let doneCount = 0
  let marks: { readonly at: number; readonly stream: string; readonly place: Place }[] = []
  return {
    get size() {
      return waiting.length
    },
    put(lines, stream, place) {
      waiting.push(...lines)
      if (place !== null) marks.push({ at: doneCount + waiting.length, stream, place })
    },
    first: (count) => waiting.slice(0, count),
    done(count, instead = []) {
      waiting = [...instead, ...waiting.slice(count)]
      doneCount += count - instead.length
    },
    settled() {
      const settled = marks.filter(({ at }) => at <= doneCount)
      marks = marks.slice(settled.length)
      return Object.fromEntries(settled.map(({ stream, place }) => [stream, place]))
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
  lines: number
  readonly match: Match
}

export function choosing({ id, endsAtMs, mostLines, lines, filter }: OpenCapture): Choosing {
  return { id, endsAtMs, mostLines, lines, match: createMatch(filter) }
}

/**
 * The lines that some capture wants, in their order, with a gap wherever wanted ones are left out. What is lost side by
 * side is one gap, at the last line of it.
 */
export function choose(
  lines: readonly LogLine[],
  captures: readonly Choosing[],
  isSkipping: boolean,
): LogLine[] {
  const verdicts = captures.map((capture) => ({ capture, found: capture.match(lines) }))
  const chosen: LogLine[] = []
  lines.forEach((line, index) => {
    if (line.gap !== null) {
      chosen.push(line) // whoever wrote the log has lost some
      return
    }
    let gap: LogGap | null = null
    let isChosen = false
    for (const { capture, found } of verdicts) {
      if (found === 'slow') gap ??= 'slow'
      else if (found[index] === true && capture.lines >= capture.mostLines) gap = 'limit'
      else if (found[index] === true) {
        capture.lines += 1
        isChosen = true
      }
    }
    if (isChosen && !isSkipping) chosen.push(line)
    else if (isChosen) addGap(chosen, line, 'skipped')
    else if (gap !== null) addGap(chosen, line, gap)
  })
  return chosen
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

/** Before the first of these lines something is missing, nobody knows how much. */
export function brokenBefore(first: RawLine | undefined, source: LogLine['source']): LogLine[] {
  if (first === undefined) return []
  return [gapAt({ epoch: first.epoch, offset: 0, source, at: null }, 'truncated', null)]
}
