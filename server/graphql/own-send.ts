/** How texts leave a socket: what one turn of the event loop sends is one write. */
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { LongTexts } from './long-texts.ts'

/** On the way to a peer that takes what it is sent. */
const promptBytes = 256 * 1024
/** RFC 6455: a whole text, unmasked. */
const wholeText = 0x81

/**
 * An answer and its "complete" would be two system calls, which are the dearest part of a sync, and each text two
 * buffers. Long texts go as frames of their own, uncopied. Whoever sends waits only while the peer is slow to take what
 * was sent.
 *
 * A peer that vanishes in mid-answer is no fault, and its close event tells all there is to know; graphql-ws would
 * print a stack for each.
 */
export function withOwnSend(socket: WebSocket, stream: Duplex, longTexts: LongTexts): WebSocket {
  const send = socket.send.bind(socket)
  const close = socket.close.bind(socket)
  let waiting: string[] = []

  function flush(): void {
    if (waiting.length === 0) return
    const texts = waiting
    waiting = []
    if (socket.readyState === socket.OPEN) stream.write(framesOf(texts))
  }

  socket.send = (data: string, ...rest: unknown[]) => {
    const last = rest.at(-1)
    const done = typeof last === 'function' ? last : () => {}
    const isPrompt = socket.bufferedAmount < promptBytes
    const parts = longTexts.unmark(data)
    if (parts === null && isPrompt) {
      if (waiting.length === 0) setImmediate(flush)
      waiting.push(data)
      done()
      return
    }
    flush()
    stream.cork()
    setImmediate(() => stream.uncork())
    const all = parts ?? [data]
    for (const [index, part] of all.entries()) {
      const isLast = index === all.length - 1
      send(part, { binary: false, fin: isLast }, () => {
        if (isLast && !isPrompt) done()
      })
    }
    if (isPrompt) done()
  }
  // The goodbye of ws goes its own way, and must not overtake.
  socket.close = (...args) => {
    flush()
    close(...args)
  }
  return socket
}

/** Each text as one frame, all in one buffer. */
export function framesOf(texts: readonly string[]): Buffer {
  const lengths = texts.map((text) => Buffer.byteLength(text))
  const frames = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + headerBytes(length) + length, 0))
  let at = 0
  for (const [index, text] of texts.entries()) {
    const length = lengths[index] ?? 0
    at = writeHeader(frames, at, length)
    at += frames.write(text, at)
  }
  return frames
}

function headerBytes(length: number): number {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10
}

function writeHeader(frames: Buffer, at: number, length: number): number {
  frames[at] = wholeText
  if (length < 126) return frames.writeUInt8(length, at + 1)
  if (length < 65_536) return frames.writeUInt16BE(length, frames.writeUInt8(126, at + 1))
  return frames.writeBigUInt64BE(BigInt(length), frames.writeUInt8(127, at + 1))
}
