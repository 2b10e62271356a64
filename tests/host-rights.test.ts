/** An agent whose user lacks a right: the proxy serves what it did, everybody is told what to give, and then it goes on. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { findPlace } from '../agent/ats-place.ts'
import { agentBundle } from '../agent/bundle.ts'
import { createKeyPair, writeIdentity } from '../agent/identity.ts'
import { enrol } from '../agent/link.ts'
import { hostFiles } from './support/agent-host.ts'
import { enrolmentToken } from './support/agents.ts'
import { request, startAts, type TestAts } from './support/ats.ts'
import { approve, changeConfig, newConfig, unique } from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'
import { untilTrue } from './support/until.ts'

/** Of ATS and the agent alike: 9.2 takes a reload from root and its own user alone. */
const atsUser = { uid: 65_534, gid: 65_534 }
const stranger = { uid: 65_533, gid: 65_533 }
/** As whom the agent runs. */
let user = atsUser
const directory = mkdtempSync(join(tmpdir(), 'apm-rights-'))
const program = join(directory, 'agent.mjs')
const home = join(directory, 'home')
let server: TestServer
let root: TestUser
let ats: TestAts
let proxyId: string
let config: Data
let agent: ChildProcess | undefined
let said = ''

beforeAll(async () => {
  if (process.getuid?.() !== 0)
    throw new Error('These tests give and take rights, and run the agent as another user: run them as root.')
  server = await startServer()
  root = await server.user('root')
  ats = await startAts({ runAs: 'nobody' })
  // Made for their owner alone; what is tested lies further down.
  for (const path of [directory, ats.directory]) chmodSync(path, 0o755)
  mkdirSync(home)
  await build({ ...agentBundle, outfile: program })
  const place = await findPlace({ root: ats.directory, binDir: '/usr/bin' }, home)
  const { publicKey, privateKey } = await createKeyPair()
  const token = await enrolmentToken(root)
  const hostname = `${unique('rights')}.test.example`
  const { proxy, instanceId, serverKey } = await enrol([server.url], { token, hostname, publicKey })
  proxyId = proxy.id
  await writeIdentity(home, {
    ...{ servers: [server.url], hostname, proxyId, privateKey, ats: place, instanceId, serverKey },
  })
  giveRights()
  const { id, revision } = await newConfig(root, {
    rules: [],
    routeTests: [],
    clientRules: [{ range: '127.0.0.0/8', action: 'ALLOW' }],
    ...through('p1'),
  })
  config = await changeConfig(root, 'setConfigProxies', { configId: id, revision, proxyIds: [proxyId] })
  await approved()
  startAgent()
  await untilInSync('p1')
  await stopAgent()
}, 120_000)
// A session without a beacon ends after two minutes, and all of this takes longer.
beforeEach(async () => {
  root = await server.user('root')
})
afterAll(async () => {
  agent?.kill('SIGKILL')
  await ats?.close()
  await server?.close()
  rmSync(directory, { recursive: true })
})

const inConfig = (name: string) => join(ats.configDir, name)
/** The directories are what counts: files in them are replaced, not written to. */
function giveRights(): void {
  chmodSync(ats.configDir, 0o755)
  chownSync(ats.configDir, user.uid, user.gid)
  for (const name of hostFiles) chmodSync(inConfig(name), 0o644)
  chmodSync(ats.runtimeDir, 0o755)
  chmodSync(join(ats.logDir, 'diags.log'), 0o644)
  chmodSync(home, 0o700)
  for (const name of ['', ...readdirSync(home)]) chownSync(join(home, name), user.uid, user.gid)
}

function startAgent(): void {
  said = ''
  agent = spawn(process.execPath, [program, 'run', '--home', home], {
    ...user,
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [agent.stdout, agent.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
}

async function stopAgent(): Promise<void> {
  if (agent === undefined) return
  const ended = once(agent, 'exit')
  agent.kill('SIGTERM')
  await ended
  agent = undefined
}

function doctor(): Promise<{ code: unknown; out: string; err: string }> {
  const options = { ...user, env: { PATH: '/usr/bin:/bin' } }
  return new Promise((resolve) =>
    execFile(process.execPath, [program, 'doctor', '--home', home], options, (error, out, err) =>
      resolve({ code: error === null ? 0 : error.code, out, err }),
    ),
  )
}

type Parent = 'p1' | 'p2'
let current: Parent = 'p1'
const through = (parent: Parent) => ({
  parentProxies: [{ host: '127.0.0.1', port: ats.parents[parent === 'p1' ? 0 : 1].port, priority: 1 }],
})
async function approved(): Promise<void> {
  const { id, revision } = config
  config = await approve(root, await changeConfig(root, 'submitConfig', { id, revision }))
}
async function approvedThrough(parent: Parent): Promise<void> {
  const { id, revision } = config
  config = await changeConfig(root, 'updateConfig', { id, revision, ...through(parent) })
  await approved()
}
const read = async (): Promise<Data> =>
  (
    await root.get(
      'query ($id: ID!) { proxy(id: $id) { status attempted { outcome message } hostProblems { what says remedy } } }',
      { id: proxyId },
    )
  ).proxy
const via = async () => (await request(ats.port, { host: `corp.example:${ats.origin.port}` })).via
const contents = () => hostFiles.map((name) => readFileSync(inConfig(name), 'utf8'))
const leftovers = () =>
  [ats.configDir, home].flatMap((path) => readdirSync(path)).filter((n) => /-new$/.test(n))
async function untilInSync(parent: Parent): Promise<void> {
  await untilTrue(async () => (await read()).status === 'IN_SYNC' && (await via()) === parent, 90_000).catch(
    (error: unknown) => {
      throw new Error(`The agent did not go on. It said:\n${said}`, { cause: error })
    },
  )
  current = parent
}

interface Lack {
  /** What is taken. */
  readonly take: () => void
  /** The finding, and the path that it names. */
  readonly what: string
  readonly path: () => string
  readonly remedy: string
  /** What the apply says; null: nothing can be remembered, and so nothing is tried. */
  readonly message: RegExp | null
}

const taken = (path: string, mode: number) => {
  chownSync(path, 0, 0)
  chmodSync(path, mode)
}
const lacks: readonly (readonly [string, Lack])[] = [
  [
    'ATS’s configuration directory can’t be written',
    {
      take: () => taken(ats.configDir, 0o755),
      what: 'directory',
      path: () => ats.configDir,
      remedy: 'write permission on',
      message: /EACCES.*parent\.config\.apm-new/,
    },
  ],
  [
    'one file can’t be replaced, since the directory is sticky and the file another’s',
    {
      take() {
        taken(ats.configDir, 0o1777)
        taken(inConfig('ip_allow.yaml'), 0o644)
      },
      what: 'file',
      path: () => inConfig('ip_allow.yaml'),
      remedy: 'sticky',
      message: /ip_allow\.yaml.*sticky/,
    },
  ],
  [
    'the records can’t be read',
    {
      take: () => taken(inConfig('records.config'), 0o600),
      what: 'file',
      path: () => inConfig('records.config'),
      remedy: 'read permission',
      message: /EACCES.*records\.config/,
    },
  ],
  [
    'the log in which ATS says what it has loaded can’t be read',
    {
      take: () => taken(join(ats.logDir, 'diags.log'), 0o600),
      what: 'log',
      path: () => join(ats.logDir, 'diags.log'),
      remedy: 'Let the agent’s user read it',
      message: /EACCES.*diags\.log/,
    },
  ],
  [
    'ATS’s control socket can’t be reached',
    {
      take: () => taken(ats.runtimeDir, 0o700),
      what: 'control',
      path: () => ats.runtimeDir,
      remedy: 'use the control socket in',
      message: /EACCES.*mgmtapi\.sock/,
    },
  ],
  [
    'the agent’s own home can’t be written',
    {
      take: () => taken(home, 0o755),
      what: 'home',
      path: () => home,
      remedy: 'Give the agent’s home to the user',
      message: null,
    },
  ],
]

test.each(lacks)(
  '%s: nothing is touched, the remedy is told, and with the right given the agent goes on',
  async (_what, { take, what, path, remedy, message }) => {
    const next: Parent = current === 'p1' ? 'p2' : 'p1'
    const before = contents()
    take()
    await approvedThrough(next)
    startAgent()
    const problemOf = async () => (await read()).hostProblems.find((problem: Data) => problem.what === what)
    await untilTrue(async () => (await problemOf()) !== undefined, 20_000)
    const problem = await problemOf()
    expect(`${problem.says} ${problem.remedy}`).toContain(path())
    expect(`${problem.says} ${problem.remedy}`).toContain(remedy)
    if (message === null) {
      expect((await read()).status).not.toBe('IN_SYNC')
      expect(said).toMatch(/"pass failed","reason":"[^"]*EACCES[^"]*state\.json/)
    } else {
      await untilTrue(async () => (await read()).attempted.outcome === 'FAILED')
      const { attempted } = await read()
      expect(attempted.message).toMatch(/^Nothing was changed: /)
      expect(attempted.message).toMatch(message)
    }
    const { code, out } = await doctor()
    expect(code).toBe(1)
    expect(out).toMatch(new RegExp(`^PROBLEM  ${what} `, 'm'))
    expect(out).toContain(problem.says)
    expect(out).toContain(problem.remedy)
    expect(contents()).toEqual(before)
    expect(leftovers()).toEqual([])
    expect(await via()).toBe(current)

    giveRights()
    await untilInSync(next)
    await untilTrue(async () => (await problemOf()) === undefined)
    await stopAgent()
    expect(leftovers()).toEqual([])
  },
  150_000,
)

test('a user who may do all but ask for a reload touches nothing, and is told as whom to run', async () => {
  const next: Parent = current === 'p1' ? 'p2' : 'p1'
  const before = contents()
  user = stranger
  giveRights()
  await approvedThrough(next)
  startAgent()
  await untilTrue(async () => (await read()).attempted.outcome === 'FAILED')
  const words = 'ATS takes no reload from user 65533, only from root and user 65534'
  expect((await read()).attempted.message).toContain(`Nothing was changed: ${words}`)
  expect((await doctor()).out).toContain(words)
  expect(contents()).toEqual(before)
  expect(leftovers()).toEqual([])
  expect(await via()).toBe(current)
  await stopAgent()
  user = atsUser
  giveRights()
  startAgent()
  await untilInSync(next)
  await stopAgent()
}, 150_000)

test('an identity that can’t be read is named, with the remedy, and nothing else is said', async () => {
  chownSync(join(home, 'identity.json'), 0, 0)
  const { code, out, err } = await doctor()
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toMatch(
    /^agent: --home: EACCES: permission denied, open '.*identity\.json'.*Run the agent as the user/,
  )
  expect(err.trim().split('\n')).toHaveLength(1)
  giveRights()
})
