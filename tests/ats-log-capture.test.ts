/** Logs of a real ATS, captured: every request once, no secret among them, and debug is what it was at the end. */
import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAts } from '../agent/ats.ts'
import type { AtsPlace } from '../agent/ats-place.ts'
import { createLog } from '../agent/log.ts'
import {
  type Capturing,
  type LogReport,
  startCapturing,
  type WantedCapture,
} from '../agent/log-capture/capture.ts'
import type { LogLine } from '../server/core/log-line.ts'
import { request, type TestAts } from './support/ats.ts'
import { startLogAts } from './support/log-ats.ts'
import { untilTrue } from './support/until.ts'

const directory = mkdtempSync(join(tmpdir(), 'apm-logs-'))
const debugEnabled = 'proxy.config.diags.debug.enabled'
const debugTags = 'proxy.config.diags.debug.tags'
let ats: TestAts
let place: AtsPlace
const debug = async () => {
  const live = await createAts(place).liveRecords([debugEnabled, debugTags])
  return [live.get(debugEnabled), live.get(debugTags)]
}
const off = ['0', 'http|dns']
const on = ['1', 'parent_select']
const filter = {
  text: '',
  isRegex: false,
  host: '',
  clientAddress: '',
  errorsOnly: false,
  redact: ['ticket'],
}
const wanted = (id: string, secondsLeft: number, more = {}): WantedCapture => ({
  ...{ id, secondsLeft, mostLines: 100_000, filter },
  ...more,
})

beforeAll(async () => {
  const started = await startLogAts(directory)
  ats = started.ats
  place = started.place
})
afterAll(async () => {
  await ats.close()
  rmSync(directory, { recursive: true })
})

interface Captured {
  readonly lines: LogLine[]
  readonly reports: LogReport[]
  readonly capturing: Capturing
}
async function capture(home: string, link?: { isAway: boolean }): Promise<Captured> {
  const lines: LogLine[] = []
  const reports: LogReport[] = []
  const capturing = await startCapturing({
    home,
    place,
    ats: createAts(place),
    link: {
      async reportLogLines(report) {
        if (link?.isAway) throw new Error('away')
        reports.push(report)
        lines.push(...report.lines)
        return new Map()
      },
    },
    log: createLog(() => {}),
    now: () => Date.now(),
    guard: async () => {},
  })
  return { lines, reports, capturing }
}
function newHome(): string {
  return mkdtempSync(join(directory, 'home-'))
}
const ask = (path: string, name = 'corp.example') =>
  request(ats.port, { host: `${name}:${ats.origin.port}`, path })
const urls = (lines: readonly LogLine[]) =>
  lines
    .filter(({ source, gap }) => source === 'access' && gap === null)
    .map(({ url }) => url?.split('/').pop())

test('every request once with its parent and status, through rotation, a server away and a new agent; no secret', async () => {
  const home = newHome()
  const server = { isAway: false }
  const first = await capture(home, server)
  await first.capturing.want([wanted('one', 120)])
  expect(await debug()).toEqual(on)
  const sent: string[] = []
  const send = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      sent.push(`r${sent.length}?ticket=[removed]&token=[removed]`)
      await ask(`/r${sent.length - 1}?ticket=hunter2&token=hunter2`)
    }
  }
  await send(20)
  await untilTrue(() => urls(first.lines).length === 20)
  // ATS takes up to 3 s to obey; from then on every choice is told.
  await untilTrue(async () => {
    await send(1)
    return first.lines.some(({ source }) => source === 'debug')
  })
  const log = join(ats.logDir, 'access.log')
  server.isAway = true
  await send(10)
  renameSync(log, `${log}.1.old`)
  await send(10)
  await untilTrue(() => urls(first.lines).length >= 20)
  await first.capturing.stop()
  expect(await debug()).toEqual(off)
  await send(10)
  const second = await capture(home)
  await untilTrue(async () => (await debug()).join() === on.join())
  await send(10)
  const all = () => [...first.lines, ...second.lines]
  const once = () => {
    const seen = new Map(all().map((line) => [`${line.source} ${line.epoch} ${line.offset}`, line]))
    return [...seen.values()]
  }
  await untilTrue(() => urls(once()).length >= sent.length)
  expect(urls(once())).toEqual(sent)
  expect(once().filter(({ gap }) => gap !== null)).toEqual([])
  for (const { source, parent, status, host, client } of once().filter((line) => line.source === 'access')) {
    expect({ source, parent, status, host, client }).toEqual({
      ...{ source: 'access', parent: '127.0.0.1', status: 200, host: 'corp.example', client: '127.0.0.1' },
    })
  }
  const results = once().filter(({ text }) => text.includes('Result for corp.example'))
  expect(results.length).toBeGreaterThan(0)
  for (const { ruleLine, parent } of results) {
    expect([ruleLine, parent]).toEqual([1, `127.0.0.1:${ats.parents[0].port}`])
  }
  expect(JSON.stringify([first.reports, second.reports])).not.toContain('hunter2')
  expect(
    new Set(
      once()
        .filter((line) => line.source === 'access')
        .map(({ epoch }) => epoch),
    ).size,
  ).toBe(2)
  await untilTrue(() => second.reports.at(-1)?.cost.problem === null)
  await second.capturing.want(null)
  expect(await debug()).toEqual(off)
  await second.capturing.stop()
})

test('debug that was on stays on, and is what it was at the deadline', async () => {
  const own = createAts(place)
  await own.setRecord(debugTags, 'dns')
  await own.setRecord(debugEnabled, '1')
  try {
    const { capturing } = await capture(newHome())
    await capturing.want([wanted('short', 3), wanted('shorter', 1)])
    expect(await debug()).toEqual(['1', 'dns|parent_select'])
    await untilTrue(async () => (await debug()).join() === '1,dns')
    await capturing.stop()
  } finally {
    await own.setRecord(debugEnabled, '0')
    await own.setRecord(debugTags, 'http|dns')
  }
})
