import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LogLine, noFields } from '#core/log-line'
import { createOutbox } from './outbox.ts'
import { openPlaces } from './places.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'apm-places-'))
})
afterEach(() => rmSync(home, { recursive: true }))

test('a file has the same epoch after a restart, a new one after a cut, and each is above all before', async () => {
  const first = await openPlaces(home, () => 1_000)
  const begun = await first.epochOf('17', Number.POSITIVE_INFINITY)
  const next = await first.epochOf('18', begun)
  expect(next).toBeGreaterThan(begun)
  const second = await openPlaces(home, () => 500) // a clock that was set back
  expect(await second.epochOf('18', begun)).toBe(next)
  const cut = await second.epochOf('18', next)
  expect(cut).toBeGreaterThan(next)
  expect(await second.epochOf('18', next)).toBe(cut)
})

test('places are those of the last agent, until whatever follows begins anew', async () => {
  const left = { place: { epoch: 1, inode: 17, offset: 40 }, counts: { one: 3 } }
  const first = await openPlaces(home, Date.now)
  await first.keep({ 'traffic.out': left })
  await first.keep({ 'squid.log': { ...left, counts: { one: 4, two: 1 } } })
  const places = await openPlaces(home, Date.now)
  expect([places.of('traffic.out'), places.of('access.log')]).toEqual([left, null])
  expect([places.countOf('one'), places.countOf('two'), places.countOf('three')]).toEqual([7, 1, 0])
  await places.forget()
  const none = await openPlaces(home, Date.now)
  expect([none.of('traffic.out'), none.countOf('one')]).toEqual([null, 0])
})

test('a stream is settled as far as the server has its lines, and no farther', () => {
  const outbox = createOutbox()
  const line = (offset: number): LogLine => ({
    ...{ ...noFields, epoch: 1, offset, source: 'debug', at: null, text: '', gap: null, lost: null },
  })
  const at = (offset: number) => ({ place: { epoch: 1, inode: 1, offset }, counts: {} })
  outbox.put([line(1), line(2)], 'a', at(2))
  outbox.put([], 'b', at(9))
  outbox.put([line(3)], 'a', at(3))
  expect(outbox.settled()).toEqual({})
  outbox.done(1)
  expect(outbox.settled()).toEqual({})
  outbox.done(1)
  expect(outbox.settled()).toEqual({ a: at(2), b: at(9) })
  expect(outbox.first(10)).toEqual([line(3)])
  // A line that was refused gives way to a gap, which is to be sent still.
  outbox.done(1, [line(3)])
  expect(outbox.settled()).toEqual({})
  outbox.done(1)
  expect(outbox.settled()).toEqual({ a: at(3) })
})
