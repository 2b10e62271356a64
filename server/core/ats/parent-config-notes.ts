/** Comments of a parent.config: those right above a rule are its note, the others are named. */
import { limits } from '../config-document.ts'
import { type LineFinding, lineFinding } from '../import-finding.ts'
import { header } from './header.ts'

export interface Comments {
  /** By the number of the line that the comment stands above. */
  readonly notes: ReadonlyMap<number, string>
  /** The comment's own lines, for naming them where no rule takes the note. */
  readonly numbers: ReadonlyMap<number, readonly number[]>
  readonly findings: readonly LineFinding[]
}

/** ATS has comments only on lines of their own (measured on 9.2.9: elsewhere it drops the line). */
export function readComments(lines: readonly string[]): Comments {
  const notes = new Map<number, string>()
  const numbers = new Map<number, readonly number[]>()
  const findings: LineFinding[] = []
  let texts: string[] = []
  let waiting: number[] = []
  const forget = () => {
    findings.push(...waiting.map((number) => comment(number)))
    texts = []
    waiting = []
  }
  const read = (line: string, index: number): void => {
    const trimmed = line.trim()
    if (trimmed === header) return
    if (trimmed === '') {
      forget()
      return
    }
    if (!trimmed.startsWith('#')) {
      if (waiting.length > 0) {
        const whole = texts.join(' ')
        if (whole.length > limits.noteLength) findings.push(cut(index))
        notes.set(
          index + 1,
          whole
            .slice(0, limits.noteLength)
            .replace(/\p{Cs}$/u, '')
            .trim(),
        )
        numbers.set(index + 1, waiting)
      }
      texts = []
      waiting = []
      return
    }
    if (ruleInside.test(trimmed)) {
      forget()
      findings.push(lineFinding(index + 1, 'COMMENTED_OUT', 'This rule is commented out, and stays out.'))
      return
    }
    const text = trimmed.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').replace(frame, '')
    if (text === '') return
    texts.push(text)
    waiting.push(index + 1)
  }
  for (const [index, line] of lines.entries()) read(line, index)
  forget()
  return { notes, numbers, findings }
}

/** For a comment that no rule has as its note. */
export function comment(number: number): LineFinding {
  return lineFinding(number, 'COMMENT', 'Only rules have notes: this comment stays out.')
}

function cut(number: number): LineFinding {
  return lineFinding(
    number,
    'NOTE_CUT',
    `A note has at most ${limits.noteLength} characters: the rest stays out.`,
  )
}

const ruleInside = /(?:^|[\s#])(?:dest_domain|dest_host|dest_ip|url_regex|host_regex)\s*=/i
/** Signs that people draw boxes and lines with. */
const frame = /^[\s#*=~_-]+|[\s#*=~_-]+$/g
