import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Heard, startBeacon } from './beacon.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function start(answer: (isUrgent: boolean) => Heard | Promise<Heard>) {
  const send = vi.fn(async (isUrgent: boolean) => answer(isUrgent))
  const onEnd = vi.fn()
  const onSilence = vi.fn()
  return { send, onEnd, onSilence, beacon: startBeacon({ send, onEnd, onSilence }) }
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

test('where nobody answers it tries every five seconds, says since when, and ends nothing: only the server does', async () => {
  const since = Date.now()
  let heard: Heard = 'unreachable'
  const { send, onEnd, onSilence, beacon } = start(() => heard)
  await vi.advanceTimersByTimeAsync(44_999)
  expect(onSilence).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(onSilence).toHaveBeenCalledExactlyOnceWith(since)
  await vi.advanceTimersByTimeAsync(600_000)
  expect(send).toHaveBeenCalledTimes(4 + 120)
  expect([onSilence.mock.calls.length, onEnd.mock.calls.length]).toEqual([1, 0])
  heard = 'alive'
  await vi.advanceTimersByTimeAsync(5_000)
  expect(onSilence).toHaveBeenLastCalledWith(null)
  beacon.stop()
})

test('a session that the server ended is over at once, and no further beacon goes out', async () => {
  const { send, onEnd } = start(() => 'over')
  await vi.advanceTimersByTimeAsync(30_000)
  expect(onEnd).toHaveBeenCalledExactlyOnceWith(false)
  await vi.advanceTimersByTimeAsync(600_000)
  expect(send).toHaveBeenCalledOnce()
})

test('one that ended while the page slept is told from one that ended while it was awake', async () => {
  const answers: Heard[] = ['unreachable', 'over']
  const { onEnd, beacon } = start(() => answers.shift() ?? 'over')
  vi.setSystemTime(Date.now() + 3_600_000)
  // The network takes a moment to come back.
  await beacon.send()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(onEnd).toHaveBeenCalledExactlyOnceWith(true)
})

test('beacons that are asked for at the same time are one', async () => {
  const { send, beacon } = start(() => 'alive')
  await Promise.all([beacon.send(), beacon.send()])
  expect(send).toHaveBeenCalledOnce()
  beacon.stop()
})

test('what another tab sent counts as one’s own', async () => {
  const { send, beacon } = start(() => 'alive')
  for (let beat = 0; beat < 5; beat += 1) {
    await vi.advanceTimersByTimeAsync(29_000)
    beacon.heard()
  }
  expect(send).not.toHaveBeenCalled()
  beacon.stop()
  beacon.heard()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(send).not.toHaveBeenCalled()
})

test('a tab that is at it is waited for, but not for ever', async () => {
  const { send, beacon } = start((isUrgent) => (isUrgent ? 'alive' : 'busy'))
  await vi.advanceTimersByTimeAsync(44_999)
  expect(send.mock.calls).toEqual([[false], [false], [false]])
  await vi.advanceTimersByTimeAsync(1)
  expect(send).toHaveBeenLastCalledWith(true)
  beacon.stop()
})
