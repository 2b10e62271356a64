/** One act on many proxies: a few at a time, counted, to be stopped, and with each failure kept beside its proxy. */
import { createSignal, onCleanup } from 'solid-js'

export interface BulkItem {
  readonly id: string
  readonly hostname: string
}

export interface BulkFailure {
  readonly item: BulkItem
  /** Why, as a sentence. */
  readonly reason: string
}

export interface BulkRun {
  readonly phase: () => 'idle' | 'running' | 'over'
  /** How many are to be done in all, and how many are behind us, well or not. */
  readonly total: () => number
  readonly tried: () => number
  readonly done: () => readonly BulkItem[]
  readonly failed: () => readonly BulkFailure[]
  /** Not tried, because somebody pressed stop. */
  readonly left: () => readonly BulkItem[]
  readonly start: (items: readonly BulkItem[]) => Promise<void>
  /** Begins nothing more; what is under way ends. */
  readonly stop: () => void
}

/** How many requests at once: quick for a hundred, and no burden for the server. */
const atOnce = 4

/** @param act does it to one proxy; the sentence that says why not, if it fails */
export function createBulkRun(act: (item: BulkItem) => Promise<string | undefined>): BulkRun {
  const [phase, setPhase] = createSignal<'idle' | 'running' | 'over'>('idle')
  const [total, setTotal] = createSignal(0)
  const [done, setDone] = createSignal<readonly BulkItem[]>([])
  const [failed, setFailed] = createSignal<readonly BulkFailure[]>([])
  const [left, setLeft] = createSignal<readonly BulkItem[]>([])
  let isStopped = false
  onCleanup(() => {
    isStopped = true
  })

  const start = async (items: readonly BulkItem[]) => {
    isStopped = false
    const queue = [...items]
    setTotal(items.length)
    setDone([])
    setFailed([])
    setLeft([])
    setPhase('running')
    const work = async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
        if (isStopped) return void queue.unshift(item)
        const current = item
        const reason = await act(current)
        if (reason === undefined) setDone((items) => [...items, current])
        else setFailed((failures) => [...failures, { item: current, reason }])
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    setLeft(queue)
    setPhase('over')
  }
  return {
    phase,
    total,
    tried: () => done().length + failed().length,
    done,
    failed,
    left,
    start,
    stop: () => {
      isStopped = true
    },
  }
}
