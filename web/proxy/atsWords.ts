/** Where a message of ATS names a file or a line. */

export interface Piece {
  readonly text: string
  /** The name of a file of ours, with its line, or a line alone. */
  readonly isPlace: boolean
}

/**
 * ATS writes `… parsing parent.config at line 12`, `[ParentSelection] parent.config:12`, `sni.yaml: line 3, column 5`
 * and `yaml-cpp: error at line 4, column 2`.
 */
const place =
  /(?:[\w./-]*\b(?:parent|records)\.config|[\w./-]*\b(?:sni|ip_allow|records)\.yaml)(?::\d+)?|\bline[: ]+\d+(?:,? column[: ]+\d+)?/gi

export function piecesOf(message: string): readonly Piece[] {
  const pieces: Piece[] = []
  let reached = 0
  for (const found of message.matchAll(place)) {
    if (found.index > reached) pieces.push({ text: message.slice(reached, found.index), isPlace: false })
    pieces.push({ text: found[0], isPlace: true })
    reached = found.index + found[0].length
  }
  if (reached < message.length) pieces.push({ text: message.slice(reached), isPlace: false })
  return pieces
}
