/** SQL, templates and their like in every text that the API takes; and secrets, which must come up nowhere again. */
import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
} from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectOwner } from '../server/database/connect.ts'
import { buildApiSchema } from '../server/graphql/schema.ts'
import type { TestAgent } from './support/agents.ts'
import { type Call, mutationCalls, newAgent, queryCalls, startCapture, type World } from './support/calls.ts'
import { textPlaces, withText } from './support/hostile-inputs.ts'
import { type Answer, type ApiClient, startServer, type TestServer, type TestUser } from './support/server.ts'

let server: TestServer
let schema: GraphQLSchema
let root: TestUser
let caller: TestUser
let agent: TestAgent
let world: World
beforeAll(async () => {
  schema = await buildApiSchema()
  server = await startServer()
  root = await server.user('root')
  caller = await server.user('root')
  agent = await newAgent({ server, root })
  world = { server, root, owner: caller, self: caller, password: caller.password, agent }
})
afterAll(() => server.close())

const hostileTexts = [
  `'; drop table users cascade; select pg_sleep(30); -- "); $$ \\'`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what others would take for a template.
  '${7*7} {{7*7}} <%= 7*7 %> #{7*7} %s%n%x <script>alert(1)</script> $(id) `id` ../../../etc/passwd',
  '=HYPERLINK("http://evil.example")\u0000\u0007\u001b[2J\r\nset-cookie: a=b\ud800\u202e__proto__',
] as const

/** What an agent calls, as an agent; each of these ends a session or a password that later calls need. */
const ofAgents = new Set([
  'sync',
  'acknowledgeSync',
  'reportFiles',
  'reportParents',
  'reportHost',
  'reportLogLines',
  'reportStats',
])
const clientOf = (name: string): ApiClient => (ofAgents.has(name) ? agent.client() : caller)

/** A refusal, or done; never a fault, and no word about how we are made. */
function expectInert({ errors, status }: Answer, what: unknown): void {
  expect([what, status < 500]).toEqual([what, true])
  for (const { message, extensions } of errors) {
    expect([what, extensions.code]).not.toEqual([what, 'INTERNAL_SERVER_ERROR'])
    expect([what, extensions.code]).not.toEqual([what, 'UNAVAILABLE'])
    expect(message).not.toMatch(/Failed query|syntax error at|invalid input syntax|violates|node_modules/i)
  }
}

async function census(): Promise<Record<string, unknown>> {
  const [row] = await server.database.sql`select
    (select count(*)::int from users where is_active) as people,
    (select count(*)::int from information_schema.tables where table_schema = 'public') as tables,
    (select count(*)::int from users where role = 'root') as roots,
    (select password_hash from users where id = ${caller.id}) as password`
  return row ?? {}
}

describe('in every text of every mutation', () => {
  test.each(Object.keys(mutationCalls))('%s', async (name) => {
    const argument = schema.getMutationType()?.getFields()[name]?.args[0]
    if (!argument) return
    const prepare = mutationCalls[name]
    if (!prepare) throw new Error(name)
    let call: Call = await prepare(world)
    const places = textPlaces(schema, argument.type, call.variables?.input)
    expect([name, places.length > 0 || !hasTexts(argument.type)]).toEqual([name, true])
    for (const { path } of places) {
      for (const text of hostileTexts) {
        const before = await census()
        const input = withText(call.variables?.input, path, text)
        const answer = await clientOf(name).send(call.query, { input })
        expectInert(answer, [name, path.join('.'), text])
        expect(({} as Record<string, unknown>).polluted).toBeUndefined()
        const after = await census()
        expect(after.tables).toBe(before.tables)
        if (!isAboutPeople(name)) expect(after).toEqual(before)
        // What was taken has used the call up.
        if (answer.errors.length === 0) {
          remember(name, input)
          call = await prepare(world)
        }
      }
    }
    expect((await caller.get('{ me { id } }')).me.id).toBe(caller.id)
  })
})

/** A password may be anything: then it is what later calls need. */
function remember(name: string, input: unknown): void {
  if (name !== 'changePassword') return
  world = { ...world, password: String((input as { newPassword: unknown }).newPassword) }
}
const isAboutPeople = (name: string) => /user|password/i.test(name)
function hasTexts(type: GraphQLInputType): boolean {
  const named = getNamedType(type)
  return (
    isInputObjectType(named) &&
    Object.values(named.getFields()).some((field) => /String|ID/.test(String(field.type)))
  )
}

describe('in every text of every query', () => {
  test.each(Object.keys(queryCalls))('%s', async (name) => {
    const field = schema.getQueryType()?.getFields()[name]
    const prepare = queryCalls[name]
    if (!field || !prepare) throw new Error(name)
    const good = await prepare(world)
    for (const argument of field.args) {
      for (const { path } of textPlaces(schema, argument.type, good.variables?.[argument.name])) {
        for (const text of hostileTexts) {
          const value = withText(good.variables?.[argument.name], path, text)
          const { query, variables } = withArgument(good, name, argument.name, String(argument.type), value)
          expectInert(await caller.send(query, variables), [name, argument.name, path.join('.'), text])
        }
      }
    }
  })
})

/** The same query with one more argument, if it hasn't got it yet. */
function withArgument(
  { query, variables = {} }: Call,
  field: string,
  name: string,
  type: string,
  value: unknown,
): Call {
  const all = { ...variables, [name]: value }
  if (name in variables) return { query, variables: all }
  const declared = `$${name}: ${type}`
  const given = `${name}: $${name}`
  const withVariable = /^query \(/.test(query)
    ? query.replace('query (', `query (${declared}, `)
    : `query (${declared}) ${query}`
  const called = new RegExp(`(\\{ ${field})(\\(([^)]*)\\))?`)
  return {
    query: withVariable.replace(
      called,
      (_all, head, _list, inner) => `${head}(${inner ? `${inner}, ` : ''}${given})`,
    ),
    variables: all,
  }
}

test('what was taken is kept as it was written, and shown as it was written', async () => {
  const name = `Robert'); drop table users;-- ${'{{7*7}}'}`
  const { createConfig } = await caller.get(
    'mutation ($input: CreateConfigInput!) { createConfig(input: $input) { config { id name } } }',
    { input: { name, defaultAction: 'DIRECT' } },
  )
  expect(createConfig.config.name).toBe(name)
  const { configs } = await caller.get(
    'query ($search: String) { configs(search: $search) { edges { node { name } } } }',
    {
      search: name,
    },
  )
  expect(configs.edges).toEqual([{ node: { name } }])
  const all = await caller.get('{ configs(search: "%%") { totalCount } }')
  expect(all.configs.totalCount).toBe(0)
})

describe('a secret comes up nowhere again', () => {
  const canary = 'canary-7f3a9c51'
  const secretName = /password|token|secret|code$/i
  /** Where files are taken. */
  const doors = ['/export/audit.csv', '/export/audit.json']
  const keptLine = { epoch: 1, offset: 10, source: 'ACCESS', text: 'a line that is kept' }

  /** Everything that can be read afterwards: the log, the trail, whatever the database holds, and answers. */
  async function everythingKept(): Promise<string> {
    const owner = connectOwner(server.database.owner)
    try {
      const tables =
        await owner`select table_name as name from information_schema.tables where table_schema = 'public'`
      const rows = await Promise.all(tables.map(({ name }) => owner`select * from ${owner(name)} t`))
      return JSON.stringify([server.logged, rows])
    } finally {
      await owner.end()
    }
  }

  /** Everything that can be taken along as a file: the trail in both forms, and a proxy's captured lines. */
  async function everythingExported(): Promise<string> {
    const authorization = `Bearer ${caller.accessToken}`
    const trails = await Promise.all(
      doors.map(async (path) => (await fetch(`${server.url}${path}`, { headers: { authorization } })).text()),
    )
    const { exportLogLines } = await caller.get(
      `mutation ($input: ExportLogLinesInput!) { exportLogLines(input: $input) { edges {
        node { epoch offset at source text transaction client method url host ruleLine parent status gap lost }
      } } }`,
      { input: { proxyId: agent.proxyId } },
    )
    const lines = JSON.stringify(exportLogLines)
    // What holds nothing would show nothing.
    for (const trail of trails) expect(trail).toContain('user.change_password')
    expect(lines).toContain(keptLine.text)
    return [...trails, lines].join('\n')
  }

  test('in every field that takes one, right or wrong, and in every header', async () => {
    const answers: string[] = []
    let planted = 0
    for (const [name, prepare] of Object.entries(mutationCalls)) {
      const argument = schema.getMutationType()?.getFields()[name]?.args[0]
      if (!argument) continue
      const call = await prepare(world)
      for (const { path } of textPlaces(schema, argument.type, call.variables?.input)) {
        if (!secretName.test(String(path.at(-1)))) continue
        planted += 1
        const input = withText(call.variables?.input, path, `${canary} ${name} ${path.join('.')}`)
        answers.push(JSON.stringify((await server.client(null).send(call.query, { input })).errors))
        const answer = await caller.send(call.query, { input })
        answers.push(JSON.stringify(answer.errors))
        if (answer.errors.length === 0) remember(name, input)
      }
    }
    expect(planted).toBeGreaterThanOrEqual(7)
    const headers = {
      authorization: `Bearer ${canary}`,
      cookie: `apm_session_${server.instanceId.slice(0, 8)}=${canary}`,
      'proxy-authorization': canary,
      'x-api-key': canary,
      referer: `http://x/?token=${canary}`,
    }
    answers.push(JSON.stringify(await server.client(null).send('{ me { id } }', {}, headers)))
    await fetch(`${server.url}/graphql?token=${canary}&query=%7B`, {
      headers: { 'apollo-require-preflight': '1' },
    })
    for (const path of ['/metrics', ...doors]) {
      for (const authorization of [`Bearer ${canary}`, `Bearer ${caller.accessToken}`, canary]) {
        const asked = `${server.url}${path}?token=${canary}`
        answers.push(await (await fetch(asked, { headers: { ...headers, authorization } })).text())
      }
    }
    await startCapture(root, { proxyId: agent.proxyId })
    await agent.reportLogLines([keptLine])
    answers.push(await everythingExported())
    expect(answers.join('\n')).not.toContain(canary)
    expect(await everythingKept()).not.toContain(canary)
  })

  test('when something breaks in the middle of it, the log says what broke, and nothing of what was typed', async () => {
    const owner = connectOwner(server.database.owner)
    await owner`revoke select, insert, update on users, sessions, enrolment_tokens from apm_app`
    try {
      for (const name of ['login', 'choosePassword', 'enrolAgent']) {
        const argument = schema.getMutationType()?.getFields()[name]?.args[0]
        if (!argument) throw new Error(name)
        const fields = Object.keys((getNamedType(argument.type) as GraphQLInputObjectType).getFields())
        const input = Object.fromEntries(fields.map((field) => [field, `${canary}-${field}`]))
        const query = `mutation ($input: ${String(argument.type)}) { ${name}(input: $input) { __typename } }`
        const { errors } = await server.client(null).send(query, { input })
        expect([name, errors[0]?.extensions.code]).toEqual([name, 'INTERNAL_SERVER_ERROR'])
        expect(JSON.stringify(errors)).not.toMatch(/permission|select|canary/)
        const line = server.logged.find((each) => each.includes(errors[0]?.extensions.referenceId ?? 'none'))
        expect(line).toContain('permission denied')
      }
    } finally {
      await owner`grant select, insert, update on users, sessions, enrolment_tokens to apm_app`
      await owner.end()
    }
    expect(server.logged.join('\n')).not.toContain(canary)
  })
})
