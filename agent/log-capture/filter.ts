/** Which lines a capture wants. A regular expression gets a bounded time, whatever it is. */
import { createContext, Script } from 'node:vm'
import type { LogFilter, LogLine } from '#core/log-line'

/** For one batch of lines; ordinary expressions take a hundredth of it. */
const batchMs = 200
/** Then the expression is not tried any more. */
const mostTimeouts = 3

/** For each line whether it is wanted; `slow`: the time was over before that was known. */
export type Match = (lines: readonly LogLine[]) => readonly boolean[] | 'slow'

/** @throws SyntaxError for a text that is no regular expression */
export function createMatch(filter: LogFilter): Match {
  const matchText = createTextMatch(filter)
  return (lines) => {
    const wanted = lines.map((line) => matchesFields(line, filter))
    const found = matchText(lines.filter((_, index) => wanted[index]).map(({ text }) => text))
    if (found === 'slow') return 'slow'
    let at = 0
    return wanted.map((isWanted) => isWanted && found[at++] === true)
  }
}

function createTextMatch({ text, isRegex }: LogFilter): (texts: string[]) => readonly boolean[] | 'slow' {
  if (text === '') return (texts) => texts.map(() => true)
  if (!isRegex) {
    const wanted = text.toLowerCase()
    return (texts) => texts.map((each) => each.toLowerCase().includes(wanted))
  }
  // Its own context only for the sake of its time limit: V8 interrupts a regular expression there, and nowhere else.
  const box = createContext({ expression: new RegExp(text, 'i'), texts: [] as string[] })
  const script = new Script('texts.map((text) => expression.test(text))')
  let timeouts = 0
  return (texts) => {
    if (timeouts >= mostTimeouts) return 'slow'
    box.texts = texts
    try {
      return script.runInContext(box, { timeout: batchMs }) as boolean[]
    } catch (error) {
      // An error of the script's own context is no Error of this one.
      if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      timeouts += 1
      return 'slow'
    }
  }
}

function matchesFields(line: LogLine, { host, clientAddress, errorsOnly }: LogFilter): boolean {
  if (host !== '' && !isBelow(line.host, host)) return false
  if (clientAddress !== '' && line.client !== clientAddress) return false
  return !errorsOnly || isError(line)
}

function isBelow(name: string | null, wanted: string): boolean {
  const host = name?.toLowerCase()
  const domain = wanted.toLowerCase()
  return host === domain || host?.endsWith(`.${domain}`) === true
}

function isError({ status, parent }: LogLine): boolean {
  return (status !== null && (status < 100 || status >= 400)) || parent === 'NONE'
}
