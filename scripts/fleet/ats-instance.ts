/**
 * Runs a private Apache Traffic Server 9.2 as a forward proxy in one directory, beside any other on the machine.
 *
 * `traffic_layout init` is no help on Debian (it writes the absolute /etc, /var and /run), so the run root is
 * written here.
 */
import { spawn, spawnSync } from 'node:child_process'
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stopLeftover } from './ats-processes.ts'

export interface AtsOptions {
  /** Absolute and short: Unix socket paths end at 107 bytes. Made when missing; existing files stay. */
  readonly directory: string
  readonly port: number
  /** UDP port on 127.0.0.1 that answers DNS. A dead one makes requests hang for 30 s. */
  readonly resolverPort: number
  /** Lines of a hosts file (`127.0.0.5 corp.example`). ATS reads it some seconds after its start. */
  readonly hostsFile?: readonly string[]
  /** Ports that CONNECT may name besides 443 and 563. */
  readonly connectPorts?: readonly number[]
  /** Further lines of records.config; the last line for a name wins. */
  readonly extraRecords?: readonly string[]
  /** An access log in Squid's format, `access.log`, as captures read it. */
  readonly hasAccessLog?: boolean
  /** A user to run as, when called as root; the directory becomes theirs. */
  readonly runAs?: string
}

export interface AtsPaths {
  readonly directory: string
  readonly configDir: string
  readonly logDir: string
  readonly runtimeDir: string
  /** The file for TS_RUNROOT. */
  readonly runroot: string
  readonly port: number
}

export interface AtsInstance extends AtsPaths {
  /** traffic_manager's process. */
  readonly pid: number
  readonly version: string
  readonly isRunning: () => boolean
  /** Orderly, about 2.4 s. */
  stop(): Promise<void>
  /** At once, as in a crash. */
  kill(): Promise<void>
}

const readyText = 'Traffic Server is fully initialized'
const baseStart = '# --- base of this instance: rewritten at every start ---'
const baseEnd = '# --- end of base ---'

export function isAtsInstalled(): boolean {
  return ['traffic_manager', 'traffic_server', 'traffic_ctl'].every((name) => existsSync(`/usr/bin/${name}`))
}

/** What the binary says, `9.2.9`; the package's version may differ. Throws when ATS isn't installed. */
export function atsVersion(): string {
  const { stdout, stderr } = spawnSync('/usr/bin/traffic_server', ['-V'], { encoding: 'utf8' })
  const version = /Traffic Server (\d+\.\d+\.\d+)/.exec(`${stdout}${stderr}`)?.[1]
  if (version === undefined) throw new Error('Apache Traffic Server is not installed (traffic_server -V)')
  return version
}

/** Writes what the instance needs and keeps what is there: routing files survive a restart, base records don't. */
export function prepareAts(options: AtsOptions): AtsPaths {
  const { directory } = options
  const paths = atsPaths(directory, options.port)
  if (Buffer.byteLength(join(paths.runtimeDir, 'eventapi.sock')) > 107) {
    throw new Error(`${directory} is too long a path: Unix socket paths end at 107 bytes`)
  }
  for (const name of ['etc', 'run', 'log', 'cache', 'data'])
    mkdirSync(join(directory, name), { recursive: true })
  writeFileSync(paths.runroot, runroot(directory))
  if (!existsSync(join(paths.configDir, 'body_factory'))) {
    symlinkSync('/etc/trafficserver/body_factory', join(paths.configDir, 'body_factory'))
  }
  for (const [name, content] of Object.entries(initialFiles(options))) {
    if (!existsSync(join(paths.configDir, name))) writeFileSync(join(paths.configDir, name), content)
  }
  writeFileSync(join(paths.configDir, 'hosts'), `${(options.hostsFile ?? []).join('\n')}\n`)
  writeRecords(join(paths.configDir, 'records.config'), baseRecords(options, paths))
  if (options.runAs !== undefined && process.getuid?.() === 0) giveTo(options.runAs, directory)
  return paths
}

/**
 * Prepares and starts the instance and waits until ATS says it is ready (about 3 s on 9.2). An instance left in
 * the directory by a crash is stopped first. ATS gets SIGTERM when the calling process dies.
 */
export async function startAts(options: AtsOptions, readyTimeoutMs = 30_000): Promise<AtsInstance> {
  const paths = prepareAts(options)
  const version = atsVersion()
  await stopLeftover(paths.runroot)

  const diags = join(paths.logDir, 'diags.log')
  const from = existsSync(diags) ? readFileSync(diags).length : 0
  const out = join(paths.logDir, 'traffic.out')
  const console_ = await open(join(paths.logDir, 'manager.console'), 'a')
  const user = options.runAs === undefined || process.getuid?.() !== 0 ? [] : asUser(options.runAs)
  const child = spawn(
    '/usr/bin/setpriv',
    // Absolute paths: the manager was once seen to crash with relative ones.
    [
      '--pdeathsig',
      'TERM',
      ...user,
      '--',
      '/usr/bin/traffic_manager',
      '--nosyslog',
      '--bind_stdout',
      out,
      '--bind_stderr',
      out,
    ],
    {
      detached: true,
      stdio: ['ignore', console_.fd, console_.fd],
      env: { PATH: '/usr/bin:/bin', TS_RUNROOT: paths.runroot },
    },
  )
  await console_.close()
  child.on('error', () => {})
  child.unref()
  const pid = child.pid
  if (pid === undefined) throw new Error('traffic_manager could not be started')
  const isRunning = () => child.exitCode === null && child.signalCode === null
  const end = async (graceMs?: number) => {
    await stopLeftover(paths.runroot, graceMs)
    // Its /proc entry goes a moment before this process hears of the end.
    for (const heardBy = Date.now() + 2_000; isRunning() && Date.now() < heardBy; ) await sleep(10)
  }

  const deadline = Date.now() + readyTimeoutMs
  // An open port proves nothing: traffic_manager listens about 3 s before traffic_server serves.
  while (!existsSync(diags) || !readFileSync(diags).subarray(from).includes(readyText)) {
    if (!isRunning() || Date.now() > deadline) {
      await stopLeftover(paths.runroot)
      throw new Error(`Traffic Server did not start: see ${paths.logDir}`)
    }
    await sleep(50)
  }
  return {
    ...paths,
    pid,
    version,
    isRunning,
    stop: () => end(),
    kill: () => end(0),
  }
}

export function atsPaths(directory: string, port: number): AtsPaths {
  return {
    directory,
    configDir: join(directory, 'etc'),
    logDir: join(directory, 'log'),
    runtimeDir: join(directory, 'run'),
    runroot: join(directory, 'runroot.yaml'),
    port,
  }
}

function runroot(directory: string): string {
  const entries = {
    prefix: directory,
    exec_prefix: '/usr',
    bindir: '/usr/bin',
    sbindir: '/usr/bin',
    sysconfdir: join(directory, 'etc'),
    datadir: join(directory, 'data'),
    includedir: join(directory, 'include'),
    libdir: '/usr/lib/trafficserver',
    libexecdir: '/usr/lib/trafficserver/modules',
    localstatedir: directory,
    runtimedir: join(directory, 'run'),
    logdir: join(directory, 'log'),
    cachedir: join(directory, 'cache'),
  }
  return Object.entries(entries)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')
}

function initialFiles({ directory, hasAccessLog = false }: AtsOptions): Record<string, string> {
  const empty = ['remap', 'plugin', 'ssl_multicert', 'hosting', 'volume', 'cache', 'splitdns', 'parent']
  return {
    ...Object.fromEntries(empty.map((name) => [`${name}.config`, ''])),
    'storage.config': `${join(directory, 'cache')} 16M\n`,
    'sni.yaml': 'sni: []\n',
    'strategies.yaml': '',
    'resolv.conf': '# The resolver of this instance is named in records.config.\n',
    'logging.yaml': hasAccessLog ? squidLog : 'logging: {}\n',
    'ip_allow.yaml': `ip_allow:
  - {apply: in, ip_addrs: [127.0.0.0/8, '::1'], action: allow, methods: ALL}
  - {apply: in, ip_addrs: [0/0, '::/0'], action: deny, methods: ALL}
`,
  }
}

const squidLog = `logging:
  formats:
    - name: squid
      format: '%<cqtq> %<ttms> %<chi> %<crc>/%<pssc> %<psql> %<cqhm> %<cquc> %<caun> %<phr>/%<shn> %<psct>'
  logs:
    - filename: access
      format: squid
      mode: ascii
`

function baseRecords(options: AtsOptions, paths: AtsPaths): string[] {
  return [
    `CONFIG proxy.config.http.server_ports STRING ${options.port}:ip-in=127.0.0.1`,
    'CONFIG proxy.config.reverse_proxy.enabled INT 0',
    'CONFIG proxy.config.url_remap.remap_required INT 0',
    `CONFIG proxy.config.http.connect_ports STRING ${[443, 563, ...(options.connectPorts ?? [])].join(' ')}`,
    'CONFIG proxy.config.http.cache.http INT 0',
    'CONFIG proxy.config.http.wait_for_cache INT 0',
    'CONFIG proxy.config.http.uncacheable_requests_bypass_parent INT 0',
    // It ignores ports: any parent on a loopback address would count as this proxy itself.
    'CONFIG proxy.config.http.parent_proxy.self_detect INT 0',
    `CONFIG proxy.config.dns.nameservers STRING 127.0.0.1:${options.resolverPort}`,
    // Without a file of its own ATS asks the machine's resolvers as well, in turn with ours (measured on 9.2.9).
    `CONFIG proxy.config.dns.resolv_conf STRING ${join(paths.configDir, 'resolv.conf')}`,
    'CONFIG proxy.config.dns.search_default_domains INT 0',
    `CONFIG proxy.config.hostdb.host_file.path STRING ${join(paths.configDir, 'hosts')}`,
    'CONFIG proxy.config.hostdb.host_file.interval INT 1',
    'CONFIG proxy.config.cache.hostdb.sync_frequency INT 0',
    'CONFIG proxy.config.cache.ram_cache.size INT 1048576',
    'CONFIG proxy.config.exec_thread.autoconfig INT 0',
    'CONFIG proxy.config.exec_thread.limit INT 1',
    'CONFIG proxy.config.task_threads INT 1',
    'CONFIG proxy.config.admin.user_id STRING #-1',
    'CONFIG proxy.config.log.max_secs_per_buffer INT 1',
    'CONFIG proxy.config.log.periodic_tasks_interval INT 1',
    'CONFIG proxy.config.crash_log_helper STRING NULL',
    ...(options.extraRecords ?? []),
  ]
}

/** Replaces the base lines and keeps every other line: an agent's block survives. */
function writeRecords(path: string, lines: readonly string[]): void {
  const base = `${[baseStart, ...lines, baseEnd].join('\n')}\n`
  const old = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const start = old.indexOf(baseStart)
  const end = old.indexOf(baseEnd)
  const rest =
    start < 0 || end < 0 ? old : old.slice(0, start) + old.slice(end + baseEnd.length).replace(/^\n/, '')
  writeFileSync(path, base + rest)
}

function asUser(name: string): string[] {
  const { uid, gid } = userIds(name)
  return ['--reuid', String(uid), '--regid', String(gid), '--clear-groups']
}

function giveTo(name: string, directory: string): void {
  const { uid, gid } = userIds(name)
  chownSync(directory, uid, gid)
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) chownSync(join(entry.parentPath, entry.name), uid, gid)
  }
}

function userIds(name: string): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid === undefined || gid === undefined) throw new Error(`there is no user ${name}`)
  return { uid: Number(uid), gid: Number(gid) }
}
