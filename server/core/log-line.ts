/** A line of a proxy's logs as agent, server and web app see it; text that is inert wherever it is shown. */

/** DEBUG: ATS's own account of a decision. ACCESS: one request, when it was over. */
export const LogSource = { DEBUG: 'debug', ACCESS: 'access' } as const
export type LogSource = (typeof LogSource)[keyof typeof LogSource]

/**
 * Why lines are missing. SKIPPED: the agent was too far behind. LIMIT: a capture's limit of lines was reached. SLOW:
 * a regular expression took too long to match them. TRUNCATED: the file was cut, or replaced more than once, before it was read.
 */
export const LogGap = { SKIPPED: 'skipped', LIMIT: 'limit', SLOW: 'slow', TRUNCATED: 'truncated' } as const
export type LogGap = (typeof LogGap)[keyof typeof LogGap]

/** What is known of a line's request; null: the line doesn't tell. */
export interface LogFields {
  /** What one request's lines have in common. */
  readonly transaction: string | null
  readonly client: string | null
  readonly method: string | null
  readonly url: string | null
  readonly host: string | null
  /** Of parent.config, from 1. */
  readonly ruleLine: number | null
  /** `host:port` or `host` of the parent chosen; `DIRECT`: none. */
  readonly parent: string | null
  readonly status: number | null
  readonly durationMs: number | null
}

/** One line, or in its place a gap. */
export interface LogLine extends LogFields {
  /** Names one file that was followed, grows from file to file. */
  readonly epoch: number
  /** Bytes from the file's start to the end of this line. */
  readonly offset: number
  readonly source: LogSource
  /** By the host's clock; null: the line has no time. */
  readonly at: Date | null
  /** Empty for a gap. */
  readonly text: string
  readonly gap: LogGap | null
  /** Of a gap: lines that are missing; null: nobody knows how many. */
  readonly lost: number | null
}

export const noFields: LogFields = {
  transaction: null,
  client: null,
  method: null,
  url: null,
  host: null,
  ruleLine: null,
  parent: null,
  status: null,
  durationMs: null,
}

/** Which lines a capture wants; all of what is given has to hold. */
export interface LogFilter {
  /** Empty: every line. */
  readonly text: string
  readonly isRegex: boolean
  /** The name, or any below it; empty: every host. Lines that name no host are left out. */
  readonly host: string
  readonly clientAddress: string
  /** Requests that were answered with 4xx or 5xx, or for which no parent was left. */
  readonly errorsOnly: boolean
  /** Names of query parameters whose values are removed, beside those that always are. */
  readonly redact: readonly string[]
}

export const logLimits = {
  captureMinutes: { min: 1, max: 60 },
  capturesPerProxy: 5,
  proxiesAtOnce: 50,
  filterLength: 200,
  redactedNames: 20,
  /** Characters of one line; the rest is cut, and the cut is marked. */
  lineLength: 4_000,
  linesPerReport: 1_000,
} as const

/** Control characters, and those that turn text around: a terminal or a browser would obey them. */
const unprintable = /(?!\t)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/gu

/** The same text with every character that commands something written out, e.g. `\x1b`. Idempotent. */
export function inertText(text: string): string {
  return text.replace(unprintable, (character) => {
    const code = character.charCodeAt(0)
    return code < 256
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`
  })
}
