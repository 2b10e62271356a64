/** Captures of an ATS that only writes files, through deaths of the agent, a server away and captures that end. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LogFilter, LogLine } from '#core/log-line'
import { untilTrue } from '../../tests/support/until.ts'
import type { AtsPlace } from '../ats-place.ts'
import { createLog } from '../log.ts'
import { LinkError } from '../transport.ts'
import { type Capturing, type LogReport, startCapturing, type WantedCapture } from './capture.ts'

const everything: LogFilter = {
  ...{ text: '', isRegex: false, host: '', clientAddress: '', errorsOnly: false, redact: [] },
}
const wanted = (id: string, more: Partial<WantedCapture> = {}): WantedCapture => ({
  ...{ id, secondsLeft: 60, mostLines: 100_000, filter: everything },
  ...more,
})
const withText = (text: string) => ({ filter: { ...everything, text } })

let home: string
let place: AtsPlace
let accessLog: string
let server: ReturnType<typeof startStore>
let records: Map<string, string>
const agents: { isDead: boolean; readonly capturing: Capturing }[] = []
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'apm-capture-'))
  const logDir = join(home, 'logs')
  mkdirSync(logDir)
  accessLog = join(logDir, 'access.log')
  writeFileSync(accessLog, '')
  writeFileSync(join(logDir, 'traffic.out'), '')
  place = { logDir, runtimeDir: home } as AtsPlace
  records = new Map([
    ['proxy.config.diags.debug.enabled', '0'],
    ['proxy.config.diags.debug.tags', 'http|dns'],
  ])
  server = startStore()
})
afterEach(async () => {
  for (const agent of agents.splice(0)) {
    agent.isDead = false
    await agent.capturing.stop()
  }
  rmSync(home, { recursive: true })
})

/** What a server keeps: in each epoch only what lies beyond what it knows. */
function startStore() {
  const lines: LogLine[] = []
  const ends = new Map<number, number>()
  const store = {
    lines,
    isAway: false,
    refuses: (_: LogReport): boolean => false,
    report(report: LogReport) {
      if (store.isAway) throw new LinkError('away', null)
      if (store.refuses(report)) throw new LinkError('refused', 'BAD_USER_INPUT')
      for (const line of report.lines) {
        if (line.offset <= (ends.get(line.epoch) ?? -1)) continue
        ends.set(line.epoch, line.offset)
        lines.push(line)
      }
      return new Map(ends)
    },
    /** The ends of the URLs of its lines. */
    paths: () => lines.flatMap(({ gap, url }) => (gap === null ? [url?.split('/').pop() ?? ''] : [])),
    lost: () => lines.reduce((sum, { lost }) => sum + (lost ?? 0), 0),
  }
  return store
}

/** `isDead`: as after kill -9, since nothing is ever due for it any more. */
async function startAgent() {
  const agent = { isDead: false }
  const capturing = await startCapturing({
    ...{ home, place, log: createLog(() => {}), guard: async () => {} },
    ats: {
      liveRecords: async (names) => new Map(names.map((name) => [name, records.get(name) ?? ''])),
      setRecord: async (name, value) => void records.set(name, value),
    },
    link: { reportLogLines: async (report) => server.report(report) },
    now: () => (agent.isDead ? -1 : Date.now()),
  })
  const started = Object.assign(agent, { capturing })
  agents.push(started)
  return started
}

const write = (...paths: string[]) =>
  appendFileSync(
    accessLog,
    paths
      .map(
        (path) =>
          `${(Date.now() / 1_000).toFixed(3)} 1 10.0.0.1 TCP_MISS/200 5 GET http://corp.example/${path} - DIRECT/corp.example -\n`,
      )
      .join(''),
  )
const numbered = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name}${n}`)
const isOver = () => !existsSync(join(home, 'capture.json'))
const savedCount = () => {
  const { counts } = JSON.parse(readFileSync(join(home, 'capture-places.json'), 'utf8'))
  return counts[accessLog]?.one
}

test.each([
  ['at once', async () => {}],
  ['when its place is on disk', () => untilTrue(() => savedCount() === 6)],
])(
  'what a capture has had is counted over a kill %s, and its limit is that of all it had',
  async (_when, untilSaved) => {
    const first = await startAgent()
    await first.capturing.want([wanted('one', { mostLines: 10 })])
    write(...numbered('a', 6))
    await untilTrue(() => server.paths().length === 6)
    await untilSaved()
    first.isDead = true
    write(...numbered('b', 6))
    const second = await startAgent()
    await untilTrue(() => server.paths().length + server.lost() === 12)
    expect(server.paths()).toEqual([...numbered('a', 6), ...numbered('b', 4)])
    expect(server.lines.filter(({ gap }) => gap !== null)).toMatchObject([{ gap: 'limit', lost: 2 }])
    await second.capturing.want(null)
  },
)

test('a capture that is stopped while another goes on still gets what was written before, once the server is back', async () => {
  const { capturing } = await startAgent()
  await capturing.want([wanted('one', withText('/one')), wanted('two', withText('/two'))])
  server.isAway = true
  write(...numbered('two', 5_000), ...numbered('one', 3))
  await untilTrue(() => records.get('proxy.config.diags.debug.enabled') === '1')
  await capturing.want([wanted('two', withText('/two'))])
  server.isAway = false
  await untilTrue(() => server.paths().length === 5_003)
  expect(server.paths()).toEqual([...numbered('two', 5_000), ...numbered('one', 3)])
  expect(server.lost()).toBe(0)
})

test('an agent that dies after the end, before the server has all, leaves it to the next one; debug is back meanwhile', async () => {
  const first = await startAgent()
  await first.capturing.want([wanted('one')])
  server.isAway = true
  write(...numbered('a', 5_000))
  await first.capturing.want(null)
  expect(records.get('proxy.config.diags.debug.enabled')).toBe('0')
  first.isDead = true
  await startAgent()
  expect(isOver()).toBe(false)
  server.isAway = false
  await untilTrue(isOver)
  expect(server.paths()).toEqual(numbered('a', 5_000))
  expect(server.lost()).toBe(0)
})

test('a log that appears during the capture is followed as well, and what it had before is declared missing', async () => {
  rmSync(accessLog)
  const { capturing } = await startAgent()
  await capturing.want([wanted('one')])
  accessLog = join(place.logDir, 'squid.log')
  write('before')
  let count = 0
  await untilTrue(() => {
    write(`a${count}`)
    count += 1
    return server.paths().length > 2
  })
  expect(server.lines[0]).toMatchObject({ gap: 'truncated', lost: null })
  const [first] = server.paths()
  const from = Number(first?.slice(1))
  await untilTrue(() => server.paths().length === count - from)
  expect(server.paths()).toEqual(numbered('a', count).slice(from))
})

test('what the server refuses is one gap as large, also where gaps are among it', async () => {
  const { capturing } = await startAgent()
  await capturing.want([wanted('one', { mostLines: 3 })])
  server.refuses = ({ lines }) => lines.some(({ url }) => url !== null)
  write(...numbered('a', 5))
  await untilTrue(() => server.lost() === 5)
  expect(server.lines).toMatchObject([{ gap: 'skipped', lost: 5 }])
})
