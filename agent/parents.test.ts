import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLog } from './log.ts'
import { type Marks, type ParentEvent, readParentEvents, watchParents } from './parents.ts'
import { LinkError } from './transport.ts'

const now = new Date(2026, 10, 26, 12)
const line = (words: string, time = '10:00:00.123') => `[Nov 26 ${time}] [ET_NET 0] NOTE: ${words}`
const initially = 'Parent initially marked as down 10.0.0.1:3128'
const retried = 'Parent retry marked as down 10.0.0.1:3128'
const met = (count: number) =>
  `Failure threshold met failcount:${count} >= threshold:2, http parent proxy 10.0.0.1:3128 marked down`
const restored = 'http parent proxy 10.0.0.1:3128 restored'
const loaded = 'parent.config finished loading'

describe('the transitions of a parent', () => {
  const kinds = (words: readonly string[], marks: Marks = new Map()) =>
    readParentEvents(
      words.map((each) => line(each)),
      marks,
      now,
    ).map(({ host, kind }) => `${host ?? 'all'} ${kind}`)

  test.each([
    ['a failure, the threshold, an answer', [initially, met(2), restored], ['failing', 'down', 'restored']],
    ['the threshold met again and again', [initially, met(2), met(3), met(4)], ['failing', 'down']],
    ['one failure that nothing follows', [initially, restored], ['failing', 'restored']],
    ['a retry that failed while down', [met(2), retried, retried], ['down']],
    ['a retry of a parent whose mark-down is not in this log', [retried], ['down']],
    ['an answer after a mark-down that is not in this log', [restored], ['restored']],
    [
      'the words of 10.x, which name the host of the request',
      [
        `${initially} for request corp.example`,
        `${met(2)} with request: corp.example`,
        `${restored} with request corp.example`,
      ],
      ['failing', 'down', 'restored'],
    ],
  ])('%s', (_what, words, expected) => {
    expect(kinds(words)).toEqual(expected.map((kind) => `10.0.0.1 ${kind}`))
  })

  test('a load of parent.config forgets all of them', () => {
    const marks: Marks = new Map()
    expect(kinds([met(2), loaded, met(2)], marks)).toEqual(['10.0.0.1 down', 'all reset', '10.0.0.1 down'])
    expect([...marks]).toEqual([['10.0.0.1:3128', 'down']])
  })

  test('an event has the words, the address and the time of its line', () => {
    const [event] = readParentEvents([line(met(2), '09:08:07.006')], new Map(), now)
    const at = new Date(2026, 10, 26, 9, 8, 7, 6)
    expect(event).toEqual({ host: '10.0.0.1', port: 3128, kind: 'down', at, reason: met(2) })
  })

  test('a line of December that is read in January is of last year', () => {
    const text = '[Dec 31 23:59:59.000] [ET_NET 0] NOTE: http parent proxy p.example:80 restored'
    const [event] = readParentEvents([text], new Map(), new Date(2027, 0, 1, 0, 0, 5))
    expect(event?.at).toEqual(new Date(2026, 11, 31, 23, 59, 59))
  })

  test('other lines, half lines and lines that only quote one are nothing', () => {
    const others = [
      'NOTE: http parent proxy 10.0.0.1:3128 restored',
      line('sni.yaml finished loading'),
      line(`somebody said "${restored}"`),
      '[Nov 26 10:00:00.123] [ET_NET 0] ERROR: parent.config finished loading',
    ]
    expect(readParentEvents(others, new Map(), now)).toEqual([])
  })
})

describe('the watch', () => {
  let logDir = ''
  beforeEach(() => {
    logDir = mkdtempSync(join(tmpdir(), 'apm-parents-'))
  })
  afterEach(() => rmSync(logDir, { recursive: true }))
  const diags = () => join(logDir, 'diags.log')

  async function startWatch() {
    const sent: (readonly ParentEvent[])[] = []
    const server = { fault: null as LinkError | null }
    let tick = () => {}
    let news = 0
    const watch = await watchParents({
      logDir,
      link: {
        async reportParents(events) {
          if (server.fault) throw server.fault
          sent.push(events)
        },
      },
      log: createLog(() => {}),
      clock: {
        after(_ms, call) {
          tick = call
          return () => {}
        },
      },
      now: () => now.getTime(),
      onNews: () => {
        news += 1
      },
    })
    const look = async () => {
      const before = tick
      tick()
      while (tick === before) await new Promise((resolve) => setImmediate(resolve))
    }
    const kinds = () => sent.map((events) => events.map(({ kind }) => kind))
    return { watch, look, kinds, server, news: () => news }
  }

  test('tells what the log held already, and then only what is new', async () => {
    writeFileSync(diags(), `${line(initially)}\n${line(met(2))}\n`)
    const { watch, look, kinds, news } = await startWatch()
    await look()
    await watch.report()
    await look()
    await watch.report()
    expect(kinds()).toEqual([['failing', 'down']])
    expect(news()).toBe(1)
    appendFileSync(diags(), `${line(met(3))}\n${line(restored)}\n`)
    await look()
    await watch.report()
    expect(kinds()).toEqual([['failing', 'down'], ['restored']])
    await watch.stop()
  })

  test('loses nothing when the log is rotated', async () => {
    writeFileSync(diags(), '')
    const { watch, look, kinds } = await startWatch()
    await look()
    appendFileSync(diags(), `${line(met(2))}\n`)
    renameSync(diags(), `${diags()}.old`)
    writeFileSync(diags(), `${line(restored)}\n`)
    await look()
    await watch.report()
    expect(kinds()).toEqual([['down', 'restored']])
    await watch.stop()
  })

  test('keeps what the server could not take, and drops what it refused', async () => {
    writeFileSync(diags(), `${line(met(2))}\n`)
    const { watch, look, kinds, server } = await startWatch()
    await look()
    server.fault = new LinkError('away', null)
    await watch.report()
    server.fault = null
    await watch.report()
    appendFileSync(diags(), `${line(restored)}\n`)
    await look()
    server.fault = new LinkError('no', 'BAD_USER_INPUT')
    await watch.report()
    server.fault = null
    await watch.report()
    expect(kinds()).toEqual([['down']])
    await watch.stop()
  })
})
