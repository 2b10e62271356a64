/** Structured log: one JSON line per event on stdout, in pino's shape, so that any collector reads it. */

const levels = { info: 30, warn: 40, error: 50 } as const

export interface Log {
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, fields?: Fields): void
}

/** Never a token or a key: nothing removes them here. */
export type Fields = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

/** Writes lines with `write`; tests collect them. */
export function createLog(write: (line: string) => void = (line) => process.stdout.write(line)): Log {
  const line =
    (level: keyof typeof levels) =>
    (msg: string, fields: Fields = {}) =>
      write(
        `${JSON.stringify({ level: levels[level], time: Date.now(), pid: process.pid, msg, ...fields })}\n`,
      )
  return { info: line('info'), warn: line('warn'), error: line('error') }
}

/** The message of an error with those of its causes. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ')
  return error.cause === undefined ? error.message : `${error.message}: ${reasonOf(error.cause)}`
}
