/** Captured logs of ATS 10.x, by a stand-in that answers and writes as was measured on builds of 10.1 and 10.2. */
import { type ChildProcess, spawn } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAts } from '../agent/ats.ts'
import { createLog } from '../agent/log.ts'
import { type Capturing, startCapturing } from '../agent/log-capture/capture.ts'
import type { LogLine } from '../server/core/log-line.ts'
import { type Ats10, startAts10 } from './support/ats-10.ts'
import { untilTrue } from './support/until.ts'

const enabled = 'proxy.config.diags.debug.enabled'
const tags = 'proxy.config.diags.debug.tags'
const filter = { text: '', isRegex: false, host: '', clientAddress: '', errorsOnly: false, redact: [] }
const choice = [
  'Matched with 0x55d1c8a3f2b0 parent node from line 2',
  'Matched with 0x55d1c8a3f1a0 parent node from line 1',
  'selectParent(): parent retry window 300',
  'Chosen parent = 127.0.0.1.19001',
  'Result for corp.example was parent 127.0.0.1:19001',
].map(
  (words) =>
    `[Nov 26 21:28:58.647] [ET_NET 0] DIAG: <ParentSelection.cc:162 (findParent)> (parent_select) ${words}`,
)

describe.each(['10.1.0', '10.2.0'])('ATS %s', (version) => {
  const home = mkdtempSync(join(tmpdir(), 'apm-logs10-'))
  const lines: LogLine[] = []
  let ats: Ats10
  let process_: ChildProcess
  let output: string
  let capturing: Capturing
  let isAway = false
  const capture = () =>
    startCapturing({
      ...{ home, place: ats.place, ats: createAts(ats.place), log: createLog(() => {}) },
      link: {
        async reportLogLines(report) {
          if (isAway) throw new Error('away')
          lines.push(...report.lines)
          return new Map()
        },
      },
      now: () => Date.now(),
      guard: async () => {},
    })
  const defaults = () => {
    ats.records.set(enabled, '0')
    ats.records.set(tags, 'http|dns')
  }
  const debug = () => [ats.records.get(enabled), ats.records.get(tags)]
  beforeAll(async () => {
    ats = await startAts10({ version })
    await ats.start()
    defaults()
    mkdirSync(ats.place.logDir, { recursive: true })
    // Its standard error is a file of any name: --bind_stderr says which.
    output = join(ats.place.logDir, 'console.out')
    const file = openSync(output, 'a')
    process_ = spawn('sleep', ['600'], { stdio: ['ignore', file, file] })
    closeSync(file)
    writeFileSync(join(ats.place.runtimeDir, 'server.lock'), String(process_.pid))
    writeFileSync(join(ats.place.logDir, 'access.log'), '')
    capturing = await capture()
  })
  afterAll(async () => {
    await capturing?.stop()
    process_?.kill()
    await ats?.close()
    rmSync(home, { recursive: true })
  })

  test('debug is switched by its control socket, its lines are read, and debug is what it was afterwards', async () => {
    await capturing.want([{ id: 'one', secondsLeft: 60, mostLines: 1_000, filter }])
    expect(debug()).toEqual(['1', 'parent_select'])
    appendFileSync(output, `${choice.join('\n')}\n`)
    appendFileSync(
      join(ats.place.logDir, 'access.log'),
      '1795728478.732 42 127.0.0.1 TCP_MISS/200 516 GET http://corp.example/a?b=%22 - PARENT_HIT/127.0.0.1 text/html\n',
    )
    await untilTrue(() => lines.length === 6)
    const result = lines.find(({ text }) => text.includes('Result for'))
    expect(result).toMatchObject({ host: 'corp.example', parent: '127.0.0.1:19001', ruleLine: 1 })
    expect(lines.find(({ source }) => source === 'access')).toMatchObject({
      status: 200,
      parent: '127.0.0.1',
    })
  })

  test('an ATS that restarts forgets what was set, and is told again', async () => {
    await ats.stop()
    await ats.start()
    defaults()
    await untilTrue(() => debug().join() === '1,parent_select')
    await capturing.want(null)
    expect(debug()).toEqual(['0', 'http|dns'])
  })

  test('an agent that comes back after the end sends what was written until then, and nothing of later', async () => {
    const accessLog = join(ats.place.logDir, 'access.log')
    const written = (seconds: number, path: string) =>
      `${seconds.toFixed(3)} 1 127.0.0.1 TCP_MISS/200 5 GET http://corp.example/${path} - DIRECT/corp.example -\n`
    const urls = () => lines.map(({ url }) => url)
    isAway = true
    await capturing.want([{ id: 'two', secondsLeft: 2, mostLines: 1_000, filter }])
    const endsAt = Date.now() / 1_000 + 2
    appendFileSync(accessLog, written(endsAt - 1, 'before'))
    await capturing.stop()
    await untilTrue(() => Date.now() / 1_000 > endsAt)
    appendFileSync(accessLog, written(endsAt + 60, 'later'))
    isAway = false
    capturing = await capture()
    await untilTrue(() => urls().includes('http://corp.example/before'))
    await untilTrue(() => !existsSync(join(home, 'capture.json')))
    expect(debug()).toEqual(['0', 'http|dns'])
    await capturing.want([{ id: 'three', secondsLeft: 60, mostLines: 1_000, filter }])
    appendFileSync(accessLog, written(Date.now() / 1_000, 'next'))
    await untilTrue(() => urls().includes('http://corp.example/next'))
    expect(urls()).not.toContain('http://corp.example/later')
    await capturing.want(null)
  })
})
