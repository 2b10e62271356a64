/** The one socket: what to look at again, whatever else is followed, and the honest state of the connection. */
import type { TypedDocumentNode } from '@urql/core'
import { type Client, createClient } from 'graphql-ws'
import { createSignal } from 'solid-js'
import { graphql, type ResultOf, textOf } from './graphql.ts'
import { freshAuthorization, lookAgain, session } from './session.ts'

const changesDocument = graphql('subscription Changes { changes { kind id } }')
type Change = ResultOf<typeof changesDocument>['changes']
export type ChangeKind = Change['kind']

export type LinkState =
  | { readonly kind: 'connecting' | 'live' }
  | {
      readonly kind: 'reconnecting'
      /** When the connection was lost: milliseconds since the epoch by this browser's clock, as below. */
      readonly since: number
      /** When the next try is; null: right now. */
      readonly retryAt: number | null
    }

const [link, setLink] = createSignal<LinkState>({ kind: 'connecting' })

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
/** After a stream that the server ended: one that goes on at once would be a storm, one that waits long a hole. */
const shortestWaitMs = 1_000

/** Ends the wait for the next try, if there is one. */
let endWait: () => void = () => undefined

/** Tries to reconnect now instead of when the countdown is over. */
export function retryNow(): void {
  endWait()
}

const followed = new Set<(on: Client) => void>()
let socket: Client | undefined

/**
 * Calls `onNews` with all that a subscription says, over reconnects, until the returned function is called. Each time it
 * is sent with what `variables` hold by then: move a cursor there, and it goes on.
 */
export function follow<Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  onNews: (news: Data) => void,
): () => void {
  let stop = () => {}
  let waitMs = shortestWaitMs
  const start = (on: Client) => {
    // Refused, as by a server that has too many viewers, or over by its word.
    const again = () => {
      setTimeout(() => followed.has(start) && on === socket && start(on), waitMs * (0.5 + Math.random() / 2))
      waitMs = Math.min(longestWaitMs, 2 * waitMs)
    }
    stop = on.subscribe<Data>(
      { query: textOf(document), variables },
      {
        next: ({ data }) => {
          waitMs = shortestWaitMs
          if (data) onNews(data)
        },
        error: again,
        complete: again,
      },
    )
  }
  followed.add(start)
  if (socket) start(socket)
  return () => {
    followed.delete(start)
    stop()
  }
}

follow(changesDocument, {}, ({ changes }) => tell(changes))

/** Connects for as long as a session is active; call once per login, and the result at its end. */
export function followChanges(): () => void {
  let isStopped = false
  let wasConnected = false
  const ends: Ends = {
    onConnected() {
      setLink({ kind: 'live' })
      if (wasConnected) {
        tell('everything')
        // The server also closes what was opened with another role.
        void lookAgain()
      }
      wasConnected = true
    },
    onLost() {
      if (!isStopped) setLink(lostSince)
    },
    async onRefused() {
      if (isStopped) return
      // The server refused or ended the session for this socket: only it knows whether there is another.
      await lookAgain()
      if (isStopped || session().kind !== 'active') return
      await wait(longestWaitMs)
      if (!isStopped) connect(ends)
    },
  }
  connect(ends)
  // A browser that is offline would notice by itself only when a ping goes unanswered.
  const goOffline = () => socket?.terminate()
  window.addEventListener('offline', goOffline)
  window.addEventListener('online', retryNow)

  return () => {
    isStopped = true
    window.removeEventListener('offline', goOffline)
    window.removeEventListener('online', retryNow)
    // One that is still being opened fails with its connection: nobody waits for it any more.
    void Promise.resolve(socket?.dispose()).catch(() => undefined)
    socket = undefined
    setLink({ kind: 'connecting' })
    retryNow()
  }
}

interface Ends {
  readonly onConnected: () => void
  readonly onLost: () => void
  /** For good: this client tries no more. */
  readonly onRefused: () => void
}

function connect(ends: Ends): void {
  let pong: ReturnType<typeof setTimeout> | undefined
  const made = createClient({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
    // Not lazy: the connection's state is shown on every page, so it must exist on every page.
    lazy: false,
    keepAlive: pingMs,
    connectionAckWaitTimeout: pongMs,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (attempt) => {
      const stepMs = Math.min(longestWaitMs, 500 * 2 ** Math.min(attempt, 6))
      return wait(stepMs * (0.5 + Math.random() / 2))
    },
    connectionParams: async () => ({ authorization: await freshAuthorization() }),
    onNonLazyError: ends.onRefused,
    on: {
      connected: ends.onConnected,
      closed: () => {
        clearTimeout(pong)
        ends.onLost()
      },
      ping: (isReceived) => {
        if (!isReceived) pong = setTimeout(() => made.terminate(), pongMs)
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(pong)
      },
    },
  })
  socket = made
  for (const start of followed) start(made)
}

/** Lost since now, unless it already was; trying again right now until a wait begins. */
function lostSince(before: LinkState): LinkState {
  return before.kind === 'reconnecting'
    ? { ...before, retryAt: null }
    : { kind: 'reconnecting', since: Date.now(), retryAt: null }
}

/** Counts down, for everybody to see, until the time is over or somebody asks to try now. */
async function wait(ms: number): Promise<void> {
  setLink((before) => ({ ...lostSince(before), retryAt: Date.now() + ms }))
  await new Promise<void>((resolve) => {
    endWait = resolve
    setTimeout(resolve, ms)
  })
  setLink((before) => (before.kind === 'reconnecting' ? { ...before, retryAt: null } : before))
}

function tell(change: Change | 'everything'): void {
  for (const listener of [...listeners]) listener(change)
}
