import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Heard, startBeacon } from './beacon.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function start(answer: () => Heard | Promise<Heard>) {
  const send = vi.fn(async () => answer())
  const onEnd = vi.fn()
  return { send, onEnd, beacon: startBeacon({ send, onEnd }) }
}

test('a beacon goes out every 30 seconds while it is heard', async () => {
  const { send, onEnd, beacon } = start(() => 'alive')
  await vi.advanceTimersByTimeAsync(29_999)
  expect(send).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(600_001)
  expect(send).toHaveBeenCalledTimes(21)
  expect(onEnd).not.toHaveBeenCalled()
  beacon.stop()
})

test('two minutes without an answer end the session, not a moment earlier', async () => {
  const { onEnd } = start(() => 'unreachable')
  await vi.advanceTimersByTimeAsync(119_999)
  expect(onEnd).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(onEnd).toHaveBeenCalledExactlyOnceWith('unreachable')
})

test('an answer within the two minutes begins them anew', async () => {
  let heard: Heard = 'unreachable'
  const { onEnd, beacon } = start(() => heard)
  await vi.advanceTimersByTimeAsync(110_000)
  heard = 'alive'
  await vi.advanceTimersByTimeAsync(5_000)
  heard = 'unreachable'
  await vi.advanceTimersByTimeAsync(115_000)
  expect(onEnd).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(onEnd).toHaveBeenCalledExactlyOnceWith('unreachable')
  beacon.stop()
})

test('a session that the server ended is over at once, and no further beacon goes out', async () => {
  const { send, onEnd } = start(() => 'over')
  await vi.advanceTimersByTimeAsync(30_000)
  expect(onEnd).toHaveBeenCalledExactlyOnceWith('over')
  await vi.advanceTimersByTimeAsync(600_000)
  expect(send).toHaveBeenCalledOnce()
})

test('beacons that are asked for at the same time are one', async () => {
  const { send, beacon } = start(() => 'alive')
  await Promise.all([beacon.send(), beacon.send()])
  expect(send).toHaveBeenCalledOnce()
  beacon.stop()
})
