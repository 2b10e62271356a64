/** Finds a text in lines, in any case. */
import type { ShownLine } from './shownLine.ts'

export function linesWith(lines: readonly ShownLine[], text: string): readonly ShownLine[] {
  const wanted = text.toLowerCase()
  return wanted === '' ? lines : lines.filter((line) => line.text.toLowerCase().includes(wanted))
}

/** As `linesWith`; where lines are missing stays: among them may be some with the text. */
export function filtered(lines: readonly ShownLine[], text: string): readonly ShownLine[] {
  const wanted = text.toLowerCase()
  return wanted === ''
    ? lines
    : lines.filter((line) => line.gap !== null || line.text.toLowerCase().includes(wanted))
}

export interface Piece {
  readonly text: string
  readonly isFound: boolean
}

/** A text cut where `wanted` begins and ends; as one piece where it isn't in it. */
export function piecesOf(text: string, wanted: string): readonly Piece[] {
  if (wanted === '') return [{ text, isFound: false }]
  const [whole, part] = [text.toLowerCase(), wanted.toLowerCase()]
  const pieces: Piece[] = []
  let from = 0
  for (let at = whole.indexOf(part); at >= 0; at = whole.indexOf(part, from)) {
    if (at > from) pieces.push({ text: text.slice(from, at), isFound: false })
    from = at + part.length
    pieces.push({ text: text.slice(at, from), isFound: true })
  }
  if (from < text.length || pieces.length === 0) pieces.push({ text: text.slice(from), isFound: false })
  return pieces
}

/**
 * The lines of the request that a line is of. An access line names its request's time and host, a debug line only its
 * choice of a parent: what was said of the same host while the request went on belongs to it, or to another one to that
 * host at that very time.
 */
export function linesOfRequest(all: readonly ShownLine[], of: ShownLine): readonly ShownLine[] {
  const lines = all.filter(({ proxyId }) => proxyId === of.proxyId)
  if (of.source === 'DEBUG') return lines.filter((line) => line.transaction === of.transaction)
  const from = Date.parse(of.at ?? '')
  const until = from + (of.durationMs ?? 0)
  const isThen = ({ at }: ShownLine) => at !== null && Date.parse(at) >= from && Date.parse(at) <= until
  const told = new Set(
    lines
      .filter((line) => line.source === 'DEBUG' && line.host === of.host && isThen(line))
      .map(({ transaction }) => transaction),
  )
  return lines.filter(
    (line) => line.cursor === of.cursor || (line.transaction !== null && told.has(line.transaction)),
  )
}
