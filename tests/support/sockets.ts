/** A graphql-ws client as the web app and agents have one, that keeps what arrives and waits for facts. */
import { type Client, createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { Data, GraphqlError, TestServer } from './server.ts'

export interface SocketAnswer {
  readonly data: Data
  readonly errors: readonly GraphqlError[]
}

export interface Stream {
  readonly received: Data[]
  readonly errors: GraphqlError[]
  isOver: boolean
  stop(): void
}

export interface TestSocket {
  /** Sends a query or mutation; answers with errors are returned, not thrown. */
  send(query: string, variables?: Record<string, unknown>): Promise<SocketAnswer>
  subscribe(query: string, variables?: Record<string, unknown>): Stream
  /** With the close code that the server gave. */
  readonly closed: Promise<number>
  close(): Promise<void>
}

/** Connects at once; a refusal is told by `closed`. @param token null: none is sent */
export function openSocket(server: Pick<TestServer, 'websocketUrl'>, token: string | null): TestSocket {
  let tellClosed = (_code: number) => {}
  const closed = new Promise<number>((resolve) => {
    tellClosed = resolve
  })
  const client: Client = createClient({
    url: server.websocketUrl,
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => {},
    ...(token !== null && { connectionParams: { authorization: `Bearer ${token}` } }),
    on: { closed: (event) => tellClosed((event as { code: number }).code) },
  })

  function subscribe(query: string, variables: Record<string, unknown> = {}): Stream {
    const stream: Stream = { received: [], errors: [], isOver: false, stop: () => stop() }
    const stop = client.subscribe<Data>(
      { query, variables },
      {
        next({ data, errors }) {
          stream.received.push(data)
          stream.errors.push(...((errors ?? []) as unknown as GraphqlError[]))
        },
        error(error) {
          if (Array.isArray(error)) stream.errors.push(...error)
          stream.isOver = true
        },
        complete() {
          stream.isOver = true
        },
      },
    )
    return stream
  }

  return {
    subscribe,
    send(query, variables = {}) {
      return new Promise((resolve, reject) => {
        let answer: SocketAnswer = { data: null, errors: [] }
        client.subscribe<Data>(
          { query, variables },
          {
            next({ data, errors }) {
              answer = { data: data ?? null, errors: (errors ?? []) as unknown as GraphqlError[] }
            },
            error: (error) =>
              Array.isArray(error) ? resolve({ data: null, errors: error }) : reject(error as Error),
            complete: () => resolve(answer),
          },
        )
      })
    },
    closed,
    async close() {
      await client.dispose()
      await closed
    },
  }
}
