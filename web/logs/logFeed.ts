/** The newest lines of one proxy's log, live; held back while the reader has paused. */
import { createSignal, onCleanup } from 'solid-js'
import { follow } from '../changes.ts'
import { graphql, type ResultOf } from '../graphql.ts'

const logLinesDocument = graphql(`
  subscription LogLines($proxyId: ID!, $after: String, $last: Int!) {
    logLines(proxyId: $proxyId, after: $after, last: $last) {
      dropped
      edges {
        cursor
        node { at storedAt source text transaction client method url host ruleLine parent status durationMs gap lost }
      }
    }
  }
`)
type Batch = ResultOf<typeof logLinesDocument>['logLines']
export type ShownLine = Batch['edges'][number]['node'] & {
  /** Names the line, also in the page's address. */
  readonly cursor: string
}

/** Lines that the page holds; beyond it the oldest go from the page, and stay on the server. */
export const mostLines = 50_000
/** To begin with. */
const firstLines = 5_000
const patienceMs = 1_000

/** A gap that the page itself has: the server dropped lines that were too many for this browser. */
const gapOf = (lost: number, cursor: string, storedAt: string): ShownLine => ({
  ...{
    cursor: `${cursor} gap`,
    at: null,
    storedAt,
    source: 'ACCESS',
    text: '',
    transaction: null,
    client: null,
  },
  ...{ method: null, url: null, host: null, ruleLine: null, parent: null, status: null, durationMs: null },
  ...{ gap: 'SKIPPED', lost },
})

/** @param isWhole begins with all that a page holds, to find one line among them */
export function createLogFeed(proxyId: string, isWhole: boolean) {
  const [lines, setLines] = createSignal<readonly ShownLine[]>([])
  const [heldCount, setHeldCount] = createSignal(0)
  const [isPaused, setPaused] = createSignal(false)
  const [isLoaded, setLoaded] = createSignal(false)
  let incoming: ShownLine[] = []
  let frame: number | undefined
  const variables = { proxyId, after: null as string | null, last: isWhole ? mostLines : firstLines }

  function take({ edges, dropped }: Batch): void {
    const last = edges.at(-1)
    if (!last) return
    variables.after = last.cursor
    const first = edges[0]
    if (dropped > 0 && first) incoming.push(gapOf(dropped, first.cursor, first.node.storedAt))
    for (const { cursor, node } of edges) incoming.push({ ...node, cursor })
    if (incoming.length > mostLines) incoming = incoming.slice(-mostLines)
    // Many messages, one picture.
    frame ??= requestAnimationFrame(show)
  }
  function show(): void {
    frame = undefined
    setLoaded(true)
    if (isPaused()) return void setHeldCount(incoming.length)
    if (incoming.length === 0) return
    const fresh = incoming
    incoming = []
    setHeldCount(0)
    setLines((known) => [...known, ...fresh].slice(-mostLines))
  }

  const end = follow(logLinesDocument, variables, (data) => take(data.logLines))
  // Nothing comes where nothing was captured: after a while that is known too.
  const patience = setTimeout(() => setLoaded(true), patienceMs)
  onCleanup(() => {
    clearTimeout(patience)
    if (frame !== undefined) cancelAnimationFrame(frame)
    end()
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
