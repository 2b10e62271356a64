import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createLongTexts } from './long-texts.ts'
import { framesOf, withOwnSend } from './own-send.ts'

const longTexts = createLongTexts()
let wss: WebSocketServer
let server: ReturnType<typeof createServer>
let ours: WebSocket
let theirs: WebSocket
/** Writes to the system. */
let writes: number
let received: string[]
let closed: Promise<unknown[]>
beforeEach(async () => {
  wss = new WebSocketServer({ noServer: true })
  server = createServer()
  server.on('upgrade', (request, stream, head) => {
    wss.handleUpgrade(request, stream, head, (opened) => {
      const write = stream.write.bind(stream)
      stream.write = ((...args: Parameters<typeof write>) => {
        writes += 1
        return write(...args)
      }) as typeof stream.write
      ours = withOwnSend(opened, stream, longTexts)
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
  const texts = ['', 'a', 'é€😀', 'x'.repeat(125), 'x'.repeat(126), 'x'.repeat(65_535), '€'.repeat(65_536)]
  let done = 0
  for (const text of texts) ours.send(text, () => (done += 1))
  expect(done).toBe(texts.length)
  await until(texts.length)
  expect(received).toEqual(texts)
  expect(writes).toBe(1)
  ours.send('later')
  await until(texts.length + 1)
  expect(writes).toBe(2)
})

test('a long text, what came before it and what comes after keep their order, and the goodbye is last', async () => {
  const long = { files: 'y'.repeat(5_000) }
  ours.send('before')
  ours.send(JSON.stringify(longTexts.mark(long)))
  ours.send('after')
  ours.close(1000, 'enough')
  const [code] = await closed
  expect(received).toEqual(['before', JSON.stringify(long), 'after'])
  expect(code).toBe(1000)
})

test('to a peer that has gone nothing is sent, and nobody waits', async () => {
  theirs.terminate()
  await once(ours, 'close')
  let done = 0
  ours.send('nobody hears this', () => (done += 1))
  await new Promise((resolve) => setImmediate(resolve))
  expect(done).toBe(1)
  expect(writes).toBe(0)
})

test('a frame is a header and its text', () => {
  expect([...framesOf(['ab', ''])]).toEqual([0x81, 2, 97, 98, 0x81, 0])
  expect([...framesOf(['x'.repeat(300)]).subarray(0, 4)]).toEqual([0x81, 126, 1, 44])
  expect([...framesOf(['x'.repeat(70_000)]).subarray(0, 10)]).toEqual([0x81, 127, 0, 0, 0, 0, 0, 1, 17, 112])
})
