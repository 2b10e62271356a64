/** The fleet as a list: every order and its pages, jumps, counts by status, and "all that match". */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { limits } from '../server/core/config-document.ts'
import type { TestAgent } from './support/agents.ts'
import { enrol, enrolmentToken } from './support/agents.ts'
import { approve, changeConfig, newConfig } from './support/calls.ts'
import {
  type Data,
  type GraphqlError,
  startServer,
  type TestServer,
  type TestUser,
} from './support/server.ts'

let server: TestServer
let root: TestUser
const agents = new Map<string, TestAgent>()
const configs = new Map<string, Data>()
const idOf = (name: string) => agents.get(name)?.proxyId ?? ''

/** Named so that the order by hostname is a, b, c …; what else differs is set below. */
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const

beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
  const token = await enrolmentToken(root)
  for (const name of [...names].reverse())
    agents.set(name, await enrol(server, token, `${name}.test.example`))
  const agent = (name: string) => agents.get(name) as TestAgent
  const config = async (label: string, members: readonly string[]) => {
    const made = await newConfig(root, { name: `${label} egress` })
    const proxyIds = members.map(idOf)
    const named = await changeConfig(root, 'setConfigProxies', {
      configId: made.id,
      revision: made.revision,
      proxyIds,
    })
    const submitted = await changeConfig(root, 'submitConfig', { id: named.id, revision: named.revision })
    configs.set(label, await approve(root, submitted))
  }
  // In turn: failed, drifted, in sync, pending, unassigned, never heard; h is retired.
  const versions = { a: '9.2.11', b: '10.1.0', c: '9.2.9', d: '10.2.0', e: 'unheard of' } as const
  for (const [name, version] of Object.entries(versions)) await agent(name).sync(null, version)
  await config('Zulu', ['a', 'b'])
  await config('alpha', ['c', 'd'])
  const offered = async (name: 'a' | 'b' | 'c') => agent(name).sync(null, versions[name])
  const told = async (name: 'a' | 'b' | 'c', outcome: string) => {
    const { hash, sequence } = await offered(name)
    await agent(name).acknowledge({ hash, sequence, outcome, message: 'words' })
    return hash
  }
  await told('a', 'FAILED')
  await told('b', 'APPLIED')
  await agent('b').sync('d'.repeat(64), versions.b)
  await told('c', 'APPLIED')
  await root.get('mutation ($input: RetireProxyInput!) { retireProxy(input: $input) { proxy { id } } }', {
    input: { id: idOf('h') },
  })
})
afterAll(() => server.close())

const page = `edges { cursor node { id hostname status } } pageInfo { hasNextPage endCursor }`
const label = ({ node }: Data): string => node.hostname[0]

async function list(args: string, variables: Record<string, unknown> = {}): Promise<string> {
  const { proxies } = await root.get(`{ proxies(${args}) { ${page} } }`, variables)
  return proxies.edges.map(label).join('')
}

async function refusal(query: string): Promise<GraphqlError['extensions']> {
  const { errors } = await root.send(query)
  if (!errors[0]) throw new Error('it was not refused')
  return errors[0].extensions
}

/** By hand, from the set-up above; ties and proxies without a value by hostname, the latter last both ways. */
const orders: readonly (readonly [string, string, string])[] = [
  ['HOSTNAME', 'abcdefg', 'gfedcba'],
  // FAILED a, DRIFTED b, UNKNOWN f g, PENDING d, IN_SYNC c, UNASSIGNED e
  ['STATUS', 'abfgdce', 'ecdfgba'],
  // alpha: c d, Zulu: a b, none: e f g
  ['CONFIG', 'cdabefg', 'abcdefg'],
  // 9.2.9 c, 9.2.11 a, 10.1.0 b, 10.2.0 d, no number: e f g
  ['ATS_VERSION', 'cabdefg', 'dbacefg'],
  ['ENROLLED_AT', 'gfedcba', 'abcdefg'],
]

describe('an order', () => {
  test.each(orders)('by %s, and the other way round', async (sort, ascending, descending) => {
    expect(await list(`sort: ${sort}`)).toBe(ascending)
    expect(await list(`sort: ${sort}, descending: true`)).toBe(descending)
  })

  test('by LAST_SEEN has those never heard last, both ways', async () => {
    const heard = 'abcde'
    const [up, down] = [await list('sort: LAST_SEEN'), await list('sort: LAST_SEEN, descending: true')]
    for (const order of [up, down]) {
      expect([...order.slice(0, 5)].sort().join('')).toBe(heard)
      expect(order.slice(5)).toBe('fg')
    }
    expect([...down.slice(0, 5)].reverse().join('')).toBe(up.slice(0, 5))
  })

  test.each([...orders.map(([sort]) => sort), 'LAST_SEEN'])(
    'by %s: pages of one and of three follow each other without a gap, both ways',
    async (sort) => {
      for (const descending of [false, true]) {
        const whole = await list(`sort: ${sort}, descending: ${descending}`)
        for (const first of [1, 3]) {
          let [read, after]: [string, string | null] = ['', null]
          do {
            const query = `query ($after: String) { proxies(first: ${first}, after: $after, sort: ${sort},
              descending: ${descending}) { ${page} } }`
            const { proxies }: Data = await root.get(query, { after })
            read += proxies.edges.map(label).join('')
            after = proxies.pageInfo.hasNextPage ? proxies.pageInfo.endCursor : null
          } while (after !== null)
          expect(read).toBe(whole)
        }
      }
    },
  )

  test('a cursor of another order, or of none, is refused', async () => {
    const { proxies } = await root.get(`{ proxies(first: 1, sort: STATUS) { ${page} } }`)
    const { endCursor } = proxies.pageInfo
    const forged = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url')
    const id = idOf('a')
    for (const args of [
      `after: "${endCursor}"`,
      `after: "${endCursor}", sort: STATUS, descending: true`,
      `after: "${endCursor}", sort: LAST_SEEN`,
      'after: "nonsense"',
      `after: "${forged(['status', '=high', 'a', id])}", sort: STATUS`,
      `after: "${forged(['ats_version', '={9,,2}', 'a', id])}", sort: ATS_VERSION`,
      `after: "${forged(['last_seen', '=now()', 'a', id])}", sort: LAST_SEEN`,
      `after: "${forged(['hostname', '=a\0', 'a', id])}"`,
      `after: "${forged(['hostname', '=a', 'a', 'no id'])}"`,
    ]) {
      const { code, problems } = await refusal(`{ proxies(${args}) { ${page} } }`)
      expect([args, code, problems]).toEqual([
        args,
        'BAD_USER_INPUT',
        [expect.objectContaining({ path: 'after', code: 'CURSOR_MALFORMED' })],
      ])
    }
    expect(await list(`after: "${endCursor}", sort: STATUS`)).toBe('bfgdce')
  })
})

describe('a jump', () => {
  test('skips rows of whatever order, and a cursor goes on from there', async () => {
    expect(await list('offset: 2, first: 2, sort: STATUS')).toBe('fg')
    const { proxies } = await root.get(
      `{ proxies(offset: 2, first: 2, sort: STATUS) { ${page} totalCount } }`,
    )
    expect(proxies.totalCount).toBe(7)
    expect(await list(`after: "${proxies.pageInfo.endCursor}", sort: STATUS`)).toBe('dce')
    expect(await list('offset: 100000')).toBe('')
  })

  test.each([
    ['offset: -1', 'OUT_OF_RANGE'],
    ['offset: 100001', 'OUT_OF_RANGE'],
  ])('%s is refused', async (args, code) => {
    const { problems } = await refusal(`{ proxies(${args}) { ${page} } }`)
    expect(problems).toEqual([expect.objectContaining({ path: 'offset', code })])
  })

  test('with a cursor is refused', async () => {
    const { proxies } = await root.get(`{ proxies(first: 1) { ${page} } }`)
    const args = `offset: 1, after: "${proxies.pageInfo.endCursor}"`
    const { problems } = await refusal(`{ proxies(${args}) { ${page} } }`)
    expect(problems).toEqual([expect.objectContaining({ path: 'offset', code: 'OFFSET_AND_AFTER' })])
  })
})

describe('a filter', () => {
  test('by the config that each should run now, whatever its working copy names', async () => {
    const zulu = configs.get('Zulu')
    expect(await list(`runsConfigId: "${zulu.id}"`)).toBe('ab')
    const edited = await changeConfig(root, 'setConfigProxies', {
      configId: zulu.id,
      revision: zulu.revision,
      proxyIds: [idOf('b'), idOf('e')],
    })
    configs.set('Zulu', edited)
    expect(await list(`runsConfigId: "${zulu.id}"`)).toBe('ab')
    expect(await list(`configId: "${zulu.id}"`)).toBe('be')
    expect(await list(`configId: "${zulu.id}", runsConfigId: "${zulu.id}"`)).toBe('b')
    const { config } = await root.get('query ($id: ID!) { config(id: $id) { proxyIds } }', { id: zulu.id })
    expect([...config.proxyIds].sort()).toEqual([idOf('b'), idOf('e')].sort())
  })

  test('by the ATS generation, together with any other', async () => {
    expect(await list('atsGeneration: ATS_9_2')).toBe('ac')
    expect(await list('atsGeneration: ATS_9_2, status: FAILED')).toBe('a')
    expect(await list('atsGeneration: ATS_10_0')).toBe('')
    expect(await list('search: "C.test", status: IN_SYNC')).toBe('c')
    expect(await list('runsConfigId: "nonsense"')).toBe('')
  })
})

describe('counts', () => {
  const counted = async (args = ''): Promise<readonly (readonly [string, number])[]> =>
    (await root.get(`{ proxyCounts${args} { status count } }`)).proxyCounts.map((each: Data) => [
      each.status,
      each.count,
    ])

  test('every status is listed, by urgency, with what a list of it holds', async () => {
    const counts = await counted()
    expect(counts).toEqual([
      ['FAILED', 1],
      ['DRIFTED', 1],
      ['UNKNOWN', 2],
      ['PENDING', 1],
      ['IN_SYNC', 1],
      ['UNASSIGNED', 1],
      ['RETIRED', 1],
    ])
    for (const [status, count] of counts) {
      const { proxies } = await root.get(`{ proxies(status: ${status}) { totalCount } }`)
      expect([status, proxies.totalCount]).toEqual([status, count])
    }
  })

  test('of what matches, in one statement', async () => {
    expect(await counted('(search: "nobody")')).toEqual((await counted()).map(([status]) => [status, 0]))
    const counts = new Map(await counted(`(runsConfigId: "${configs.get('alpha').id}")`))
    expect([counts.get('IN_SYNC'), counts.get('PENDING'), counts.get('FAILED')]).toEqual([1, 1, 0])
    server.database.forgetStatements()
    await counted('(atsGeneration: ATS_9_2)')
    const counting = server.database.statements.filter((text) => text.includes('count('))
    expect(counting).toHaveLength(1)
  })
})

describe('all that match', () => {
  test('come as ids, without the retired unless asked for', async () => {
    const ids = async (args = ''): Promise<string[]> => (await root.get(`{ proxyIds${args} }`)).proxyIds
    expect(await ids()).toEqual([...'abcdefg'].map(idOf))
    expect(await ids('(status: RETIRED)')).toEqual([idOf('h')])
    expect(await ids('(search: "b.test", atsGeneration: ATS_10_1)')).toEqual([idOf('b')])
  })

  test('more than a config may name are refused, with the limit in the words', async () => {
    await server.database.sql.begin(async (tx) => {
      const nonce = crypto.randomUUID()
      await tx`select set_config('apm.nonce', ${nonce}, true)`
      await tx`insert into proxies (hostname, public_key)
        select 'bulk-' || n || '.test.example', 'none' from generate_series(1, ${limits.proxiesPerConfig}) n`
      await tx`insert into audit_logs (at, action, actor_kind, actor_name, entity_kind, entity_name, address, channel, request_id, nonce)
        values (now(), 'proxy.enrol', 'system', 'test', 'proxy', 'bulk', 'local', 'system', 'bulk', ${nonce})`
    })
    const { code, problems } = await refusal('{ proxyIds }')
    expect([code, problems]).toEqual([
      'BAD_USER_INPUT',
      [expect.objectContaining({ code: 'TOO_MANY', message: expect.stringContaining('20000') })],
    ])
    const { proxyIds } = await root.get('{ proxyIds(search: "bulk-") }')
    expect(proxyIds).toHaveLength(limits.proxiesPerConfig)
  })
})
