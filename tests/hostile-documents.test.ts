/** Documents and variables made to hurt: refused over HTTP and over sockets, without a statement, in bounded memory. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { heapBytes } from './support/memory.ts'
import { startServer, type TestServer, type TestUser } from './support/server.ts'
import { openSocket } from './support/sockets.ts'
import { isBackground } from './support/statements.ts'

let server: TestServer
let root: TestUser
let heapBefore: number
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
  heapBefore = heapBytes()
})
afterAll(() => server.close())

const repeat = (count: number, text: string | ((index: number) => string)) =>
  Array.from({ length: count }, (_, index) => (typeof text === 'string' ? text : text(index))).join(' ')
const introspectionCircle = (levels: number) =>
  `{ __schema { types { ${'fields { type { '.repeat(levels)} name ${'} } '.repeat(levels)} } } }`

const hostile: readonly (readonly [what: string, query: string, code: string])[] = [
  [
    'twenty levels of configs within versions',
    `{ config(id: "1") { ${'activeVersion { config { '.repeat(10)} id ${'} } '.repeat(10)} } }`,
    'DEPTH_EXCEEDED',
  ],
  ['brackets without end', '{ me { '.repeat(20_000), 'GRAPHQL_PARSE_FAILED'],
  [
    'a list within a list within a list',
    `{ config(id: ${'['.repeat(5_000)} ) { id } }`,
    'GRAPHQL_PARSE_FAILED',
  ],
  ['one field a thousand times', `{ me { ${repeat(1_000, 'id')} } }`, 'FIELDS_EXCEEDED'],
  ['many names for one field', `{ ${repeat(200, (index) => `a${index}: me { id }`)} }`, 'ALIASES_EXCEEDED'],
  [
    'one mutation hundreds of times',
    `mutation { ${repeat(100, (index) => `a${index}: login(input: { email: "a", password: "b" }) { expiresAt }`)} }`,
    'ALIASES_EXCEEDED',
  ],
  ['directives by the hundred', `{ ${repeat(100, 'me @include(if: true) { id }')} }`, 'DIRECTIVES_EXCEEDED'],
  ['directives that nobody knows', `{ me ${repeat(900, '@a')} { id } }`, 'DIRECTIVES_EXCEEDED'],
  [
    'fragments that triple each other',
    `{ config(id: "1") { ...F0 } } ${repeat(
      30,
      (index) => `fragment F${index} on Config { ...F${index + 1} ...F${index + 1} ...F${index + 1} }`,
    )} fragment F30 on Config { id }`,
    'FIELDS_EXCEEDED',
  ],
  [
    'a fragment that holds itself',
    '{ config(id: "1") { ...A } } fragment A on Config { id ...A }',
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'pages within pages within pages',
    '{ configs(first: 100) { edges { node { proxies(first: 100) { edges { node { parentEvents(first: 100) { edges { node { at } } } } } } } } } }',
    'COST_EXCEEDED',
  ],
  [
    'a page of a billion',
    '{ configs(first: 1000000000) { edges { node { proxies(first: 1000000000) { edges { node { id parents { address } } } } } } } }',
    'COST_EXCEEDED',
  ],
  [
    'the schema, many times',
    `{ ${repeat(10, (index) => `a${index}: __schema { types { name } }`)} }`,
    'INTROSPECTIONS_EXCEEDED',
  ],
  ['the schema in circles', introspectionCircle(6), 'GRAPHQL_VALIDATION_FAILED'],
  ['a field that is not there', '{ me { passwordHash } }', 'GRAPHQL_VALIDATION_FAILED'],
  [
    'hundreds of fields that are not there',
    `{ ${repeat(450, (index) => `nothing${index}`)} }`,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['a text without an end', '{ config(id: "', 'GRAPHQL_PARSE_FAILED'],
  ['no GraphQL', "' or 1=1; drop table users; --", 'GRAPHQL_PARSE_FAILED'],
  ['NUL', '{ me { id } }\0', 'GRAPHQL_PARSE_FAILED'],
  ['a name of JavaScript', '{ __proto__ { constructor } }', 'GRAPHQL_VALIDATION_FAILED'],
]

const codeOf = ({ extensions }: { extensions: { code: string; problems?: readonly { code: string }[] } }) =>
  extensions.problems?.[0]?.code ?? extensions.code

describe.each(['HTTP', 'a socket'])('over %s', (way) => {
  test.each(hostile)('%s', async (_what, query, code) => {
    const socket = way === 'HTTP' ? null : openSocket(server, root.accessToken)
    if (socket) await socket.send('{ me { id } }')
    server.database.forgetStatements()
    const { errors, data } = await (socket ?? root).send(query)
    expect([...new Set(errors.map(codeOf))]).toEqual([code])
    expect(data).toBeNull()
    expect(errors.length).toBeLessThanOrEqual(101)
    // One statement asks whether the session is still there.
    expect(server.database.statements.filter((text) => !isBackground(text)).length).toBeLessThanOrEqual(1)
    if (code.endsWith('_EXCEEDED'))
      expect(errors[0]?.message).toMatch(/has \d+ .+; at most \d+ are allowed\.$/)
    expect((await (socket ?? root).send('{ me { id } }')).errors).toEqual([])
    await socket?.close()
  })
})

test('a stranger’s document is not even looked at', async () => {
  const others = hostile.filter(
    ([, query, code]) => code !== 'GRAPHQL_PARSE_FAILED' && !query.includes('login'),
  )
  for (const [, query, code] of others) {
    const { status, errors } = await server.client(null).send(query)
    expect([status, errors[0]?.extensions.code, code]).toEqual([401, 'UNAUTHENTICATED', code])
  }
})

test('how far it went is said with the status 400', async () => {
  const { status, errors } = await root.send(`{ me { ${repeat(1_000, 'id')} } }`)
  expect(status).toBe(400)
  expect(errors[0]?.message).toBe('The operation has 1001 fields; at most 500 are allowed.')
  expect(errors[0]?.extensions.problems).toEqual([
    { path: 'query', code: 'FIELDS_EXCEEDED', message: errors[0]?.message },
  ])
})

describe('variables', () => {
  const config = 'query ($id: ID!) { config(id: $id) { id } }'
  const create = 'mutation ($input: CreateConfigInput!) { createConfig(input: $input) { config { id } } }'
  const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}1${']'.repeat(depth)}`)

  test.each<[what: string, query: string, variables: Record<string, unknown>]>([
    ['an object for an id', config, { id: { $ne: null } }],
    ['a list for an id', config, { id: ['a', 'b'] }],
    ['a thousand lists within each other', config, { id: nested(1_000) }],
    [
      'a field that the input does not have',
      create,
      { input: { name: 'x', isAdmin: true, defaultAction: 'DIRECT' } },
    ],
    ['a number beyond all numbers', 'query ($n: Int!) { configs(first: $n) { totalCount } }', { n: 1e300 }],
    [
      'a word for a number',
      'query ($n: Int!) { configs(first: $n) { totalCount } }',
      { n: '50; drop table users' },
    ],
    ['an enum that is none', create, { input: { name: 'x', defaultAction: 'DIRECT; --' } }],
  ])('%s', async (_what, query, variables) => {
    const { errors } = await root.send(query, variables)
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })

  test.each(['__proto__', 'constructor', 'prototype'])('%s as a key changes no object', async (key) => {
    const body = `{"query":"{ me { id } }","variables":{"${key}":{"polluted":true}},"${key}":{"polluted":true}}`
    const response = await fetch(server.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${root.accessToken}` },
      body,
    })
    expect(response.status).toBeLessThan(500)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    const input = JSON.parse(`{"name":"x","defaultAction":"DIRECT","${key}":{"isAdmin":true}}`)
    const { errors } = await root.send(create, { input })
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined()
  })
})

test('all of this leaves next to nothing behind', () => {
  expect(heapBytes() - heapBefore).toBeLessThan(64 * 1024 * 1024)
})
