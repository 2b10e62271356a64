/** docs/approve-by-script.mjs as integrators run it: a program of its own against the real server. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { acknowledgeMutation, enrol, enrolmentToken, syncMutation, type TestAgent } from './support/agents.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'

const script = fileURLToPath(new URL('../docs/approve-by-script.mjs', import.meta.url))

let server: TestServer
let admin: TestUser
beforeAll(async () => {
  server = await startServer()
  admin = await server.user('admin')
})
afterAll(() => server.close())

interface Run {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

function runScript(settings: Record<string, string>): Promise<Run> {
  const env = {
    APM_GRAPHQL_URL: server.graphqlUrl,
    APM_PARENTS: '10.96.215.26:3128, 10.253.16.93:3128',
    APM_DIRECT_DOMAIN: 'corp.example',
    APM_WAIT_SECONDS: '20',
    ...settings,
  }
  return new Promise((resolve) => {
    execFile(process.execPath, [script], { env, timeout: 25_000 }, (error, stdout, stderr) => {
      const exitCode = typeof error?.code === 'number' ? error.code : error ? -1 : 0
      resolve({ exitCode, stdout, stderr })
    })
  })
}

async function apiToken(scopes: readonly string[]): Promise<string> {
  const input = { name: 'script', scopes, expiresAt: new Date(Date.now() + 3_600_000).toISOString() }
  const { createApiToken } = await admin.get(
    'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { token } }',
    { input },
  )
  return createApiToken.token
}
const fullToken = () => apiToken(['READ', 'AUTHOR', 'APPROVE', 'OPERATE'])

let serial = 0
async function newAgent(): Promise<TestAgent> {
  const agent = await enrol(server, await enrolmentToken(admin), `edge-${++serial}.test.example`)
  await agent.sync(null)
  return agent
}

/** Polls as an agent does until it gets an offer, and answers it; resolves with the offer, rejects after 20 s. */
async function answerNextOffer(agent: TestAgent, running: string | null, answer: Data): Promise<Data> {
  const input = { hostname: agent.hostname, hash: running, atsVersion: '9.2.9', agentVersion: 'test' }
  for (const endsAt = Date.now() + 20_000; Date.now() < endsAt; ) {
    const { sync } = await agent.client().get(syncMutation, { input })
    if (!sync.upToDate) {
      const { hash, sequence } = sync
      await agent.client().get(acknowledgeMutation, { input: { hash, sequence, message: '', ...answer } })
      return sync
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${agent.hostname} got no offer`)
}

async function configNamed(name: string): Promise<Data> {
  const { configs } = await admin.get(
    `query ($name: String) { configs(search: $name) { edges { node { id revision status configHash
       rules { value action } parentProxies { host port priority }
       activeVersion { number configHash } proxies { edges { node { hostname } } } } } } }`,
    { name },
  )
  return configs.edges[0]?.node ?? null
}

test('from nothing to in sync, then an update of the same config that keeps its other proxies', async () => {
  const [first, second] = [await newAgent(), await newAgent()]
  const settings = { APM_TOKEN: await fullToken(), APM_CONFIG: 'by-script' }
  const [made, offer] = await Promise.all([
    runScript({ ...settings, APM_PROXY: first.hostname.toUpperCase() }),
    answerNextOffer(first, null, { outcome: 'APPLIED' }),
  ])
  expect(made).toMatchObject({ exitCode: 0, stderr: '' })
  const config = await configNamed('by-script')
  expect(config).toMatchObject({
    status: 'ACTIVE',
    rules: [{ value: 'corp.example', action: 'DIRECT' }],
    parentProxies: [
      { host: '10.96.215.26', port: 3128, priority: 1 },
      { host: '10.253.16.93', port: 3128, priority: 2 },
    ],
    activeVersion: { number: 1, configHash: config.configHash },
  })
  expect(made.stdout).toContain(config.configHash)
  expect(made.stdout).toContain(`in sync    ${first.hostname} runs ${offer.hash}`)

  const [updated] = await Promise.all([
    runScript({ ...settings, APM_PROXY: second.proxyId, APM_DIRECT_DOMAIN: 'lab.example' }),
    answerNextOffer(second, null, { outcome: 'APPLIED' }),
    answerNextOffer(first, offer.hash, { outcome: 'APPLIED' }),
  ])
  expect(updated).toMatchObject({ exitCode: 0, stderr: '' })
  const after = await configNamed('by-script')
  expect(after).toMatchObject({
    id: config.id,
    rules: [{ value: 'lab.example' }],
    activeVersion: { number: 2 },
  })
  expect(after.proxies.edges.map(({ node }: Data) => node.hostname)).toEqual([
    first.hostname,
    second.hostname,
  ])
})

test('every step is in the audit trail, under the person, the token and the channel of scripts', async () => {
  const { id } = await configNamed('by-script')
  const { auditEntries } = await admin.get(
    'query ($id: ID) { auditEntries(entityId: $id) { edges { node { action channel actor { name } } } } }',
    { id },
  )
  const entries: Data[] = auditEntries.edges.map(({ node }: Data) => node)
  const steps = ['config.update', 'config.submit', 'config.approve']
  expect(entries.map(({ action }) => action).reverse()).toEqual([
    'config.create',
    ...steps,
    'config.update',
    ...steps,
  ])
  const actor = { name: `${admin.email} (script)` }
  for (const entry of entries) expect(entry).toMatchObject({ channel: 'API', actor })
})

test('a bad domain ends with 1, names field and rule, and leaves no config behind', async () => {
  const agent = await newAgent()
  const settings = { APM_TOKEN: await fullToken(), APM_CONFIG: 'refused', APM_PROXY: agent.hostname }
  const run = await runScript({ ...settings, APM_DIRECT_DOMAIN: 'not a domain' })
  expect(run).toMatchObject({ exitCode: 1, stdout: '' })
  expect(run.stderr).toMatch(/^BAD_USER_INPUT: rules\.0\.value: \S/)
  expect(await configNamed('refused')).toBeNull()
})

test('what ATS rejects ends with 1 and ATS’s own words', async () => {
  const agent = await newAgent()
  const words = 'ERROR: <ParentSelection.cc:123> unknown key "colour" at line 3 of parent.config'
  const settings = { APM_TOKEN: await fullToken(), APM_CONFIG: 'rejected', APM_PROXY: agent.hostname }
  const [run] = await Promise.all([
    runScript(settings),
    answerNextOffer(agent, null, { outcome: 'REJECTED_BY_ATS', message: words }),
  ])
  expect(run.exitCode).toBe(1)
  expect(run.stdout).toContain('approved   version 1')
  expect(run.stderr).toBe(`${agent.hostname}: REJECTED_BY_ATS\n${words}\n`)
})

test('a proxy whose agent does nothing ends with 1 after the wait, and says what the server knows', async () => {
  const agent = await newAgent()
  const settings = { APM_TOKEN: await fullToken(), APM_CONFIG: 'waiting', APM_PROXY: agent.hostname }
  const run = await runScript({ ...settings, APM_WAIT_SECONDS: '1' })
  expect(run.exitCode).toBe(1)
  expect(run.stderr).toContain(`${agent.hostname} is PENDING after 1 s`)
})

test('a token that may not write, a dead token, an unknown proxy and a missing setting are told apart', async () => {
  const agent = await newAgent()
  const token = await fullToken()
  const run = (settings: Record<string, string>) =>
    runScript({ APM_TOKEN: token, APM_CONFIG: 'never', APM_PROXY: agent.hostname, ...settings })
  const said = async (settings: Record<string, string>) => {
    const { exitCode, stderr } = await run(settings)
    return `${exitCode} ${stderr}`
  }
  expect(await said({ APM_TOKEN: await apiToken(['READ']) })).toMatch(/^1 FORBIDDEN: .*config\.create/)
  expect(await said({ APM_TOKEN: 'apm_api_nobody-knows-this-one' })).toMatch(/^1 UNAUTHENTICATED: /)
  expect(await said({ APM_PROXY: 'edge-of-nowhere' })).toMatch(/^1 NOT_FOUND: .*edge-of-nowhere/)
  expect(await said({ APM_PARENTS: '10.96.215.26' })).toMatch(/^1 APM_PARENTS: "10\.96\.215\.26" is not/)
  expect(await said({ APM_GRAPHQL_URL: '' })).toMatch(/^1 APM_GRAPHQL_URL is missing/)
  expect(await said({ APM_GRAPHQL_URL: `${server.url}/healthz` })).toMatch(/^1 .*without GraphQL/)
  expect(await configNamed('never')).toBeNull()
})
