/** A viewer of a proxy's log over a bare socket, which can stall or be dropped, and comes back to where it was. */
import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { WebSocket } from 'ws'

export interface Viewer {
  /** Takes nothing from its socket any more, as a browser whose page hangs. */
  stall(): void
  goOn(): void
  /** Its socket breaks. */
  drop(): void
  close(): void
}

export interface ViewedLine {
  readonly at: string | null
  readonly source: 'DEBUG' | 'ACCESS'
  readonly text: string
  readonly url: string | null
  readonly parent: string | null
  readonly status: number | null
  readonly gap: string | null
  readonly lost: number | null
}

interface Batch {
  readonly dropped: number
  readonly edges: readonly { readonly cursor: string; readonly node: ViewedLine }[]
}

/** As the page asks. */
const query = `subscription ($proxyId: ID!, $after: String) { logLines(proxyId: $proxyId, after: $after, last: 0) { dropped edges {
  cursor node { at storedAt source text transaction client method url host ruleLine parent status durationMs gap lost } } } }`
const againMs = 50

/** @param onLines `dropped`: lines before these that the viewer was too slow for */
export function startViewer(
  { websocketUrl, token, proxyId }: { websocketUrl: string; token: string; proxyId: string },
  onLines: (lines: readonly ViewedLine[], dropped: number) => void,
): Viewer {
  let after: string | null = null
  let isOver = false
  let isStalled = false
  let socket = open()

  function open(): WebSocket {
    const opened = new WebSocket(websocketUrl, 'graphql-transport-ws')
    opened.on('error', () => {})
    opened.on('close', () => void again())
    opened.on('open', () =>
      opened.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })),
    )
    opened.on('message', (bytes) => {
      const message = JSON.parse(String(bytes))
      if (message.type === 'connection_ack') {
        const payload = { query, variables: { proxyId, after } }
        opened.send(JSON.stringify({ id: '1', type: 'subscribe', payload }))
      } else if (message.type === 'next') take(message.payload.data.logLines)
      else if (message.type === 'ping') opened.send('{"type":"pong"}')
      else if (message.type === 'error' || message.type === 'complete') opened.terminate()
    })
    return opened
  }
  function take({ dropped, edges }: Batch): void {
    after = edges.at(-1)?.cursor ?? after
    onLines(
      edges.map(({ node }) => node),
      dropped,
    )
  }
  async function again(): Promise<void> {
    do await wait(againMs)
    while (isStalled && !isOver)
    if (!isOver) socket = open()
  }
  const stream = () => (socket as unknown as { readonly _socket: Socket | undefined })._socket

  return {
    stall() {
      isStalled = true
      stream()?.pause()
    },
    goOn() {
      isStalled = false
      stream()?.resume()
    },
    drop: () => socket.terminate(),
    close() {
      isOver = true
      socket.terminate()
    },
  }
}
