/**
 * What ATS does with its parents, from diags.log: nothing else tells of automatic mark-downs.
 *
 * The log is the only memory. At its start the agent reads the log's end again and tells all of it again; the server
 * keeps each event once.
 */
import { join } from 'node:path'
import type { ParentEventKind } from '#core/vocabulary'
import { momentOf, openTail } from './ats-log.ts'
import type { Link } from './link.ts'
import { type Log, reasonOf } from './log.ts'
import type { Clock } from './loop.ts'
import { LinkError } from './transport.ts'

export interface ParentEvent {
  /** As in parent.config; null: of all parents. */
  readonly host: string | null
  readonly port: number | null
  readonly kind: ParentEventKind
  /** By the log: the host's clock. */
  readonly at: Date
  /** ATS's own words. */
  readonly reason: string
}

/** Parents that ATS holds against: `host:port`, and how. */
export type Marks = Map<string, 'failing' | 'down'>

/**
 * The transitions in these lines; brings `marks` forward. ATS repeats itself (each failure beyond the threshold says
 * that it is met): only what changes a parent's state is an event. A load of parent.config, by a reload or a start,
 * forgets all marks.
 */
export function readParentEvents(lines: readonly string[], marks: Marks, now: Date): ParentEvent[] {
  return lines.flatMap((line): ParentEvent[] => {
    const [, stamp, words] = linePattern.exec(line) ?? []
    if (stamp === undefined || words === undefined) return []
    const at = momentOf(stamp, now)
    if (at === null) return []
    if (words === 'parent.config finished loading') {
      marks.clear()
      return [{ host: null, port: null, kind: 'reset', at, reason: words }]
    }
    const parent = parentPattern.exec(words)?.groups
    if (parent?.host === undefined) return []
    const key = `${parent.host}:${parent.port}`
    const kind = kindOf(words)
    if (kind === null || kind === marks.get(key) || (kind === 'failing' && marks.has(key))) return []
    if (kind === 'restored') marks.delete(key)
    else marks.set(key, kind)
    return [{ host: parent.host, port: Number(parent.port), kind, at, reason: words }]
  })
}

/** `[Nov 26 10:32:49.683] [ET_NET 0] NOTE: words`; 10.x adds for which host the request was. */
const linePattern = /^\[(\w{3} +\d+ [\d:]+\.\d+)\] (?:\[[^\]]*\]|\S+) NOTE: (.*)$/
const parentPattern =
  /(?:marked as down|http parent proxy) (?<host>\S+):(?<port>\d{1,5})(?: marked down| restored| for request |$)/

function kindOf(words: string): 'failing' | 'down' | 'restored' | null {
  if (words.startsWith('Failure threshold met') || words.startsWith('Parent retry marked')) return 'down'
  if (words.startsWith('Parent initially marked as down')) return 'failing'
  return /^http parent proxy \S+ restored( with request |$)/.test(words) ? 'restored' : null
}

/** What is read again at the start. */
const bytesBack = 256 * 1024
const lookEveryMs = 2_000
/** In one report, and kept unsent; beyond it the oldest go. */
const mostEvents = 200

export interface ParentWatch {
  /** Sends what is unsent; never rejects: nothing waits for it, and the next pass tries again. */
  report(): Promise<void>
  stop(): Promise<void>
}

interface WatchParts {
  readonly logDir: string
  readonly link: Pick<Link, 'reportParents'>
  readonly log: Log
  readonly clock: Pick<Clock, 'after'>
  readonly now: () => number
  /** There is something to send. */
  readonly onNews: () => void
}

/** Looks at the log every two seconds. While nothing happens to the parents nothing is sent. */
export async function watchParents(parts: WatchParts): Promise<ParentWatch> {
  const { link, log, clock } = parts
  const tail = await openTail(join(parts.logDir, 'diags.log'), bytesBack)
  const marks: Marks = new Map()
  let unsent: ParentEvent[] = []
  let isStopped = false
  let looking = Promise.resolve()
  let cancel = () => {}

  async function look(): Promise<void> {
    const found = readParentEvents(await tail.take(), marks, new Date(parts.now()))
    if (found.length === 0) return
    for (const { host, port, kind, reason } of found) log.info('parents', { host, port, kind, reason })
    unsent = [...unsent, ...found].slice(-mostEvents)
    parts.onNews()
  }

  function lookSoon(ms: number): void {
    cancel = clock.after(ms, () => {
      looking = look()
        .catch((error) =>
          log.warn('what became of the parents could not be read', { reason: reasonOf(error) }),
        )
        .then(() => {
          if (!isStopped) lookSoon(lookEveryMs)
        })
    })
  }
  lookSoon(0)

  return {
    async report() {
      if (unsent.length === 0) return
      const sent = unsent
      try {
        await link.reportParents(sent)
      } catch (error) {
        log.warn('what became of the parents could not be reported', { reason: reasonOf(error) })
        // A "no" would come again.
        if (!(error instanceof LinkError) || !error.isFinal) return
      }
      unsent = unsent.filter((event) => !sent.includes(event))
    },
    async stop() {
      isStopped = true
      cancel()
      await looking
      await tail.close()
    },
  }
}
