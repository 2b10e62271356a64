/** One WebSocket as graphql-ws wants it: what it sends is bounded by what its peer takes, what it hears by a rate. */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { CloseCode, type Server } from 'graphql-ws'
import type { Logger } from 'pino'
import type { WebSocket } from 'ws'
import { framesOf } from './frames.ts'
import type { LongTexts } from './long-texts.ts'

export interface TransportParts {
  readonly longTexts: LongTexts
  readonly log: Logger
  /** A peer that has taken nothing for so long, while more waits for it than it may, has had its time. */
  readonly stalledMs: number
}

/** On the way to a peer that takes what it is sent. */
const promptBytes = 256 * 1024
/** Together in one buffer; a longer text is not worth copying. */
const shortChars = 16 * 1024
/** Of any kind; an agent that sends lines of a log, the busiest peer, has a few. */
const messagesPerSecond = 500

/** @param stream below the WebSocket */
export function connectPeer<Extra>(
  server: Server<Extra>,
  peer: WebSocket,
  stream: Socket,
  extra: Extra,
  parts: TransportParts,
): void {
  const closed = server.opened(
    {
      protocol: peer.protocol,
      send: createSend(peer, stream, parts),
      close: (code, reason) => peer.close(code, reason),
      onMessage(hear) {
        const isTooMany = createPace(messagesPerSecond)
        peer.on('message', (data) => {
          if (isTooMany()) return peer.close(1008, 'Too many messages')
          hear(String(data)).catch((error: unknown) => {
            parts.log.error({ err: error }, 'fault')
            peer.close(CloseCode.InternalServerError, 'Internal server error')
          })
        })
      },
    },
    extra,
  )
  // What breaks a socket is the peer's: too large a frame, bad UTF-8, a cut line. `ws` closes it with the fitting code.
  peer.on('error', () => {})
  peer.once('close', (code, reason) => {
    Promise.resolve(closed(code, String(reason))).catch((error: unknown) =>
      parts.log.error({ err: error }, 'fault'),
    )
  })
}

/**
 * What one turn of the event loop sends leaves in one write: an answer and its "complete" would be two, and system
 * calls are the dearest part of a sync. Long texts go as frames of their own, uncopied. Whoever sends waits only while
 * the peer is slow to take what was sent; and then the peer isn't listened to, so that it can ask for nothing more.
 * Beyond `promptBytes` there is then one answer of each operation that runs already, of which a socket has few.
 */
function createSend(
  peer: WebSocket,
  stream: Socket,
  { longTexts, log, stalledMs }: TransportParts,
): (data: string) => Promise<void> | undefined {
  /** Short ones of this turn. */
  let waiting: string[] = []
  let isCorked = false
  let isHeld = false

  function flush(): void {
    if (waiting.length === 0) return
    const texts = waiting
    waiting = []
    if (peer.readyState !== peer.OPEN) return
    stream.write(framesOf(texts), taken)
    holdIfSlow()
  }
  function cork(): void {
    if (isCorked) return
    isCorked = true
    stream.cork()
    setImmediate(() => {
      isCorked = false
      stream.uncork()
    })
  }
  function holdIfSlow(): void {
    if (isHeld || peer.bufferedAmount < promptBytes) return
    isHeld = true
    peer.pause()
    // Node's own: what the peer takes meanwhile sets it back.
    stream.setTimeout(stalledMs, () => {
      log.warn({ waitingBytes: peer.bufferedAmount }, 'closed a socket whose peer takes nothing')
      peer.terminate()
    })
  }
  /** A peer that vanishes in mid-answer is no fault, and its close event tells all there is to know. */
  function taken(): void {
    if (!isHeld || peer.bufferedAmount >= promptBytes) return
    isHeld = false
    stream.setTimeout(0)
    stream.removeAllListeners('timeout')
    peer.resume()
  }

  // The goodbye of ws goes its own way, and must not overtake.
  const close = peer.close.bind(peer)
  peer.close = (...args) => {
    flush()
    close(...args)
  }

  return (data) => {
    if (peer.readyState !== peer.OPEN) return undefined
    const isPrompt = peer.bufferedAmount < promptBytes
    const parts = longTexts.unmark(data)
    if (parts === null && isPrompt && data.length < shortChars) {
      if (waiting.length === 0) setImmediate(flush)
      waiting.push(data)
      return undefined
    }
    flush()
    cork()
    const all = parts ?? [data]
    const sent = new Promise<void>((resolve) => {
      for (const [index, part] of all.entries()) {
        const isLast = index === all.length - 1
        peer.send(part, { binary: false, fin: isLast }, () => {
          taken()
          if (isLast) resolve()
        })
      }
    })
    holdIfSlow()
    return isPrompt ? undefined : sent
  }
}

/** Whether there were more calls than so many in the running second. */
function createPace(most: number): () => boolean {
  let second = 0
  let count = 0
  return () => {
    const now = Math.floor(performance.now() / 1000)
    if (now !== second) count = 0
    second = now
    count += 1
    return count > most
  }
}

/**
 * A stranger has only their token to say: who sends more before is cut off.
 * @param head what came along with the upgrade @returns lifts it
 */
export function limitStranger(stream: Socket, head: Buffer, mostBytes: number): () => void {
  const before = stream.bytesRead - head.length
  const look = () => {
    if (stream.bytesRead - before > mostBytes) stream.destroy()
  }
  stream.on('data', look)
  return () => void stream.off('data', look)
}

/** What graphql-ws's hooks find in `extra`. */
export interface Connected {
  readonly socket: WebSocket
  readonly request: IncomingMessage
}
