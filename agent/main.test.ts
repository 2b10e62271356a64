import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type AgentServer, startAgentServer } from '../tests/support/agent-server.ts'
import { createOfferSource } from '../tests/support/offers.ts'
import { agentBundle } from './bundle.ts'

const directory = mkdtempSync(join(tmpdir(), 'apm-main-'))
const home = join(directory, 'home')
const program = join(directory, 'agent.mjs')
let server: AgentServer
let running: ChildProcess | undefined
const lines: Record<string, unknown>[] = []

beforeAll(async () => {
  for (const name of ['etc', 'log', 'run']) mkdirSync(join(directory, name))
  for (const name of ['parent.config', 'sni.yaml', 'ip_allow.yaml', 'records.config']) {
    writeFileSync(join(directory, 'etc', name), '')
  }
  server = await startAgentServer({ serverKey: createOfferSource('proxy-1').serverKey })
  await build({ ...agentBundle, outfile: program })
})
afterAll(async () => {
  running?.kill('SIGKILL')
  await server.stop()
  rmSync(directory, { recursive: true })
})

function agent(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const options = { env: { PATH: '/usr/bin:/bin', ...env }, timeout: 20_000 }
    execFile(process.execPath, [program, ...args], options, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    )
  })
}

const enrolment = () => [
  ...['enrol', '--server', server.url, '--home', home, '--hostname', 'proxy-1'],
  ...['config', 'log'].flatMap((name) => [
    `--${name}-dir`,
    join(directory, name === 'config' ? 'etc' : name),
  ]),
  ...['--runtime-dir', join(directory, 'run')],
]

test('run before enrol says what is missing', async () => {
  expect(await agent(['run', '--home', home])).toMatchObject({
    code: 2,
    err: expect.stringContaining('agent enrol'),
  })
})

test('a token that the server refuses enrols nobody', async () => {
  const { code, err } = await agent(enrolment(), { APM_ENROLMENT_TOKEN: 'spent' })
  expect({ code, err }).toEqual({ code: 1, err: 'agent: The enrolment token is used up.\n' })
})

test('enrol keeps a private identity, and replaces it only when told', async () => {
  const token = { APM_ENROLMENT_TOKEN: 'good-token' }
  expect(await agent(enrolment(), token)).toMatchObject({ code: 0, out: expect.stringContaining('proxy-1') })
  expect(statSync(home).mode & 0o777).toBe(0o700)
  expect(statSync(join(home, 'identity.json')).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(home, 'identity.json'), 'utf8')).not.toContain('good-token')
  expect(await agent(enrolment(), token)).toMatchObject({ code: 2, err: expect.stringContaining('--again') })
  const first = server.enrolled[0]?.publicKey
  expect(await agent([...enrolment(), '--again'], token)).toMatchObject({ code: 0 })
  expect(server.enrolled[1]?.publicKey).not.toBe(first)
})

test('a start that fails halfway ends, so that whoever supervises it starts it again', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const { code, err } = await agent(['run', '--home', home, '--metrics', `127.0.0.1:${port}`])
  taken.close()
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('EADDRINUSE') })
})

test('run syncs at once over a socket, and again at a nudge', async () => {
  const child = spawn(process.execPath, [program, 'run', '--home', home], { env: { PATH: '/usr/bin:/bin' } })
  running = child
  child.stdout.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().trim().split('\n')) lines.push(JSON.parse(line))
  })
  await vi.waitFor(() => expect(server.syncs).toHaveLength(1), 10_000)
  await vi.waitFor(() => expect(server.listening()).toBe(1))
  server.nudge()
  await vi.waitFor(() => expect(server.syncs).toHaveLength(2), 1_000)
  expect(server.syncs.map(({ way }) => way)).toEqual(['socket', 'socket'])
  expect(server.syncs[0]?.input).toMatchObject({ hostname: 'proxy-1', hash: null })
  await vi.waitFor(() => expect(server.problems).toHaveLength(1), 5_000)
  expect(server.problems[0]).toContainEqual(expect.objectContaining({ what: 'control' }))
})

test('a second agent on the same home does not start; status tells that one runs', async () => {
  expect(await agent(['run', '--home', home])).toMatchObject({
    code: 1,
    err: expect.stringContaining('Another agent'),
  })
  const { out } = await agent(['status', '--home', home])
  expect(JSON.parse(out)).toMatchObject({
    isRunning: true,
    hostname: 'proxy-1',
    servers: [server.url],
    runningHash: null,
  })
  expect(out).not.toContain('privateKey')
})

test('it stops cleanly on SIGTERM', async () => {
  const ended = new Promise((resolve) => running?.once('exit', (code, signal) => resolve({ code, signal })))
  running?.kill('SIGTERM')
  expect(await ended).toEqual({ code: 0, signal: null })
  const said = new Set(lines.map(({ msg }) => msg))
  expect(said.delete('ATS tells no statistics')).toBe(true) // whenever that turns out: it is asked beside the passes
  expect([...said]).toEqual([
    'agent started',
    'the files on disk were reported',
    'this host stands in the way of configs',
    'stopping',
    'agent stopped',
  ])
})

test('doctor, a dry run and one pass by hand work while no agent runs, and end as their findings say', async () => {
  const { code, out } = await agent(['doctor', '--home', home])
  expect(code).toBe(1)
  expect(out).toMatch(/^PROBLEM {2}control /m)
  expect(out).toMatch(/^ok {7}directory /m)
  const syncs = server.syncs.length
  for (const how of ['--dry-run', '--once']) {
    expect(await agent(['sync', how, '--home', home])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^In step with the server/),
    })
  }
  expect(server.syncs.slice(syncs).map(({ input }) => input.startId)).toEqual([null, expect.any(String)])
})
