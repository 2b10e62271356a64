/** Reads a line of an access log in Squid's format, the first of ATS's own: one line a request, when it is over. */
import { noFields } from '#core/log-line'
import type { ReadLine } from './debug-line.ts'

/** `%<cqtq> %<ttms> %<chi> %<crc>/%<pssc> %<psql> %<cqhm> %<cquc> %<caun> %<phr>/%<shn> %<psct>` */
const squidPattern =
  /^(?<time>\d{9,11}(?:\.\d+)?) +(?<duration>-?\d+) (?<client>\S+) (?<result>[A-Z_]+)\/(?<status>\d{1,3}) \S+ (?<method>\S+) (?<url>\S+) \S+ (?<way>[A-Z_-]+)\/(?<next>\S+)/

/** The names that an access log in this format usually has, in ATS's log directory. */
export const accessLogNames = ['access.log', 'squid.log'] as const

export function readAccessLine(text: string): ReadLine {
  const found = squidPattern.exec(text)?.groups
  if (found === undefined) return { ...noFields, at: null }
  const { time, duration, client = null, status, method = null, url = '', way, next } = found
  return {
    ...noFields,
    at: new Date(Math.round(Number(time) * 1_000)),
    client,
    method,
    url,
    host: hostOf(url),
    parent: way === 'DIRECT' ? 'DIRECT' : way?.startsWith('PARENT') && next !== undefined ? next : null,
    status: Number(status),
    durationMs: Number(duration),
  }
}

/** Of `http://host:port/path`, or of a CONNECT's `host:port/`. */
function hostOf(url: string): string | null {
  return /^(?:[a-z][a-z\d+.-]*:\/\/)?(?:[^\s/@]*@)?(\[[^\]]*\]|[^\s/:?#]+)/i.exec(url)?.[1] ?? null
}
