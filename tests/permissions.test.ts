/** Who may do what: every operation of the schema against every kind of caller; written by hand from the role table. */
import type { GraphQLObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildApiSchema } from '../server/graphql/schema.ts'
import type { TestAgent } from './support/agents.ts'
import {
  type Call,
  mutationCalls,
  newAgent,
  newApiToken,
  newConfig,
  queryCalls,
  type World,
} from './support/calls.ts'
import { type ApiClient, startServer, type TestServer, type TestUser } from './support/server.ts'
import { openSocket, type TestSocket } from './support/sockets.ts'
import { isBackground } from './support/statements.ts'
import { untilTrue } from './support/until.ts'

const callers = [
  'root',
  'admin',
  'regular',
  'read token',
  'author token',
  'approve token',
  'operate token',
  'other configs token',
  'agent',
  'anonymous',
] as const
type Caller = (typeof callers)[number]

/**
 * Who is let in; of the rest, `anonymous` is UNAUTHENTICATED, the others FORBIDDEN. The tokens are an admin's; the one
 * for other configs has READ, AUTHOR and APPROVE, for none of the configs that are asked about.
 */
const people = [
  'root',
  'admin',
  'regular',
  'read token',
  'author token',
  'approve token',
  'operate token',
  'other configs token',
] as const
const readers = ['root', 'admin', 'regular', 'read token', 'other configs token'] as const
const authors = ['root', 'admin', 'author token'] as const
const operators = ['root', 'admin', 'operate token'] as const
const administrators = ['root', 'admin'] as const
const approvers = ['root', 'admin', 'approve token'] as const
const agents = ['agent'] as const
const everybody = callers
const sessions = ['root', 'admin', 'regular'] as const

const table: Readonly<Record<string, readonly Caller[]>> = {
  'Query.me': people,
  'Query.users': administrators,
  'Query.sessions': sessions,
  'Query.secondFactor': sessions,
  'Query.apiTokens': people,
  'Query.settings': readers,
  'Query.compareRoutes': readers,
  'Query.config': readers,
  'Query.configs': readers,
  'Query.explainRoute': readers,
  'Query.explainRoutes': readers,
  'Query.configVersion': readers,
  'Query.proxy': readers,
  'Query.proxies': readers,
  'Query.proxyCounts': readers,
  'Query.proxyIds': readers,
  'Query.parentHosts': readers,
  'Query.fleetStats': readers,
  'Query.enrolmentTokens': readers,
  'Query.auditEntries': readers,
  'Mutation.createConfig': authors,
  'Mutation.updateConfig': authors,
  'Mutation.editRules': authors,
  'Mutation.setConfigProxies': authors,
  'Mutation.submitConfig': authors,
  'Mutation.restoreVersion': authors,
  'Mutation.cloneConfig': authors,
  'Mutation.importConfigFiles': authors,
  'Mutation.retireConfig': authors,
  'Mutation.approveConfig': approvers,
  'Mutation.rejectConfig': approvers,
  'Mutation.retireProxy': operators,
  'Mutation.retryProxy': operators,
  'Mutation.takeOutParent': operators,
  'Mutation.bringBackParent': operators,
  'Mutation.startLogCapture': operators,
  'Mutation.stopLogCapture': operators,
  'Mutation.exportLogLines': readers,
  'Mutation.deleteLogLines': operators,
  'Mutation.createEnrolmentToken': operators,
  'Mutation.revokeEnrolmentToken': operators,
  'Mutation.createApiToken': administrators,
  'Mutation.revokeApiToken': administrators,
  'Mutation.createUser': administrators,
  'Mutation.changeUserRole': administrators,
  'Mutation.disableUser': administrators,
  'Mutation.enableUser': administrators,
  'Mutation.createPasswordLink': administrators,
  'Mutation.choosePassword': everybody,
  'Mutation.endSession': administrators,
  'Mutation.confirmIdentity': sessions,
  'Mutation.startSecondFactor': sessions,
  'Mutation.enableSecondFactor': sessions,
  'Mutation.renewRecoveryCodes': sessions,
  'Mutation.disableSecondFactor': sessions,
  'Mutation.resetSecondFactor': administrators,
  'Mutation.updateSettings': ['root'],
  'Mutation.sync': agents,
  'Mutation.acknowledgeSync': agents,
  'Mutation.reportFiles': agents,
  'Mutation.reportParents': agents,
  'Mutation.reportHost': agents,
  'Mutation.reportLogLines': agents,
  'Mutation.reportStats': agents,
  'Mutation.enrolAgent': everybody,
  'Mutation.login': everybody,
  'Mutation.beacon': sessions,
  'Mutation.logout': everybody,
  'Mutation.changePassword': sessions,
  'Subscription.changes': readers,
  'Subscription.fleetStatsChanged': readers,
  'Subscription.logLines': readers,
  'Subscription.nudges': agents,
}
/** A beacon of somebody without a session has nothing to keep alive: log in first. */
const unauthenticatedInstead: ReadonlySet<string> = new Set(['Mutation.beacon'])

let server: TestServer
let users: Record<'root' | 'admin' | 'regular', TestUser>
let tokens: Record<Exclude<Caller, 'agent'>, string | null>
let agent: TestAgent
beforeAll(async () => {
  server = await startServer()
  const [root, admin, regular] = [
    await server.user('root'),
    await server.user('admin'),
    await server.user('regular'),
  ]
  users = { root, admin, regular }
  const token = async (scope: string): Promise<string> => (await newApiToken(admin, [scope])).token
  const tokenFor = async (configIds: readonly string[]): Promise<string> =>
    (await newApiToken(admin, ['READ', 'AUTHOR', 'APPROVE'], configIds)).token
  tokens = {
    root: root.accessToken,
    admin: admin.accessToken,
    regular: regular.accessToken,
    'read token': await token('READ'),
    'author token': await token('AUTHOR'),
    'approve token': await token('APPROVE'),
    'operate token': await token('OPERATE'),
    'other configs token': await tokenFor([(await newConfig(admin)).id]),
    anonymous: null,
  }
  agent = await newAgent({ server, root })
})
afterAll(() => server.close())

const tokenOf = (caller: Caller) => (caller === 'agent' ? agent.token() : tokens[caller])
const ownerOf = (caller: Caller): ApiClient => (caller.endsWith('token') ? users.admin : users.root)
const worldOf = (caller: Caller) => ({
  server,
  root: users.root,
  owner: caller === 'admin' ? users.admin : ownerOf(caller),
  self: server.client(tokenOf(caller)),
  password: users[caller === 'root' || caller === 'regular' ? caller : 'admin'].password,
  agent,
})

function expected(operation: string, caller: Caller): string {
  if (table[operation]?.includes(caller)) return 'allowed'
  return caller === 'anonymous' || unauthenticatedInstead.has(operation) ? 'UNAUTHENTICATED' : 'FORBIDDEN'
}

describe('every operation of the schema is in the table, and the table holds nothing else', () => {
  test('a new operation needs a row here', async () => {
    const schema = await buildApiSchema()
    const named = (type: GraphQLObjectType | null | undefined) =>
      Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name}.${field}`)
    const operations = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
    expect(Object.keys(table).sort()).toEqual(operations.flatMap(named).sort())
  })
})

/** Password and second factor are known to the other calls, and logging out ends the callers' sessions: they come last. */
const atLast = [
  'Mutation.startSecondFactor',
  'Mutation.enableSecondFactor',
  'Mutation.renewRecoveryCodes',
  'Mutation.disableSecondFactor',
  'Mutation.changePassword',
  'Mutation.logout',
]
const overHttp = Object.keys(table).filter(
  (operation) => !operation.startsWith('Subscription.') && !atLast.includes(operation),
)

describe('over HTTP', () => {
  test.each(overHttp)('%s', (operation) => expectTable(operation))
})

function preparationOf(operation: string): (world: World) => Promise<Call> {
  const [kind, name = ''] = operation.split('.')
  const prepare = (kind === 'Query' ? queryCalls : mutationCalls)[name]
  if (!prepare) throw new Error(`tests/support/calls.ts has no call of ${operation}`)
  return prepare
}

async function expectTable(operation: string): Promise<void> {
  const prepare = preparationOf(operation)
  const outcomes: Record<string, unknown> = {}
  const wanted: Record<string, unknown> = {}
  for (const caller of callers) {
    const { query, variables } = await prepare(worldOf(caller))
    const { status, errors } = await server.client(tokenOf(caller)).send(query, variables)
    const outcome = errors[0]?.extensions.code ?? 'allowed'
    outcomes[caller] = [outcome, status]
    wanted[caller] = [
      expected(operation, caller),
      expected(operation, caller) === 'UNAUTHENTICATED' ? 401 : 200,
    ]
  }
  expect(outcomes).toEqual(wanted)
}

describe('over a socket, where nobody is without a token', () => {
  const sockets = new Map<Caller, TestSocket>()
  beforeAll(() => {
    for (const caller of callers.filter((each) => each !== 'anonymous')) {
      sockets.set(caller, openSocket(server, tokenOf(caller)))
    }
  })
  afterAll(() => Promise.all([...sockets.values()].map((socket) => socket.close())))

  test.each(overHttp)('%s', async (operation) => {
    const prepare = preparationOf(operation)
    const outcomes: Record<string, unknown> = {}
    const wanted: Record<string, unknown> = {}
    for (const [caller, socket] of sockets) {
      const { query, variables } = await prepare(worldOf(caller))
      outcomes[caller] = (await socket.send(query, variables)).errors[0]?.extensions.code ?? 'allowed'
      wanted[caller] = expected(operation, caller)
    }
    expect(outcomes).toEqual(wanted)
  })
})

describe('an API token for given configs', () => {
  const steps = Object.keys(table).filter(
    (operation) => table[operation] === authors || table[operation] === approvers,
  )
  const making = ['Mutation.createConfig', 'Mutation.cloneConfig', 'Mutation.importConfigFiles']

  test.each(steps)('%s', async (operation) => {
    const { query, variables = {} } = await preparationOf(operation)(worldOf('admin'))
    const input = variables.input as Readonly<Record<string, string | undefined>>
    const ofVersion = 'query ($id: ID!) { configVersion(id: $id) { config { id } } }'
    const configId =
      input.configId ??
      input.id ??
      (input.versionId &&
        (await users.root.get(ofVersion, { id: input.versionId })).configVersion.config.id) ??
      (await newConfig(users.admin)).id
    const { token } = await newApiToken(users.admin, ['AUTHOR', 'APPROVE'], [configId])
    const socket = openSocket(server, token)
    const { errors } = await socket.send(query, variables)
    await socket.close()
    expect(errors[0]?.extensions.code ?? 'allowed').toBe(making.includes(operation) ? 'FORBIDDEN' : 'allowed')
  })
})

describe('subscriptions', () => {
  test.each([
    ['Subscription.changes', (): string => 'changes { kind id }'],
    ['Subscription.fleetStatsChanged', (): string => 'fleetStatsChanged { rolledUpTo }'],
    ['Subscription.logLines', (): string => `logLines(proxyId: "${agent.proxyId}", last: 1) { dropped }`],
    ['Subscription.nudges', (): string => 'nudges { at }'],
  ] as const)('%s', async (operation, selected) => {
    await agent.reportLogLines([{ epoch: 1, offset: 1, source: 'ACCESS', text: 'a line' }])
    for (const caller of callers) {
      const socket = openSocket(server, tokenOf(caller))
      const stream = socket.subscribe(`subscription { ${selected()} }`)
      if (caller === 'anonymous') {
        expect(await socket.closed).toBe(4401)
        continue
      }
      await untilTrue(async () => {
        await newConfig(users.root)
        return stream.received.length > 0 || stream.errors.length > 0
      })
      const outcome = stream.errors[0]?.extensions.code ?? 'allowed'
      expect([caller, outcome]).toEqual([caller, expected(operation, caller)])
      await socket.close()
    }
  })
})

describe('without a token, everything but logging in and enrolling is 401', () => {
  /** Of the first user that beforeAll makes: it would open a session, if it were let through. */
  const login =
    'login(input: { email: "root1@test.example", password: "password of root1@test.example" }) { expiresAt }'

  test.each([
    ['a query', '{ configs { totalCount } }'],
    ['introspection', '{ __schema { queryType { name } } }'],
    ['the name of a type', '{ __typename }'],
    ['a query named like a public mutation', 'query login { me { id } }'],
    [
      'an alias of a public name',
      'mutation { login: createConfig(input: { name: "x", defaultAction: DIRECT }) { config { id } } }',
    ],
    [
      'a public field beside a private one',
      `mutation { ${login} createConfig(input: { name: "x", defaultAction: DIRECT }) { config { id } } }`,
    ],
    [
      'a fragment at the top',
      `mutation { ...F } fragment F on Mutation { createConfig(input: { name: "x", defaultAction: DIRECT }) { config { id } } }`,
    ],
    ['a public field in a fragment', `mutation { ...F } fragment F on Mutation { ${login} }`],
    [
      'an inline fragment at the top',
      `mutation { ... on Mutation { createConfig(input: { name: "x", defaultAction: DIRECT }) { config { id } } } }`,
    ],
    ['a public field beside a fragment', `mutation { ${login} ... on Mutation { logout { ended } } }`],
    ['a beacon without a cookie', 'mutation { beacon { status } }'],
  ])('%s', async (_what, query) => {
    const before = server.database.statements.length
    const { status, errors, data } = await server.client(null).send(query)
    expect([status, errors[0]?.extensions.code, data?.login ?? null]).toEqual([401, 'UNAUTHENTICATED', null])
    const sent = server.database.statements.slice(before).filter((text) => !isBackground(text))
    expect(sent.filter((text) => /insert|update/i.test(text))).toEqual([])
  })

  test('the operation that runs counts, not the one that stands first', async () => {
    const query = `mutation Public { ${login} } query Private { configs { totalCount } }`
    const response = await fetch(server.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, operationName: 'Private' }),
    })
    expect(response.status).toBe(401)
  })

  test('GET, too; and a mutation by GET is refused even with a token', async () => {
    const get = (query: string, token: string | null) =>
      fetch(`${server.graphqlUrl}?query=${encodeURIComponent(query)}`, {
        headers: {
          'apollo-require-preflight': '1',
          ...(token !== null && { authorization: `Bearer ${token}` }),
        },
      })
    const anonymous = await get('{ configs { totalCount } }', null)
    expect(anonymous.status).toBe(401)
    expect(((await anonymous.json()) as Answered).errors[0]?.extensions.code).toBe('UNAUTHENTICATED')
    expect((await get('{ configs { totalCount } }', users.root.accessToken)).status).toBe(200)
    expect((await get('mutation { logout { ended } }', users.root.accessToken)).status).toBe(405)
    expect((await users.root.get('{ me { id } }')).me.id).toBe(users.root.id)
  })

  test('a page of another origin can’t send a request without a preflight', async () => {
    const response = await fetch(server.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', authorization: `Bearer ${users.root.accessToken}` },
      body: JSON.stringify({ query: 'mutation { logout { ended } }' }),
    })
    expect(response.status).toBe(400)
    expect((await users.root.get('{ me { id } }')).me.id).toBe(users.root.id)
  })

  test('a batch of documents runs nothing', async () => {
    const response = await fetch(server.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ query: `mutation { ${login} }` }, { query: '{ configs { totalCount } }' }]),
    })
    expect(response.status).toBe(400)
    expect(await response.json()).not.toHaveProperty('data')
  })

  test('a token that is no token is 401 with the same code', async () => {
    for (const token of ['nonsense-nonsense', 'apm_api_unknown', 'a.b.c', `${users.root.accessToken}x`]) {
      const { status, errors } = await server.client(token).send('{ me { id } }')
      expect([token, status, errors[0]?.extensions.code]).toEqual([token, 401, 'UNAUTHENTICATED'])
    }
    const basic = await server.client(null).send('{ me { id } }', {}, { authorization: 'Basic eDp5' })
    expect(basic.status).toBe(401)
  })
})

describe('at last', () => {
  test.each(atLast)('%s', (operation) => expectTable(operation))
})

interface Answered {
  readonly errors: readonly { readonly extensions: { readonly code: string } }[]
}
