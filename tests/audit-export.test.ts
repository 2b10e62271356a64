/** The trail as a file, for whoever may have it: filtered, streamed as fast as it is taken, and audited itself. */
import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connectOwner } from '../server/database/connect.ts'
import type { TestAgent } from './support/agents.ts'
import { changeConfig, newAgent, newApiToken, newConfig } from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'
import { untilTrue } from './support/until.ts'

let server: TestServer
let root: TestUser
let reader: string
let agent: TestAgent
let config: Data
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
  agent = await newAgent({ server, root })
  reader = (await newApiToken(root, ['READ'])).token
  config = await newConfig(root, {
    name: '=HYPERLINK("evil")',
    description: 'with, comma and "quotes"\nand a line',
  })
  const { id, revision } = config
  config = await changeConfig(root, 'updateConfig', {
    id,
    revision,
    description: 'Because of ticket CHG-1234 (100 %)',
  })
})
afterAll(() => server.close())

const get = (path: string, token: string | null) =>
  fetch(`${server.url}${path}`, { headers: token === null ? {} : { authorization: `Bearer ${token}` } })

async function entriesOf(filter: string): Promise<Data[]> {
  const { auditEntries } = await root.get(
    `{ auditEntries(first: 100, ${filter}) { edges { node {
      id at action actor { kind id name } entityKind entityId entityName oldValue newValue address channel requestId } } } }`,
  )
  return auditEntries.edges.map(({ node }: Data) => node)
}

describe('what is in it', () => {
  test('JSON has what the query has, oldest first', async () => {
    const response = await get(`/export/audit.json?entityId=${config.id}`, root.accessToken)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="audit.json"')
    const known = (await entriesOf(`entityId: "${config.id}"`)).reverse()
    expect(known.length).toBe(2)
    expect(await response.json()).toEqual(
      known.map(({ id, at, action, actor, ...rest }) => ({
        id: Number(id),
        at,
        action,
        actorKind: actor.kind,
        actorId: actor.id,
        actorName: actor.name,
        ...rest,
      })),
    )
  })

  test('CSV has a row for each, and no cell that a spreadsheet would run', async () => {
    const text = await (await get(`/export/audit.csv?entityId=${config.id}`, reader)).text()
    const [head, first = '', second = '', ...more] = text.split('\r\n')
    expect(head).toBe(
      'id,at,action,actorKind,actorId,actorName,entityKind,entityId,entityName,oldValue,newValue,address,channel,requestId',
    )
    expect(more).toEqual([''])
    expect(first).toContain(`,CONFIG,${config.id},"'=HYPERLINK(""evil"")",`)
    expect(first).toContain('with, comma and \\""quotes\\""\\nand a line')
    expect(second).toContain(',config.update,USER,')
  })

  test('nothing that matches is a file without entries', async () => {
    const filter = 'entityId=00000000-0000-0000-0000-000000000000'
    expect(await (await get(`/export/audit.json?${filter}`, reader)).json()).toEqual([])
    expect((await (await get(`/export/audit.csv?${filter}`, reader)).text()).split('\r\n').length).toBe(2)
  })

  test.each([
    ['part of a name, in any case', 'hyperlink("EVIL', ['config.create', 'config.update']],
    ['a reason or a value', 'chg-1234', ['config.update']],
    ['signs that a pattern would take for its own', '(100 %)', ['config.update']],
    ['a sign that matches itself alone', '100 _)', []],
    ['an underline', 'a_b', []],
  ])('a text narrows it: %s', async (_what, text, actions) => {
    const found = await entriesOf(`text: ${JSON.stringify(text)}`)
    expect(found.map(({ action }) => action).sort()).toEqual(actions)
    const response = await get(`/export/audit.json?text=${encodeURIComponent(text)}`, reader)
    expect(((await response.json()) as Data[]).map(({ id }) => String(id))).toEqual(
      found.map(({ id }) => id).reverse(),
    )
  })
})

test('a text finds what failed on a proxy, and looks through none of what a fleet says when all is well', async () => {
  const one = await newAgent({ server, root })
  const said = {
    hash: 'a'.repeat(64),
    sequence: 1,
    outcome: 'FAILED',
    message: 'The disk of this one is full.',
  }
  await one.acknowledge(said)
  await one.acknowledge({ ...said, outcome: 'APPLIED', message: 'There is room on this one again.' })
  const actions = async (filter: string) => (await entriesOf(filter)).map(({ action }) => action)
  expect(await actions('text: "disk of this one"')).toEqual(['proxy.acknowledge'])
  expect(await actions('text: "room on this one"')).toEqual([])
  expect(await actions(`text: "${one.hostname}"`)).toContain('proxy.enrol')
  expect(await actions(`entityId: "${one.proxyId}", action: "proxy.acknowledge"`)).toHaveLength(2)
})

test('the search has an index, which PostgreSQL uses', async () => {
  const owner = connectOwner(server.database.owner)
  const plan = await owner.begin(async (sql) => {
    await sql`set local enable_seqscan = off`
    return sql`explain select id from audit_logs where
      (action not in ('proxy.assign', 'proxy.report', 'proxy.acknowledge') or new_value ->> 'outcome' not in ('applied', 'unchanged')) and
      (entity_name || ' ' || actor_name || ' ' || coalesce(old_value::text, '') || ' ' || coalesce(new_value::text, '')) ilike '%chg-1234%'`
  })
  await owner.end()
  expect(JSON.stringify(plan)).toContain('audit_logs_text_idx')
})

describe('who may', () => {
  test.each([
    ['nobody known', null, 401],
    ['a token that is none', 'nonsense-nonsense', 401],
    ['an agent', 'agent', 403],
    ['a token without READ', 'author', 403],
    ['a token with READ', 'reader', 200],
    ['a person at a browser', 'root', 200],
  ])('%s', async (_who, which, status) => {
    const tokens: Record<string, string> = { agent: agent.token(), reader, root: root.accessToken }
    if (which === 'author') tokens.author = (await newApiToken(root, ['AUTHOR'])).token
    const response = await get(
      `/export/audit.csv?action=config.create`,
      which === null ? null : (tokens[which] ?? which),
    )
    expect(response.status).toBe(status)
    await response.text()
  })

  test('that it was asked for is in the trail, and so is a refusal', async () => {
    await (await get('/export/audit.csv?action=config.create&text=evil', reader)).text()
    const author = await newApiToken(root, ['AUTHOR'])
    await (await get('/export/audit.csv', author.token)).text()
    const [refused, , exported] = await entriesOf('since: "2020-01-01T00:00:00Z"')
    expect(refused).toMatchObject({ action: 'access.refuse', newValue: { operation: 'exportAudit' } })
    expect(exported).toMatchObject({
      action: 'audit.export',
      entityKind: 'AUDIT',
      newValue: { format: 'csv', action: 'config.create', text: 'evil' },
    })
    expect(exported.actor.name).toContain('(script-')
  })

  test('a filter that is none is refused by name; only GET is taken', async () => {
    const bad = await get('/export/audit.csv?actor=x&since=yesterday', reader)
    expect([bad.status, await bad.text()]).toEqual([
      400,
      'actor: One of entityId, actorId, action, since, until, text. (and 1 more)\n',
    ])
    const post = await fetch(`${server.url}/export/audit.csv`, { method: 'POST' })
    expect(post.status).toBe(405)
  })
})

describe('a long one', () => {
  const many = 60_000
  const pages = many / 500
  beforeAll(async () => {
    const owner = connectOwner(server.database.owner)
    await owner`
      insert into audit_logs (at, action, actor_kind, actor_name, entity_kind, entity_name, new_value, address, channel, request_id, nonce)
      select now(), 'proxy.report', 'agent', 'many', 'proxy', 'many', jsonb_build_object('text', repeat('x', 800)), 'local', 'agent', 'many', gen_random_uuid()
      from generate_series(1, ${many}::int)`
    await owner.end()
  })
  beforeEach(() => server.database.forgetStatements())

  const path = '/export/audit.csv?action=proxy.report'
  const pagesRead = () =>
    server.database.statements.filter((text) =>
      /from "audit_logs".+order by "audit_logs"."id" asc/s.test(text),
    ).length
  /** Open, and nothing of it read. */
  const stalled = () =>
    new Promise<{ status: number; headers: Data; take: () => Promise<number>; drop: () => void }>(
      (resolve, reject) => {
        const asked = request(`${server.url}${path}`, {
          headers: { authorization: `Bearer ${reader}` },
          agent: false,
        })
        asked.on('error', reject)
        asked.on('response', (response) => {
          response.pause()
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            drop: () => asked.destroy(),
            take: () =>
              new Promise((taken, broken) => {
                let bytes = 0
                response.on('data', (part) => {
                  bytes += part.length
                })
                response.on('end', () => taken(bytes))
                response.on('error', broken)
                response.resume()
              }),
          })
          asked.off('error', reject)
          asked.on('error', () => {})
        })
        asked.end()
      },
    )
  /** No page is read any more. */
  async function untilQuiet(): Promise<number> {
    let before = -1
    await untilTrue(async () => {
      const now = pagesRead()
      const isSame = now === before
      before = now
      if (!isSame) await new Promise((resolve) => setTimeout(resolve, 500))
      return isSame
    })
    return before
  }

  test('is read from the database no faster than it is taken', async () => {
    const download = await stalled()
    expect(download.status).toBe(200)
    // What lies in the sockets' buffers was read; the rest was not.
    expect(await untilQuiet()).toBeLessThan(pages / 2)
    expect(await download.take()).toBeGreaterThan(many * 800)
    expect(pagesRead()).toBeGreaterThanOrEqual(pages)
  })

  test('whose reader goes away is read no further, and makes room: four at a time, the fifth is asked to come again', async () => {
    const open = [await stalled(), await stalled(), await stalled(), await stalled()]
    const fifth = await get(path, reader)
    expect([fifth.status, Number(fifth.headers.get('retry-after')) > 0]).toEqual([503, true])
    for (const download of open) download.drop()
    await untilTrue(async () => {
      const { status, body } = await get('/export/audit.csv?action=config.create', reader)
      await body?.cancel()
      return status === 200
    })
    expect(await untilQuiet()).toBeLessThan(pages * 4)
  })
})
