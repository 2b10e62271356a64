import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { WebSocket as GraphqlSocket } from 'graphql-ws'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { framesOf } from './frames.ts'
import { createLongTexts } from './long-texts.ts'
import { connectPeer } from './socket-transport.ts'

const longTexts = createLongTexts()
let wss: WebSocketServer
let server: ReturnType<typeof createServer>
/** As graphql-ws has it, and what lies below. */
let ours: GraphqlSocket
let peer: WebSocket
let theirs: WebSocket
/** Buffers handed to the stream. */
let writes: number
let received: string[]
let closed: Promise<unknown[]>
beforeEach(async () => {
  wss = new WebSocketServer({ noServer: true })
  server = createServer()
  server.on('upgrade', (request, stream: Socket, head) => {
    wss.handleUpgrade(request, stream, head, (opened) => {
      peer = opened
      const write = stream.write.bind(stream)
      stream.write = ((...args: Parameters<typeof write>) => {
        writes += 1
        return write(...args)
      }) as typeof stream.write
      const graphql = {
        opened(socket: GraphqlSocket) {
          ours = socket
          return async () => {}
        },
      }
      connectPeer(
        graphql,
        opened,
        stream,
        {},
        { longTexts, log: pino({ level: 'silent' }), stalledMs: 60_000 },
      )
      writes = 0
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  received = []
  theirs = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  theirs.on('message', (data) => received.push(String(data)))
  closed = once(theirs, 'close')
  await once(theirs, 'open')
})
afterEach(() => {
  theirs.terminate()
  wss.close()
  server.close()
})

const until = async (count: number) => {
  while (received.length < count) await once(theirs, 'message')
}

test('what is sent in one turn is one write, and arrives as it was sent', async () => {
  const texts = ['', 'a', 'é€😀', 'x'.repeat(125), 'x'.repeat(126), '€'.repeat(10_000)]
  for (const text of texts) void ours.send(text)
  await until(texts.length)
  expect(received).toEqual(texts)
  expect(writes).toBe(1)
  void ours.send('later')
  await until(texts.length + 1)
  expect(writes).toBe(2)
})

test('long texts, what came before them and what comes after keep their order, and the goodbye is last', async () => {
  const [files, plain] = [{ content: 'y'.repeat(5_000) }, 'z'.repeat(70_000)]
  void ours.send('before')
  void ours.send(JSON.stringify(longTexts.mark(files)))
  void ours.send('between')
  void ours.send(plain)
  void ours.send('after')
  await ours.close(1000, 'enough')
  const [code] = await closed
  expect(received).toEqual(['before', JSON.stringify(files), 'between', plain, 'after'])
  expect(code).toBe(1000)
})

test('to a peer that has gone nothing is sent, and nobody waits', async () => {
  void ours.send('this turn')
  theirs.terminate()
  await once(peer, 'close')
  writes = 0
  expect(await ours.send('nobody hears this')).toBeUndefined()
  await new Promise((resolve) => setImmediate(resolve))
  expect(writes).toBe(0)
})

test('a frame is a header and its text', () => {
  expect([...framesOf(['ab', ''])]).toEqual([0x81, 2, 97, 98, 0x81, 0])
  expect([...framesOf(['x'.repeat(300)]).subarray(0, 4)]).toEqual([0x81, 126, 1, 44])
  expect([...framesOf(['x'.repeat(70_000)]).subarray(0, 10)]).toEqual([0x81, 127, 0, 0, 0, 0, 0, 1, 17, 112])
})
