/** Runs the PostgreSQL that npm brought along, so that nothing has to be installed to start (docs/decisions/0001). */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chown, lstat, mkdir, open, readFile, realpath, rename, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Account, chooseAccount, environment, ownUid, run } from './embedded-account.ts'
import { failure, findProgram, freshSibling, type Program, runnableProgram } from './embedded-program.ts'
import { exists, unlessCode, unlessMissing } from './errno.ts'

export interface EmbeddedPostgresOptions {
  /** The home of this database; made when missing. Holds `data/`, `socket/`, `postgres.log` and `lock`. */
  readonly directory: string
  /** Told what is being done, one sentence at a time. */
  readonly log?: (line: string) => void
  /** postgresql.conf names and values; they take effect when a server is launched, not when one is adopted. */
  readonly settings?: Readonly<Record<string, string>>
  /** How to get away from root, which PostgreSQL refuses; `auto` finds out. The others exist to be tested. */
  readonly runAs?: 'auto' | 'direct' | 'namespace' | 'nobody'
}

export interface EmbeddedPostgres {
  /** What a client gives as `host`, with `port`; there is no TCP port. */
  readonly socketDirectory: string
  readonly port: number
  readonly pid: number
  /** True when the server was already running: left by a crash, or started by another process. */
  readonly adopted: boolean
  readonly ownerUser: string
  readonly applicationUser: string
  readonly maintenanceDatabase: 'postgres'
  /** Ends all connections and the server, adopted or not, and returns when it has gone. */
  stop(): Promise<void>
}

const ownerUser = 'apm_owner'
const applicationUser = 'apm'
const socketPort = 5432
const startTimeoutMs = 120_000
const stopTimeoutMs = 30_000
const logLimitBytes = 10 * 1024 * 1024
/** `sun_path` has 108 bytes, the last of which is a NUL. */
const socketPathLimitBytes = 107

const defaultSettings = {
  shared_buffers: '64MB',
  max_connections: '200',
  log_checkpoints: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
}

/**
 * Starts the server of `directory`, or adopts the one that is already running there; returns when it answers.
 * The first start makes the database, with the roles `postgres` (superuser), `apm_owner` and `apm`.
 * The server outlives a crash of this process, and the next start adopts it.
 * Throws an Error that says what to do, with the server's own last words.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const packaged = findProgram()
  await mkdir(options.directory, { recursive: true, mode: 0o700 })
  const home = await realpath(options.directory)
  const lock = await lockHome(home)
  try {
    return await startOrAdopt(home, packaged, options)
  } finally {
    await lock.close()
  }
}

async function startOrAdopt(
  home: string,
  packaged: Program,
  { log = () => {}, settings = {}, runAs = 'auto' }: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const data = join(home, 'data')
  const deadline = Date.now() + startTimeoutMs
  for (;;) {
    const adopted = (await readPidFile(data)).server !== null
    const launched = adopted ? null : await launch(home, packaged, settings, runAs, log)
    const server = await untilReady(home, launched, deadline, log)
    if (!server) continue // it ended while we waited: an adopted one was being stopped, or see `isInherited`
    log(`PostgreSQL ${adopted ? 'was running already' : 'runs'} in ${home} (pid ${server.pid}).`)
    const { pid, port, socketDirectory } = server
    const names = { ownerUser, applicationUser, maintenanceDatabase: 'postgres' } as const
    return { pid, port, socketDirectory, adopted, ...names, stop: () => stop(data, pid) }
  }
}

/** Fast shutdown (SIGINT); when that hangs, an immediate one, after which the next start recovers from the WAL. */
async function stop(data: string, pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!(await isServerOf(data, pid))) return
    try {
      process.kill(pid, signal)
    } catch (cause) {
      unlessCode('ESRCH')(cause) // it has just gone by itself
    }
    const deadline = Date.now() + stopTimeoutMs
    while (Date.now() < deadline) {
      if (!(await isServerOf(data, pid))) return
      await sleep(5)
    }
  }
  throw new Error(
    `PostgreSQL (pid ${pid}, ${data}) does not stop. Is the disk hanging? See its postgres.log.`,
  )
}

// --- One start at a time

/**
 * The kernel's lock on `lock`. Node has no flock(2), but a lock belongs to the open file: flock(1) takes it on
 * the descriptor it inherits and exits, and it stays with ours until we close it or die, however we die.
 */
async function lockHome(home: string) {
  const file = await open(join(home, 'lock'), 'a', 0o600)
  const waitSeconds = (startTimeoutMs + stopTimeoutMs) / 1000
  const taken = await run(['flock', '--exclusive', '--timeout', `${waitSeconds}`, '3'], { inherit: file.fd })
  if (taken.isSuccess) return file
  await file.close()
  throw new Error(`Another start of PostgreSQL in ${home} does not come to an end. ${taken.output}`.trim())
}

// --- What runs

interface Server {
  readonly pid: number
  readonly port: number
  readonly socketDirectory: string
  readonly status: string
}

/** postmaster.pid: pid, data directory, start time, port, socket directory, address, memory key, status. */
async function readPidFile(data: string): Promise<{ server: Server | null; stalePid: number | null }> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(unlessMissing(''))
  const [first = '', , , port = '', socketDirectory = '', , , status = ''] = text.split('\n')
  const pid = Number(first)
  if (!(pid > 0)) return { server: null, stalePid: null }
  if (!(await isServerOf(data, pid))) return { server: null, stalePid: pid }
  return { server: { pid, port: Number(port), socketDirectory, status: status.trim() }, stalePid: null }
}

/** Pids are reused, so being alive proves nothing; and /proc/PID/cwd of another user needs a capability. */
async function isServerOf(data: string, pid: number): Promise<boolean> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  const [program = '', ...args] = commandLine.split('\0')
  return basename(program) === 'postgres' && args.includes(data)
}

interface Launched {
  readonly child: ChildProcess
  /** Size of postgres.log before this launch: what comes after it are this server's words. */
  readonly logOffset: number
  /** How it ended, once it has. */
  readonly end: () => string | null
}

/** The server, once it answers; null when it ended but another try makes sense. */
async function untilReady(
  home: string,
  launched: Launched | null,
  deadline: number,
  log: (line: string) => void,
): Promise<Server | null> {
  let saidAt = Date.now()
  while (Date.now() < deadline) {
    const end = launched?.end()
    const { server } = await readPidFile(join(home, 'data'))
    if (server?.status === 'ready' && (await isAnswering(server))) return server
    if (launched && end) {
      const words = await lastWords(home, launched.logOffset)
      if (!isInherited(words)) throw failure(home, `it ${end}`, words)
    }
    if (end || (!server && !launched)) return sleep(50, null)
    if (Date.now() - saidAt > 5_000) {
      saidAt = Date.now()
      log(`PostgreSQL in ${home} is not ready yet (${server?.status ?? 'launched'}); still waiting.`)
    }
    await sleep(10)
  }
  const words = await lastWords(home, launched?.logOffset ?? 0)
  throw failure(home, `it was not ready after ${startTimeoutMs / 1000} s, and goes on trying`, words)
}

/** Sends a startup packet; anything but silence and 57P03 (cannot_connect_now) is the answer of a ready server. */
function isAnswering({ socketDirectory, port }: Server): Promise<boolean> {
  const parameters = Buffer.from('user\0postgres\0database\0postgres\0\0')
  const header = Buffer.alloc(8)
  header.writeInt32BE(header.length + parameters.length, 0)
  header.writeInt32BE(3 << 16, 4) // protocol 3.0
  return new Promise((settle) => {
    const socket = connect(join(socketDirectory, `.s.PGSQL.${port}`))
    const end = (isReady: boolean) => {
      socket.destroy()
      settle(isReady)
    }
    socket.setTimeout(2_000, () => end(false))
    socket.once('error', () => end(false)).once('close', () => end(false))
    socket.once('data', (answer) => end(!answer.includes('57P03')))
    socket.write(Buffer.concat([header, parameters]))
  })
}

/** A killed server's children hold its memory for a moment; PostgreSQL rightly refuses to start beside them. */
function isInherited(words: string): boolean {
  return /pre-existing shared memory block .* is still in use/.test(words)
}

// --- Launching

async function launch(
  home: string,
  packaged: Program,
  settings: Readonly<Record<string, string>>,
  runAs: NonNullable<EmbeddedPostgresOptions['runAs']>,
  log: (line: string) => void,
): Promise<Launched> {
  const data = join(home, 'data')
  const account = await chooseAccount(data, runAs)
  const program = await runnableProgram(home, packaged, account, log)
  if (!(await exists(data))) await initialise(home, program, account, log)

  const socketDirectory = await privateDirectory(socketDirectoryFor(home), account)
  const { stalePid } = await readPidFile(data)
  const fixed = {
    listen_addresses: '',
    port: `${socketPort}`,
    unix_socket_directories: `"${socketDirectory.replaceAll('"', '""')}"`,
  }
  const args = Object.entries({ ...defaultSettings, ...settings, ...fixed }).map(
    ([name, value]) => `--${name}=${value}`,
  )
  const output = await openLog(home, account)
  const logOffset = (await output.stat()).size
  const [command = '', ...rest] = [
    ...account.prefix,
    join(program.native, 'bin/postgres'),
    '-D',
    data,
    ...args,
  ]
  const child = spawn(command, rest, {
    ...account.identity,
    // PostgreSQL takes a stale pid file whose pid is reused for a running server, unless told that the pid is
    // its own ancestor's. Better than removing the file, which also guards against a dead server's children.
    env: { ...environment, ...(stalePid ? { PG_GRANDPARENT_PID: `${stalePid}` } : {}) },
    cwd: home,
    stdio: ['ignore', output.fd, output.fd],
    // Its own session: Ctrl-C reaches us alone, and we stop the server after what uses it.
    detached: true,
  })
  let end: string | null = null
  child.once('error', (cause) => (end = `could not be run: ${cause.message}`))
  child.once(
    'exit',
    (code, signal) => (end = signal ? `was ended by ${signal}` : `ended with exit code ${code}`),
  )
  child.unref()
  await output.close()
  return { child, logOffset, end: () => end }
}

/**
 * Makes `data/` in a sibling and renames it when complete, so that one cut short is never taken for a database.
 *
 * Authentication is `trust`, for the unix socket only: the socket lies in a directory of mode 0700, so that
 * whoever can connect can read the files as well, and a password beside them would keep nobody out.
 */
async function initialise(home: string, program: Program, account: Account, log: (line: string) => void) {
  log(`Making a new PostgreSQL database in ${home}.`)
  const unfinished = await freshSibling(home, 'data')
  await chown(unfinished, account.uid, account.gid)
  const initdb = [
    join(program.native, 'bin/initdb'),
    '-D',
    unfinished,
    '--username=postgres',
    '--encoding=UTF8',
  ]
  initdb.push('--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--data-checksums')
  initdb.push('--auth-local=trust', '--auth-host=reject', '--no-instructions')
  const made = await run(initdb, { account, cwd: home })
  if (!made.isSuccess) throw failure(home, 'initdb failed', made.output)

  // Single-user mode needs no server and no client; a statement ends with a semicolon and an empty line (-j).
  const single = [join(program.native, 'bin/postgres'), '--single', '-j', '-D', unfinished]
  const input = `CREATE ROLE ${ownerUser} LOGIN CREATEDB CREATEROLE;\n\nCREATE ROLE ${applicationUser} LOGIN;\n\n`
  const granted = await run([...single, '-c', 'exit_on_error=true', 'postgres'], {
    account,
    cwd: home,
    input,
  })
  if (!granted.isSuccess) throw failure(home, 'creating the roles failed', granted.output)

  await rename(unfinished, join(home, 'data'))
  const parent = await open(home)
  await parent.sync().finally(() => parent.close())
}

/** In the home if the path is short enough for a socket, otherwise always the same private one in the temp directory. */
function socketDirectoryFor(home: string): string {
  const near = join(home, 'socket')
  if (Buffer.byteLength(join(near, `.s.PGSQL.${socketPort}`)) <= socketPathLimitBytes) return near
  return join(tmpdir(), `apm-postgres-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`)
}

/** Makes it with mode 0700 for the account; refuses one that somebody else made first. */
async function privateDirectory(path: string, account: Account): Promise<string> {
  await mkdir(path, { mode: 0o700 }).catch(unlessCode('EEXIST'))
  const found = await lstat(path)
  const isOwn = found.uid === ownUid() || found.uid === account.uid
  if (!found.isDirectory() || !isOwn || (found.mode & 0o077) !== 0) {
    throw new Error(`${path} is not a private directory of this user. Remove it, or find out who made it.`)
  }
  await chown(path, account.uid, account.gid)
  return path
}

/** postgres.log, begun anew above the limit; the one before is kept as postgres.log.1. */
async function openLog(home: string, account: Account) {
  const path = join(home, 'postgres.log')
  const size = await stat(path).then(({ size }) => size, unlessMissing(0))
  if (size > logLimitBytes) await rename(path, `${path}.1`)
  const file = await open(path, 'a', 0o600)
  await file.chown(account.uid, account.gid)
  return file
}

async function lastWords(home: string, offset: number): Promise<string> {
  const text = await readFile(join(home, 'postgres.log')).catch(unlessMissing(Buffer.alloc(0)))
  return text
    .subarray(Math.max(offset, text.length - 8_192))
    .toString()
    .trim()
}
