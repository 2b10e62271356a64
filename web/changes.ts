/** The one subscription that says what to look at again, and the honest state of its connection. */
import { stringifyDocument } from '@urql/core'
import { type Client, createClient } from 'graphql-ws'
import { createSignal } from 'solid-js'
import { graphql, type ResultOf } from './graphql.ts'
import { freshAuthorization, lookAgain, session } from './session.ts'

const changesDocument = graphql('subscription Changes { changes { kind id } }')
type Change = ResultOf<typeof changesDocument>['changes']
export type ChangeKind = Change['kind']

export interface LinkState {
  readonly kind: 'connecting' | 'live' | 'reconnecting'
  /** Milliseconds since the epoch by this browser's clock. */
  readonly since: number
}

const [link, setLink] = createSignal<LinkState>({ kind: 'connecting', since: Date.now() })

export { link }

type Listener = (change: Change | 'everything') => void
const listeners = new Set<Listener>()

/** Calls `listener` with each change; `everything` after a gap in which any number may have been missed. */
export function onChange(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

const pingMs = 10_000
const pongMs = 5_000
const longestWaitMs = 10_000

/** Connects for as long as a session is active; call once per login, and the result at its end. */
export function followChanges(): () => void {
  let isStopped = false
  let socket = connect(over)

  async function over() {
    // The server refused or ended the session for this socket: only it knows whether there is another.
    await lookAgain()
    if (isStopped || session().kind !== 'active') return
    setTimeout(() => {
      if (!isStopped) socket = connect(over)
    }, longestWaitMs)
  }

  return () => {
    isStopped = true
    void socket.dispose()
    setLink({ kind: 'connecting', since: Date.now() })
  }
}

function connect(onRefused: () => void): Client {
  let pong: ReturnType<typeof setTimeout> | undefined
  let wasConnected = false
  const socket = createClient({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
    // Not lazy: the connection's state is shown on every page, so it must exist on every page.
    lazy: false,
    keepAlive: pingMs,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (attempt) => {
      const stepMs = Math.min(longestWaitMs, 500 * 2 ** Math.min(attempt, 6))
      return new Promise((resolve) => setTimeout(resolve, stepMs * (0.5 + Math.random() / 2)))
    },
    connectionParams: async () => ({ authorization: await freshAuthorization() }),
    onNonLazyError: () => undefined,
    on: {
      connected: () => {
        setLink({ kind: 'live', since: Date.now() })
        if (wasConnected) tell('everything')
        wasConnected = true
      },
      closed: (event) => {
        clearTimeout(pong)
        setLink((before) => (before.kind === 'live' ? { kind: 'reconnecting', since: Date.now() } : before))
        if ((event as CloseEvent).code === 4401) onRefused()
      },
      ping: (isReceived) => {
        if (!isReceived) pong = setTimeout(() => socket.terminate(), pongMs)
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(pong)
      },
    },
  })
  socket.subscribe<{ changes: Change }>(
    { query: stringifyDocument(changesDocument) },
    {
      next: ({ data }) => {
        if (data) tell(data.changes)
      },
      error: () => undefined,
      complete: () => undefined,
    },
  )
  return socket
}

function tell(change: Change | 'everything'): void {
  for (const listener of [...listeners]) listener(change)
}
