/**
 * Live numbers for whoever looks: what is new in the database is read once a second for all viewers together, and told
 * to each of those that it concerns. While nobody looks nothing is read. Agents' syncs know nothing of it: what any
 * replica has written is found in the database, and a viewer sees it within about a second of its writing.
 */
import { Refusal, refuseInput } from '../core/refusal.ts'
import type { NewestStats } from './stats.read.ts'

export interface FleetStatsChange {
  /** Samples that were stored before are in the sums. */
  readonly rolledUpTo: Date
  /** Newer numbers than the last time. */
  readonly proxies: readonly { readonly proxyId: string; readonly stats: NewestStats }[]
}

/** What is new beside these samples, of proxies of which none is known: any. */
export type ReadLiveNews = (known: ReadonlyMap<string, Date | null>) => Promise<LiveNews>
export interface LiveNews {
  readonly rolledUpTo: Date
  readonly newest: ReadonlyMap<string, NewestStats>
}

export interface LiveStats {
  /**
   * Within a second what is known, then what is new; a slow reader is told the newest only.
   * @throws Refusal BAD_USER_INPUT for too many proxies, RATE_LIMITED for too many viewers
   */
  watch(proxyIds: readonly string[]): AsyncIterableIterator<FleetStatsChange>
  close(): void
}

/** Rows that somebody can have in sight. */
export const mostWatched = 200
/** Of one process: some 100,000 rows to look at each second, of which few have news. */
export const mostViewers = 500
const everyMs = 1_000

interface Viewer {
  readonly proxyIds: ReadonlySet<string>
  /** Tells it what is new; null stands for what it hasn't been told of yet. */
  tell(rolledUpTo: Date, newest: ReadonlyMap<string, NewestStats>): void
  end(): void
}

export function createLiveStats(read: ReadLiveNews, onFault: (error: unknown) => void): LiveStats {
  const viewers = new Set<Viewer>()
  /** The newest that has been read, of proxies that somebody watches. */
  const known = new Map<string, NewestStats>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isReading = false

  const look = async (): Promise<void> => {
    isReading = true
    try {
      const watched = new Set([...viewers].flatMap(({ proxyIds }) => [...proxyIds]))
      for (const id of known.keys()) if (!watched.has(id)) known.delete(id)
      const { rolledUpTo, newest } = await read(
        new Map([...watched].map((id) => [id, known.get(id)?.at ?? null])),
      )
      for (const [id, stats] of newest) known.set(id, stats)
      for (const viewer of viewers) viewer.tell(rolledUpTo, known)
    } catch (error) {
      onFault(error)
    } finally {
      isReading = false
      if (viewers.size > 0) lookIn(everyMs)
    }
  }
  /** One look at a time: a database that is slow is asked less often. */
  const lookIn = (ms: number) => {
    clearTimeout(timer)
    timer = setTimeout(() => void look(), ms)
  }

  return {
    watch(proxyIds) {
      const asked = new Set(proxyIds)
      if (asked.size > mostWatched) {
        const message = `${asked.size} proxies are to be watched, at most ${mostWatched} are: name those in sight.`
        throw refuseInput([{ path: 'proxyIds', code: 'TOO_MANY', message }])
      }
      if (viewers.size >= mostViewers)
        throw new Refusal(
          'RATE_LIMITED',
          `${mostViewers} pages follow live numbers already; this one has to ask.`,
        )
      const { viewer, stream } = createViewer(asked, () => viewers.delete(viewer))
      viewers.add(viewer)
      if (!isReading && viewers.size === 1) lookIn(0)
      return stream
    },
    close() {
      clearTimeout(timer)
      for (const viewer of [...viewers]) viewer.end()
    },
  }
}

/** Not an async generator: one that waits can't be returned from, and every closed socket would leave its viewer. */
function createViewer(
  proxyIds: ReadonlySet<string>,
  onEnd: () => void,
): { readonly viewer: Viewer; readonly stream: AsyncIterableIterator<FleetStatsChange> } {
  const toldAt = new Map<string, number>()
  let rolledUpAt = Number.NEGATIVE_INFINITY
  let pending: FleetStatsChange | null = null
  let deliver: ((result: IteratorResult<FleetStatsChange>) => void) | null = null
  let isOver = false
  const over = { value: undefined, done: true } as const

  function handOver(): void {
    if (!deliver || !pending) return
    const [value, reader] = [pending, deliver]
    pending = null
    deliver = null
    for (const { proxyId, stats } of value.proxies) toldAt.set(proxyId, stats.at.getTime())
    rolledUpAt = value.rolledUpTo.getTime()
    reader({ value, done: false })
  }
  const viewer: Viewer = {
    proxyIds,
    tell(rolledUpTo, newest) {
      const proxies = [...proxyIds].flatMap((proxyId) => {
        const stats = newest.get(proxyId)
        return stats && stats.at.getTime() !== toldAt.get(proxyId) ? [{ proxyId, stats }] : []
      })
      if (proxies.length === 0 && rolledUpTo.getTime() === rolledUpAt) return
      pending = { rolledUpTo, proxies }
      handOver()
    },
    end() {
      isOver = true
      onEnd()
      deliver?.(over)
    },
  }
  const stream: AsyncIterableIterator<FleetStatsChange> = {
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      if (isOver) return Promise.resolve(over)
      return new Promise((resolve) => {
        deliver = resolve
        handOver()
      })
    },
    async return() {
      viewer.end()
      return over
    },
  }
  return { viewer, stream }
}
