import { expect, test } from 'vitest'
import { gaugesOf, ratesOf } from '#core/stats'
import type { Point } from './charts.ts'
import { fleetCharts } from './charts.ts'
import { statsCsv, statsJson } from './exported.ts'
import { markersOf } from './markers.ts'

const start = Date.parse('2026-11-20T10:00:00Z')
const at = (minute: number) => new Date(start + minute * 60_000).toISOString()
const pointAt = (minute: number, known: Partial<Point> = {}): Point => ({
  at: at(minute),
  restarts: null,
  currentClientConnectionsPeak: null,
  ...gaugesOf(() => null),
  ...ratesOf(() => null),
  ...known,
})

test('steps in a row with the same trouble are one mark, a quiet step between them makes two', () => {
  const down = { parentMarkDownsPerSecond: 2 / 60 }
  const points = [
    pointAt(0, down),
    pointAt(1, down),
    pointAt(2),
    pointAt(3, down),
    pointAt(4, { restarts: 1 }),
  ]
  expect(markersOf(points, [])).toEqual([
    { id: `markDown ${at(0)}`, kind: 'markDown', at: start, count: 4 },
    { id: `markDown ${at(3)}`, kind: 'markDown', at: start + 180_000, count: 2 },
    { id: `restart ${at(4)}`, kind: 'restart', at: start + 240_000, count: 1 },
  ])
})

test('approvals stand among the others by their time', () => {
  const approval = { id: 'a', at: at(1), configId: 'c', name: 'Offices', by: 'Ada' }
  const points = [pointAt(0), pointAt(1), pointAt(2, { restarts: 2 })]
  expect(markersOf(points, [approval]).map(({ kind }) => kind)).toEqual(['approval', 'restart'])
})

test('files hold what is known, and nothing where nothing is', () => {
  const [requests] = fleetCharts
  if (!requests) throw new Error('there is no chart')
  const points = [pointAt(0, { requestsPerSecond: 1.5, connectRequestsPerSecond: 0 }), pointAt(1)]
  expect(statsCsv([requests], points)).toBe(
    `time,requests_per_second,connects_per_second\r\n${at(0)},1.5,0\r\n${at(1)},,\r\n`,
  )
  expect(JSON.parse(statsJson([requests], points))).toEqual([
    { time: at(0), requests_per_second: 1.5, connects_per_second: 0 },
    { time: at(1), requests_per_second: null, connects_per_second: null },
  ])
})
