/** Captured logs: started by people, told by agents, each line once, watched and read with the same cursors. */
import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readEndedCaptures } from '../server/log-capture/captures.read.ts'
import { dropOldLogs } from '../server/log-capture/keep.ts'
import { systemOperation } from '../server/upkeep.ts'
import type { TestAgent } from './support/agents.ts'
import { newAgent, newApiToken, startCapture } from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'
import { openSocket } from './support/sockets.ts'
import { untilTrue } from './support/until.ts'

let server: TestServer
let root: TestUser
let agent: TestAgent
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

const fresh = async () => {
  agent = await newAgent({ server, root })
  await agent.sync(null)
  return agent
}
const line = (offset: number, text = `line ${offset}`, more: Record<string, unknown> = {}) => ({
  ...{ epoch: 1_700_000_000_000, offset, source: 'ACCESS', text },
  ...more,
})
const linesOf = async (proxyId: string, args = 'first: 100'): Promise<Data> =>
  (
    await root.get(
      `query ($id: ID!) { proxy(id: $id) { logLines(${args}) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { offset text gap lost status } } } } }`,
      { id: proxyId },
    )
  ).proxy.logLines
const textsOf = (page: Data) => page.edges.map(({ node }: Data) => node.text)
const stop = (proxyId: string) =>
  root.send(
    'mutation ($input: StopLogCaptureInput!) { stopLogCapture(input: $input) { proxy { captureLogsUntil } } }',
    {
      input: { proxyId },
    },
  )
const watching =
  'subscription ($id: ID!, $after: String, $last: Int) { logLines(proxyId: $id, after: $after, last: $last) { dropped edges { cursor node { offset text } } } }'
const edgesOf = (received: readonly Data[]) => received.flatMap(({ logLines }) => logLines.edges)

describe('a capture', () => {
  test('reaches its agent with the next sync, and a nudge says so', async () => {
    const { proxyId } = await fresh()
    expect((await agent.sync(null)).captures).toBeNull()
    const socket = openSocket(server, agent.token())
    const nudges = socket.subscribe('subscription { nudges { at } }')
    await untilTrue(() => nudges.received.length === 1)
    await startCapture(root, { proxyId, minutes: 5, filter: { host: 'corp.example', redact: ['ticket'] } })
    await untilTrue(() => nudges.received.length === 2)
    const { captures } = await agent.sync(null)
    expect(captures).toMatchObject([
      {
        mostLines: 200_000,
        filter: { host: 'corp.example', text: '', redact: ['ticket'], errorsOnly: false },
      },
    ])
    expect(captures[0].secondsLeft).toBeGreaterThan(240)
    expect(captures[0].secondsLeft).toBeLessThanOrEqual(300)
    await stop(proxyId)
    await untilTrue(() => nudges.received.length === 3)
    expect((await agent.sync(null)).captures).toBeNull()
    expect((await stop(proxyId)).errors[0]?.extensions.code).toBe('CONFLICT')
    await socket.close()
  })

  test('ends by itself', async () => {
    const { proxyId } = await fresh()
    await startCapture(root, { proxyId, minutes: 1 })
    const until = 'query ($id: ID!) { proxy(id: $id) { captureLogsUntil logCaptures { id startedBy } } }'
    expect((await root.get(until, { id: proxyId })).proxy).toMatchObject({
      captureLogsUntil: expect.any(String),
      logCaptures: [{ startedBy: expect.stringContaining('root') }],
    })
    server.advance(61)
    expect((await agent.sync(null)).captures).toBeNull()
    expect((await root.get(until, { id: proxyId })).proxy).toEqual({
      captureLogsUntil: null,
      logCaptures: [],
    })
    server.advance(-61)
  })

  test('several on one proxy are told together; the sixth is refused, and one refusal starts none', async () => {
    const first = await fresh()
    for (let n = 0; n < 5; n += 1) await startCapture(root, { proxyId: first.proxyId })
    const second = await fresh()
    const start =
      'mutation ($input: StartLogCaptureInput!) { startLogCapture(input: $input) { proxies { id } } }'
    const { errors } = await root.send(start, {
      input: { proxyIds: [second.proxyId, first.proxyId], minutes: 5 },
    })
    expect(errors[0]?.extensions.code).toBe('CONFLICT')
    expect((await second.sync(null)).captures).toBeNull()
    expect((await first.sync(null)).captures).toHaveLength(5)
  })

  test('names the proxies on which it was started, and is listed among those that are over for as long as lines are kept', async () => {
    const [one, two, alone] = [await fresh(), await fresh(), await fresh()]
    const together = [one.proxyId, two.proxyId].toSorted()
    await startCapture(root, { proxyIds: together })
    await startCapture(root, { proxyIds: [alone.proxyId] })
    await startCapture(root, { proxyIds: [one.proxyId], minutes: 1 })
    const capturesOf = async ({ proxyId }: TestAgent) => {
      const listed = '{ stoppedAt proxies { id } }'
      const query = `query ($id: ID!) { proxy(id: $id) { logCaptures ${listed} endedLogCaptures ${listed} } }`
      const { proxy } = await root.get(query, { id: proxyId })
      const ids = (captures: Data) => captures.map(({ proxies }: Data) => proxies.map(({ id }: Data) => id))
      return { open: ids(proxy.logCaptures), ended: ids(proxy.endedLogCaptures), proxy }
    }
    expect(await capturesOf(one)).toMatchObject({ open: [together, [one.proxyId]], ended: [] })
    expect(await capturesOf(alone)).toMatchObject({ open: [[alone.proxyId]], ended: [] })
    server.advance(61)
    expect(await capturesOf(one)).toMatchObject({ open: [together], ended: [[one.proxyId]] })
    await stop(one.proxyId)
    const { open, ended, proxy } = await capturesOf(one)
    expect([open, ended]).toEqual([[], [[one.proxyId], together]])
    expect(proxy.endedLogCaptures.map(({ stoppedAt }: Data) => stoppedAt)).toEqual([null, expect.any(String)])
    expect(await capturesOf(two)).toMatchObject({ open: [together], ended: [] })
    server.advance(-61)
    const clock = () => new Date(Date.now() + 26 * 3_600_000)
    const tomorrow = systemOperation({ db: server.database.db, clock }, 'test')
    expect(await readEndedCaptures(tomorrow, one.proxyId)).toEqual([])
  })

  test('has brought in all that came since it began, also when another agent goes on; earlier lines are not of it', async () => {
    const { proxyId } = await fresh()
    const countOf = async () =>
      (await root.get('query ($id: ID!) { proxy(id: $id) { capturedLineCount } }', { id: proxyId })).proxy
        .capturedLineCount
    expect(await countOf()).toBe(0)
    await agent.reportLogLines([line(10), line(20)])
    expect(await countOf()).toBe(0)
    server.advance(1)
    await startCapture(root, { proxyId })
    expect(await countOf()).toBe(0)
    await agent.reportLogLines([line(20), line(30)])
    await agent.reportLogLines([line(10, 'of an agent that began anew', { epoch: 1_700_000_000_001 })])
    await startCapture(root, { proxyId })
    expect(await countOf()).toBe(2)
    await agent.reportLogLines([line(40, '', { gap: 'LIMIT', lost: 3 })])
    expect(await countOf()).toBe(3)
    await stop(proxyId)
    expect(await countOf()).toBe(0)
    server.advance(-1)
  })

  test.each([
    ['minutes', { minutes: 0.5 }],
    ['minutes', { minutes: 61 }],
    ['filter.text', { filter: { text: '(', isRegex: true } }],
    ['filter.text', { filter: { text: 'x'.repeat(201) } }],
    ['filter.redact', { filter: { redact: ['a b'] } }],
    ['proxyIds', { proxyId: null }],
  ])('a wrong %s is named', async (path, wrong) => {
    const { proxyId } = await fresh()
    const { errors } = await root.send(
      'mutation ($input: StartLogCaptureInput!) { startLogCapture(input: $input) { proxies { id } } }',
      { input: { proxyId, minutes: 5, ...wrong } },
    )
    expect(errors[0]?.extensions.problems?.map((problem) => problem.path)).toEqual([path])
  })
})

describe('lines', () => {
  test('are kept once and in their order, however often they are told, and paged', async () => {
    const { proxyId } = await fresh()
    await agent.reportLogLines([line(10), line(20)])
    await agent.reportLogLines([line(10), line(20), line(30)])
    await agent.reportLogLines([line(5, 'of the next file', { epoch: 1_700_000_000_001 })])
    await agent.reportLogLines([line(30)])
    const all = await linesOf(proxyId)
    expect(textsOf(all)).toEqual(['line 10', 'line 20', 'line 30', 'of the next file'])
    expect(all.totalCount).toBe(4)
    const page = await linesOf(proxyId, 'first: 3')
    expect(page.pageInfo.hasNextPage).toBe(true)
    expect(textsOf(await linesOf(proxyId, `first: 3, after: "${page.pageInfo.endCursor}"`))).toEqual([
      'of the next file',
    ])
    expect(textsOf(await linesOf(proxyId, 'search: "NEXT"'))).toEqual(['of the next file'])
  })

  test('at once by several, none is lost and none is seen twice', async () => {
    const { proxyId } = await fresh()
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => agent.reportLogLines([line(1, `e${n}`, { epoch: 1_000 + n })])),
    )
    const all = await linesOf(proxyId)
    expect(new Set(textsOf(all)).size).toBe(20)
    expect(new Set(all.edges.map(({ cursor }: Data) => cursor)).size).toBe(20)
  })

  test('text that commands a terminal or a browser is written out, and a gap is a gap', async () => {
    const { proxyId } = await fresh()
    await agent.reportLogLines([
      line(10, '\u001b[2J<img src=x onerror=alert(1)>\u202e\u0007'),
      line(20, '', { gap: 'LIMIT', lost: 128 }),
    ])
    expect((await linesOf(proxyId)).edges.map(({ node }: Data) => node)).toMatchObject([
      { text: '\\x1b[2J<img src=x onerror=alert(1)>\\u202e\\x07', gap: null },
      { text: '', gap: 'LIMIT', lost: 128 },
    ])
  })

  test('malformed ones are refused whole', async () => {
    const { proxyId } = await fresh()
    const report = (lines: readonly Data[]) => agent.reportLogLines(lines)
    await expect(report([line(1), line(-2)])).rejects.toThrow('LINE_MALFORMED')
    await expect(report([line(1, 'x'.repeat(4_101))])).rejects.toThrow('TOO_LONG')
    await expect(report(Array.from({ length: 1_001 }, (_, n) => line(n + 1)))).rejects.toThrow('TOO_MANY')
    expect((await linesOf(proxyId)).edges).toEqual([])
  })

  test('are dropped when they are older than the settings say', async () => {
    const { proxyId } = await fresh()
    await agent.reportLogLines([line(10)])
    const clock = () => new Date(Date.now() + 26 * 3_600_000)
    await dropOldLogs(systemOperation({ db: server.database.db, clock }, 'test'))
    expect((await linesOf(proxyId)).edges).toEqual([])
    await agent.reportLogLines([line(10), line(20)])
    expect(textsOf(await linesOf(proxyId))).toEqual(['line 20'])
  })

  test('are exported in order and deleted, and the trail says by whom', async () => {
    const { proxyId } = await fresh()
    await agent.reportLogLines([line(10), line(20), line(30)])
    const exported =
      'mutation ($input: ExportLogLinesInput!) { exportLogLines(input: $input) { hasNextPage edges { cursor node { text } } } }'
    const { exportLogLines } = await root.get(exported, { input: { proxyId, first: 2 } })
    expect([textsOf(exportLogLines), exportLogLines.hasNextPage]).toEqual([['line 10', 'line 20'], true])
    const rest = await root.get(exported, { input: { proxyId, after: exportLogLines.edges[1].cursor } })
    expect([textsOf(rest.exportLogLines), rest.exportLogLines.hasNextPage]).toEqual([['line 30'], false])
    const { deleteLogLines } = await root.get(
      'mutation ($input: DeleteLogLinesInput!) { deleteLogLines(input: $input) { deletedCount } }',
      { input: { proxyId } },
    )
    expect(deleteLogLines.deletedCount).toBe(3)
    const { auditEntries } = await root.get(
      'query ($id: ID!) { auditEntries(entityId: $id, first: 3) { edges { node { action } } } }',
      { id: proxyId },
    )
    expect(auditEntries.edges.map(({ node }: Data) => node.action)).toEqual([
      'log_lines.delete',
      'log_lines.export',
      'log_lines.export',
    ])
  })
})

describe('a viewer', () => {
  test('begins with the newest lines and goes on live, and after a lost socket goes on exactly', async () => {
    const { proxyId } = await fresh()
    await agent.reportLogLines([line(10), line(20), line(30)])
    const socket = openSocket(server, root.accessToken)
    const stream = socket.subscribe(watching, { id: proxyId, last: 2 })
    await untilTrue(() => edgesOf(stream.received).length === 2)
    await agent.reportLogLines([line(40)])
    await untilTrue(() => edgesOf(stream.received).length === 3)
    const seen = edgesOf(stream.received)
    expect(textsOf({ edges: seen })).toEqual(['line 20', 'line 30', 'line 40'])
    await socket.close()
    await agent.reportLogLines([line(50), line(60)])
    const again = openSocket(server, root.accessToken)
    const rest = again.subscribe(watching, { id: proxyId, after: seen.at(-1).cursor })
    await untilTrue(() => edgesOf(rest.received).length === 2)
    expect(textsOf({ edges: edgesOf(rest.received) })).toEqual(['line 50', 'line 60'])
    const { cursor } = edgesOf(rest.received)[0]
    expect(textsOf(await linesOf(proxyId, `after: "${cursor}"`))).toEqual(['line 60'])
    await again.close()
  })

  test('on another replica sees them as well', async () => {
    const { proxyId } = await fresh()
    const replica = await startServer({ database: server.database })
    try {
      const socket = openSocket(replica, root.accessToken)
      await agent.reportLogLines([line(10)])
      const stream = socket.subscribe(watching, { id: proxyId, last: 1 })
      await untilTrue(() => edgesOf(stream.received).length === 1)
      await agent.reportLogLines([line(20)])
      await untilTrue(() => edgesOf(stream.received).length === 2)
      await socket.close()
    } finally {
      await replica.close()
    }
  })

  test('that falls too far behind is told how much it missed', async () => {
    const { proxyId } = await fresh()
    const first = await linesOf(proxyId)
    expect(first.edges).toEqual([])
    for (let n = 0; n < 52; n += 1) {
      await agent.reportLogLines(Array.from({ length: 1_000 }, (_, k) => line(10 * (n * 1_000 + k + 1))))
      // One that is dropped itself, and one that nobody counted.
      if (n === 0) await agent.reportLogLines([line(10_005, '', { gap: 'SKIPPED', lost: 400 })])
      if (n === 1) await agent.reportLogLines([line(20_005, '', { gap: 'TRUNCATED', lost: null })])
    }
    const cursor = (await linesOf(proxyId, 'first: 1')).edges[0].cursor
    const socket = openSocket(server, root.accessToken)
    const stream = socket.subscribe(watching, { id: proxyId, after: cursor })
    await untilTrue(() => edgesOf(stream.received).length >= 50_000)
    const dropped = stream.received.reduce((sum, { logLines }) => sum + logLines.dropped, 0)
    expect(1 + dropped + edgesOf(stream.received).length).toBe(52_000 + 400 + 1)
    await socket.close()
  }, 120_000)
})

describe('what is deleted under a reader', () => {
  const deleteAll = (proxyId: string) =>
    root.get('mutation ($input: DeleteLogLinesInput!) { deleteLogLines(input: $input) { deletedCount } }', {
      input: { proxyId },
    })
  const told =
    'subscription ($id: ID!, $after: String, $last: Int) { logLines(proxyId: $id, after: $after, last: $last) { dropped deleted hasEarlier edges { cursor node { text } } } }'
  const batchesOf = (received: readonly Data[]) =>
    received.map(({ logLines: { edges, ...more } }) => ({ ...more, texts: textsOf({ edges }) }))

  test('is counted for a viewer that comes back for it, and not for one who only begins to look', async () => {
    const { proxyId } = await fresh()
    await agent.reportLogLines([line(10), line(20), line(30), line(40)])
    const { cursor } = (await linesOf(proxyId, 'first: 1')).edges[0]
    await deleteAll(proxyId)
    const socket = openSocket(server, root.accessToken)
    const back = socket.subscribe(told, { id: proxyId, after: cursor })
    const begins = socket.subscribe(told, { id: proxyId, last: 100 })
    await agent.reportLogLines([line(50)])
    await untilTrue(() => back.received.length === 1 && begins.received.length === 1)
    const none = { dropped: 0, deleted: 0, hasEarlier: false, texts: ['line 50'] }
    expect(batchesOf(back.received)).toEqual([{ ...none, deleted: 3 }])
    expect(batchesOf(begins.received)).toEqual([none])
    await socket.close()
  })

  test('a viewer is told when it begins with fewer lines than are kept', async () => {
    const { proxyId } = await fresh()
    await agent.reportLogLines([line(10), line(20), line(30)])
    const socket = openSocket(server, root.accessToken)
    const some = socket.subscribe(told, { id: proxyId, last: 2 })
    const all = socket.subscribe(told, { id: proxyId, last: 3 })
    await untilTrue(() => some.received.length === 1 && all.received.length === 1)
    await agent.reportLogLines([line(40)])
    await untilTrue(() => some.received.length === 2 && all.received.length === 2)
    expect(batchesOf(some.received).map(({ hasEarlier }) => hasEarlier)).toEqual([true, false])
    expect(batchesOf(all.received).map(({ hasEarlier }) => hasEarlier)).toEqual([false, false])
    await socket.close()
  })

  test('is counted between two pages of an export', async () => {
    const { proxyId } = await fresh()
    await agent.reportLogLines([line(10), line(20), line(30)])
    const taken = async (input: Data) =>
      (
        await root.get(
          'mutation ($input: ExportLogLinesInput!) { exportLogLines(input: $input) { deleted edges { cursor node { text } } } }',
          { input: { proxyId, ...input } },
        )
      ).exportLogLines
    const first = await taken({ first: 1 })
    expect(first.deleted).toBe(0)
    const after = first.edges[0].cursor
    expect((await taken({ after })).deleted).toBe(0)
    await deleteAll(proxyId)
    expect(await taken({ after })).toEqual({ deleted: 2, edges: [] })
    await agent.reportLogLines([line(40)])
    const rest = await taken({ after })
    expect([rest.deleted, textsOf(rest)]).toEqual([2, ['line 40']])
    expect((await taken({})).deleted).toBe(0)
  })
})

test('from the shell: the newest lines as text or JSON, inert, and on while they come', async () => {
  const { proxyId, hostname } = await fresh()
  await agent.reportLogLines([line(10), line(20, 'red \u001b[31m'), line(30, '', { gap: 'LIMIT', lost: 7 })])
  const { token } = await newApiToken(root, ['READ'])
  const tail = (...args: string[]) => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'scripts/tail.ts', '--server', server.url, '--proxy', hostname, ...args],
      { env: { ...process.env, APM_TOKEN: token }, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    return { child, said: () => said.split('\n').slice(0, -1) }
  }
  const text = tail('--last', '2')
  const json = tail('--json')
  try {
    await untilTrue(() => text.said().length === 2 && json.said().length === 3)
    await agent.reportLogLines([line(40)])
    await untilTrue(() => text.said().length === 3 && json.said().length === 4)
  } finally {
    text.child.kill()
    json.child.kill()
  }
  expect(text.said()).toEqual(['red \\x1b[31m', '--- 7 lines missing: limit ---', 'line 40'])
  const last = JSON.parse(json.said().at(-1) ?? '')
  expect(last).toMatchObject({ offset: 40, text: 'line 40' })
  expect(textsOf(await linesOf(proxyId, `after: "${last.cursor}"`))).toEqual([])
})
