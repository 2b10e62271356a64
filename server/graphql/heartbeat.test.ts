import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { startHeartbeat } from './heartbeat.ts'

afterEach(() => vi.useRealTimers())

test('only the silent are asked, and who does not answer is let go', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const wss = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  const stop = startHeartbeat(wss)
  await once(wss, 'listening')
  const connect = async (autoPong: boolean) => {
    const socket = new WebSocket(`ws://127.0.0.1:${(wss.address() as AddressInfo).port}`, { autoPong })
    const peer = { socket, pings: 0, isClosed: false }
    socket.on('ping', () => {
      peer.pings += 1
    })
    socket.on('close', () => {
      peer.isClosed = true
    })
    await once(socket, 'open')
    return peer
  }
  const [talker, listener, dead] = [await connect(true), await connect(true), await connect(false)]
  /** One second of the server's, and time for what is on the way. */
  const second = async () => {
    vi.advanceTimersByTime(1_000)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  for (let count = 1; count <= 100; count += 1) {
    if (count % 28 === 0) talker.socket.send('a sync')
    await second()
  }
  await vi.waitFor(() => expect(dead.isClosed).toBe(true))
  expect([talker.pings, listener.pings, dead.pings]).toEqual([0, 3, 1])
  expect([talker.isClosed, listener.isClosed]).toEqual([false, false])
  stop()
  for (const { socket } of [talker, listener]) socket.terminate()
  wss.close()
})
