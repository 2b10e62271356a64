/** The server as operators meet it: its settings, its process, its health. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { connectDatabase } from '../server/database/connect.ts'
import { startEmbeddedPostgres } from '../server/database/embedded.ts'
import { ensureDatabase, migrateDatabase } from '../server/database/migrate.ts'
import { BadSettings, readSettings, variables } from '../server/settings.ts'
import { newConfig } from './support/calls.ts'
import { makeCertificate, ownerOfCertificate, type TestCertificate } from './support/certificate.ts'
import { startServer } from './support/server.ts'
import { untilTrue } from './support/until.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

describe('settings', () => {
  test('need nothing: there is a default for everything', () => {
    expect(readSettings({})).toEqual({
      port: 8080,
      listenAddress: '127.0.0.1',
      database: null,
      databaseOwner: null,
      home: join(process.cwd(), '.apm'),
      logLevel: 'info',
      rootEmail: 'root@localhost',
      rootPassword: null,
      trustedProxies: [],
      tls: null,
      rates: { person: 3_000, token: 3_000, agent: 1_200, address: 6_000 },
    })
  })

  test('an empty variable is one that is not set', () => {
    const empty = Object.fromEntries(Object.keys(variables).map((name) => [name, '']))
    expect(readSettings(empty)).toEqual(readSettings({}))
  })

  test('are taken as given', () => {
    const given = {
      APM_PORT: '0',
      APM_LISTEN: '::1',
      APM_HOME: '/var/lib/apm',
      DATABASE_URL: 'postgres://app@db/apm',
      DATABASE_OWNER_URL: 'postgresql://owner@db/apm',
      APM_LOG_LEVEL: 'debug',
      APM_ROOT_EMAIL: 'admin@test.example',
      APM_ROOT_PASSWORD: 'twelve chars',
      APM_TRUSTED_PROXIES: '10.0.0.0/8, 192.0.2.7',
      APM_TLS_CERT: '/etc/apm/tls.crt',
      APM_TLS_KEY: '/etc/apm/tls.key',
      APM_PERSON_RATE: '100',
      APM_TOKEN_RATE: '200',
      APM_AGENT_RATE: '300',
      APM_ADDRESS_RATE: '400',
    }
    expect(Object.keys(given).sort()).toEqual(Object.keys(variables).sort())
    expect(readSettings(given)).toEqual({
      port: 0,
      listenAddress: '::1',
      database: { kind: 'url', url: given.DATABASE_URL },
      databaseOwner: { kind: 'url', url: given.DATABASE_OWNER_URL },
      home: '/var/lib/apm',
      logLevel: 'debug',
      rootEmail: 'admin@test.example',
      rootPassword: 'twelve chars',
      trustedProxies: [
        expect.objectContaining({ text: '10.0.0.0/8' }),
        expect.objectContaining({ text: '192.0.2.7' }),
      ],
      tls: { certificate: '/etc/apm/tls.crt', key: '/etc/apm/tls.key' },
      rates: { person: 100, token: 200, agent: 300, address: 400 },
    })
  })

  test.each([
    ['APM_PORT', 'eighty'],
    ['APM_PORT', '65536'],
    ['APM_PORT', '-1'],
    ['APM_PORT', '80.5'],
    ['APM_PORT', ' 80'],
    ['DATABASE_URL', 'mysql://db/apm'],
    ['DATABASE_OWNER_URL', 'db'],
    ['APM_LOG_LEVEL', 'loud'],
    ['APM_ROOT_EMAIL', 'root'],
    ['APM_ROOT_PASSWORD', 'short'],
    ['APM_TRUSTED_PROXIES', '10.0.0.0/8,everybody'],
    ['APM_TRUSTED_PROXIES', '010.0.0.1'],
    ['APM_TLS_KEY', '/etc/apm/tls.key'],
    ['APM_PERSON_RATE', '9'],
    ['APM_TOKEN_RATE', 'many'],
    ['APM_AGENT_RATE', '-1'],
    ['APM_ADDRESS_RATE', '10000000'],
    ['APM_BEHIND_PROXY', '1'],
  ])('%s=%s is refused by name', (name, value) => {
    const read = () => readSettings({ [name]: value })
    expect(read).toThrow(BadSettings)
    expect(read).toThrow(new RegExp(`^${name}: must .+`))
  })

  test('all that are bad are named at once, and a password is not repeated', () => {
    const read = () => readSettings({ APM_PORT: 'x', APM_ROOT_PASSWORD: 'canary', APM_TRUSTED_PROXIES: 'x' })
    expect(read).toThrow(/^APM_PORT: .+\nAPM_ROOT_PASSWORD: .+\nAPM_TRUSTED_PROXIES: .+$/)
    expect(read).not.toThrow(/canary/)
  })
})

test('a certificate without its key is named by the key', () => {
  expect(() => readSettings({ APM_TLS_CERT: '/etc/apm/tls.crt' })).toThrow(/^APM_TLS_KEY: must .+/)
})

describe('the process', () => {
  let home: string
  const children: ChildProcess[] = []
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'apm-main-'))
  })
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
    }
  })
  afterAll(() => rm(home, { recursive: true, force: true }))

  const program = ['--import', 'tsx', 'server/main.ts']
  const environment = (more: Record<string, string> = {}) => ({
    PATH: process.env.PATH ?? '',
    APM_HOME: home,
    APM_PORT: '0',
    ...more,
  })
  const runToEnd = (args: readonly string[], env: Record<string, string> = {}) =>
    new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
      const options = { cwd: root, env: environment(env), timeout: 30_000 }
      execFile(process.execPath, [...program, ...args], options, (error, stdout, stderr) => {
        const exitCode = typeof error?.code === 'number' ? error.code : error ? -1 : 0
        resolve({ exitCode, stdout, stderr })
      })
    })

  /** Resolves once it says that it is ready. */
  async function start(env: Record<string, string> = {}) {
    const child = spawn(process.execPath, program, { cwd: root, env: environment(env) })
    children.push(child)
    const said = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => {
      said.stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      said.stderr += chunk
    })
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
    await untilTrue(() => said.stdout.includes('"msg":"ready"') || child.exitCode !== null)
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${said.stderr}`)
    const line = said.stdout.split('\n').find((each) => each.includes('"msg":"ready"')) ?? '{}'
    return { child, said, exited, url: (JSON.parse(line) as { url: string }).url }
  }

  test('--help names every variable', async () => {
    const { exitCode, stdout } = await runToEnd(['--help'])
    expect(exitCode).toBe(0)
    for (const [name, text] of Object.entries(variables)) {
      expect(stdout).toContain(name)
      expect(stdout).toContain(text)
    }
  })

  test('a bad setting ends it with 1, one line, and the name', async () => {
    const { exitCode, stderr } = await runToEnd([], { APM_PORT: 'eighty' })
    expect([exitCode, stderr]).toEqual([1, 'APM_PORT: must be a number from 0 to 65535\n'])
  })

  test('starts on an empty folder, says the root password once, and SIGTERM ends it cleanly', async () => {
    const first = await start()
    const password = /password (\S+)/.exec(first.said.stderr)?.[1] ?? ''
    expect(password.length).toBeGreaterThanOrEqual(12)
    expect(first.said.stdout).not.toContain(password)
    const login = (url: string) =>
      fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          query: 'mutation ($input: LoginInput!) { login(input: $input) { user { role } } }',
          variables: { input: { email: 'root@localhost', password } },
        }),
      })
    const opened = await login(first.url)
    expect(await opened.json()).toEqual({ data: { login: { user: { role: 'ROOT' } } } })

    const { port } = new URL(first.url)
    const taken = await runToEnd([], { APM_PORT: port, APM_HOME: home })
    expect([taken.exitCode, taken.stderr]).toEqual([1, expect.stringMatching(/^APM_PORT: port \d+ is taken/)])
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200)

    const asked = Date.now()
    first.child.kill('SIGTERM')
    expect(await first.exited).toBe(0)
    expect(Date.now() - asked).toBeLessThan(8_000)
    const listener = createServer()
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject)
      listener.listen(Number(port), '127.0.0.1', resolve)
    })
    await new Promise((resolve) => listener.close(resolve))

    const second = await start()
    expect(second.said.stderr).toBe('')
    expect((await login(second.url)).status).toBe(200)
    // Without certificate files there is nothing to read again: it goes on.
    second.child.kill('SIGHUP')
    second.child.kill('SIGINT')
    expect(await second.exited).toBe(0)
  }, 120_000)

  test('SIGHUP reads the certificate files again; half a pair is not taken, and it goes on with the one before', async () => {
    const files = { APM_TLS_CERT: join(home, 'tls.crt'), APM_TLS_KEY: join(home, 'tls.key') }
    const install = ({ certificate, key }: TestCertificate) => {
      writeFileSync(files.APM_TLS_CERT, certificate)
      writeFileSync(files.APM_TLS_KEY, key)
    }
    install(makeCertificate('first'))
    const { child, said, exited, url } = await start(files)
    const taken = () => said.stdout.split('took the certificate').length - 1
    expect(await ownerOfCertificate(url)).toBe('first')
    // Nothing was written since: whoever only watches the files has no reason to read them.
    for (const time of [1, 2]) {
      child.kill('SIGHUP')
      await untilTrue(() => taken() === time)
    }
    install({ ...makeCertificate('half'), key: makeCertificate('other half').key })
    child.kill('SIGHUP')
    await untilTrue(() => said.stdout.includes('kept the certificate'))
    expect(await ownerOfCertificate(url)).toBe('first')
    install(makeCertificate('second'))
    child.kill('SIGHUP')
    await untilTrue(async () => (await ownerOfCertificate(url)) === 'second')
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
  })
})

describe('health', () => {
  test('alive and ready are two questions; without its database it is alive, and ready again when that is back', async () => {
    const home = await mkdtemp(join(tmpdir(), 'apm-health-'))
    const launch = () => startEmbeddedPostgres({ directory: join(home, 'postgres') })
    let postgres = await launch()
    const { socketDirectory: directory, port, ownerUser, applicationUser } = postgres
    const owner = { kind: 'socket', directory, port, database: 'apm', user: ownerUser } as const
    const target = { ...owner, user: applicationUser }
    await ensureDatabase(owner)
    await migrateDatabase(owner, target)
    const connection = connectDatabase(target)
    const server = await startServer({
      database: { ...connection, target, owner, statements: [], forgetStatements: () => {} },
    })
    const health = async () => {
      const ask = (path: string) => fetch(`${server.url}${path}`).then(({ status }) => status)
      return [await ask('/healthz'), await ask('/readyz')]
    }
    try {
      const user = await server.user('root')
      expect(await health()).toEqual([200, 200])
      await postgres.stop()
      expect(await health()).toEqual([200, 503])
      const broken = await user.send('{ me { id } }')
      expect(broken.errors[0]?.extensions.code).toBe('UNAVAILABLE')
      postgres = await launch()
      await untilTrue(async () => (await health()).join() === '200,200')
      expect((await newConfig(user)).status).toBe('DRAFT')
    } finally {
      await server.close()
      await connection.close()
      await postgres.stop()
      await rm(home, { recursive: true, force: true })
    }
  })
})
