/** The newest lines of some proxies' logs, live; held back while the reader has paused. */
import { createSignal, onCleanup } from 'solid-js'
import { follow } from '../changes.ts'
import {
  type Batch,
  createTiming,
  gapsBefore,
  logLinesDocument,
  merged,
  type ShownLine,
  type ShownProxy,
} from './shownLine.ts'

/** Lines that the page holds; beyond it the oldest go from the page, and stay on the server. */
export const mostLines = 50_000
/** To begin with. */
const firstLines = 5_000
const patienceMs = 1_000
/** Between two pictures: to put 50,000 lines in order for every frame would leave no time for anything else. */
const showEveryMs = 100

/** @param isWhole begins with all that a page holds, to find one line among them */
export function createLogFeed(proxies: readonly ShownProxy[], isWhole: boolean) {
  const [lines, setLines] = createSignal<readonly ShownLine[]>([])
  const [heldCount, setHeldCount] = createSignal(0)
  const [isPaused, setPaused] = createSignal(false)
  const [isLoaded, setLoaded] = createSignal(false)
  const isOne = proxies.length === 1
  let incoming: ShownLine[] = []
  /** Of those that are held, how many went again, and whose. */
  let goneCount = 0
  const cutProxies = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let frame: number | undefined
  let shownAt = 0

  function followOne(proxyId: string): () => void {
    const last = Math.ceil((isWhole ? mostLines : firstLines) / proxies.length)
    const variables = { proxyId, after: null as string | null, last }
    const atMsOf = createTiming()
    const take = (batch: Batch) => {
      for (const [index, { cursor, node }] of batch.edges.entries()) {
        variables.after = cursor
        const key = isOne ? cursor : `${proxyId} ${cursor}`
        const line = { ...node, proxyId, cursor, key, atMs: atMsOf(node) }
        if (index === 0) incoming.push(...gapsBefore(line, batch))
        incoming.push(line)
      }
      cut()
      showSoon()
    }
    return follow(logLinesDocument, variables, (data) => take(data.logLines))
  }
  /** Held lines too are the newest; of a proxy that loses some of them, none from before may stay: there would be a hole. */
  function cut(): void {
    const gone = incoming.slice(0, -mostLines)
    if (gone.length === 0) return
    incoming = incoming.slice(-mostLines)
    goneCount += gone.length
    for (const { proxyId } of gone) cutProxies.add(proxyId)
  }
  /** Many messages, one picture. */
  function showSoon(): void {
    if (timer !== undefined || frame !== undefined) return
    timer = setTimeout(
      () => {
        timer = undefined
        frame = requestAnimationFrame(show)
      },
      Math.max(0, shownAt + showEveryMs - performance.now()),
    )
  }
  function show(): void {
    frame = undefined
    shownAt = performance.now()
    setLoaded(true)
    if (isPaused()) return void setHeldCount(goneCount + incoming.length)
    if (incoming.length === 0) return
    const fresh = incoming
    const known = cutProxies.size === 0 ? lines() : lines().filter(({ proxyId }) => !cutProxies.has(proxyId))
    incoming = []
    goneCount = 0
    cutProxies.clear()
    setHeldCount(0)
    setLines((isOne ? [...known, ...fresh] : merged(known, fresh)).slice(-mostLines))
  }

  const ends = proxies.map(({ id }) => followOne(id))
  // Nothing comes where nothing was captured: after a while that is known too.
  const patience = setTimeout(() => setLoaded(true), patienceMs)
  onCleanup(() => {
    clearTimeout(patience)
    clearTimeout(timer)
    if (frame !== undefined) cancelAnimationFrame(frame)
    for (const end of ends) end()
  })

  return {
    lines,
    heldCount,
    isPaused,
    isLoaded,
    pause: () => setPaused(true),
    follow: () => {
      setPaused(false)
      show()
    },
  }
}
