/** The command line and the environment, read once; every refusal names the setting it is about. */

import { hostname as machineName } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export type Command =
  | { readonly kind: 'help'; readonly text: string }
  | {
      readonly kind: 'enrol'
      readonly home: string
      readonly servers: readonly string[]
      readonly token: string
      readonly hostname: string
      readonly ats: AtsSettings
      readonly again: boolean
    }
  | {
      readonly kind: 'run'
      readonly home: string
      /** Null: those that it enrolled with. */
      readonly servers: readonly string[] | null
      readonly isPollOnly: boolean
      /** What must stay reachable through ATS when a config is applied. */
      readonly probeUrls: readonly string[]
      /** Where to answer Prometheus; null: nowhere. */
      readonly metrics: { readonly host: string; readonly port: number } | null
    }
  | { readonly kind: 'sync'; readonly home: string; readonly isDry: boolean }
  | { readonly kind: 'status' | 'doctor' | 'release' | 'watchdog'; readonly home: string }

/** Where ATS lives: a directory with a runroot.yaml, or its directories one by one. */
export type AtsSettings =
  | { readonly root: string; readonly binDir: string }
  | {
      readonly configDir: string
      readonly logDir: string
      readonly runtimeDir: string
      readonly binDir: string
    }

export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

type Environment = Readonly<Record<string, string | undefined>>

const general = `Keeps one Apache Traffic Server in step with ATS Proxy Manager.

  agent enrol    register this host with a server, once
  agent run      fetch, apply and report, until stopped
  agent sync     look once, and apply or only show what is offered
  agent doctor   look for what would keep a config from working here
  agent status   show what this agent knows, without the server
  agent release  give the host back: its own files and records as they were before the first apply

Add --help to a command for its options.
`

const usage = {
  enrol: `agent enrol --server URL --home DIR (--ats-root DIR | --config-dir DIR --log-dir DIR --runtime-dir DIR)

  --server URL[,URL…]  the server, https://manager.example; plain http only on loopback.  APM_SERVER
                       More addresses, of replicas, are tried in turn when one is away
  --token TOKEN        the enrolment token; better in the environment, where ps is blind   APM_ENROLMENT_TOKEN
  --home DIR           where the agent keeps its key and state (mode 0700)                 APM_AGENT_HOME
  --hostname NAME      the name of this proxy (default: this machine's)                    APM_AGENT_HOSTNAME
  --ats-root DIR       the directory that holds ATS's runroot.yaml                         APM_ATS_ROOT
  --config-dir DIR     without a run root: the directory of parent.config                  APM_ATS_CONFIG_DIR
  --log-dir DIR        … of diags.log                                                      APM_ATS_LOG_DIR
  --runtime-dir DIR    … of ATS's control socket                                           APM_ATS_RUNTIME_DIR
  --bin-dir DIR        … of traffic_ctl and traffic_server (default: /usr/bin)             APM_ATS_BIN_DIR
  --again              replace an identity that is already in the home
  --allow-plain-http   accept an http:// server that is not on loopback
`,
  run: `agent run --home DIR

  --home DIR           the home that "agent enrol" filled                                  APM_AGENT_HOME
  --server URL[,URL…]  the server's new addresses, if it has moved since                   APM_SERVER
  --poll-only          open no socket: changes arrive with the next poll, up to 30 s late  APM_AGENT_POLL_ONLY=1
  --probe URL          what this proxy must go on reaching; may be repeated, up to 5.      APM_AGENT_PROBE
                       A config after which one is not answered any more is rolled back
  --metrics HOST:PORT  answer Prometheus at /metrics, on loopback: 127.0.0.1:9122          APM_AGENT_METRICS
  --allow-plain-http   accept an http:// server that is not on loopback

Stops on SIGTERM or SIGINT; an apply that has begun is finished first.
`,
  sync: `agent sync (--once | --dry-run) --home DIR

  --home DIR           the home that "agent enrol" filled                                  APM_AGENT_HOME
  --once               one pass, as "agent run" makes every 30 s; not beside it
  --dry-run            print what a pass would write, as a patch; writes and acknowledges nothing

Ends with 1 when the offer is refused or fails.
`,
  doctor: `agent doctor --home DIR

  --home DIR           the home that "agent enrol" filled                                  APM_AGENT_HOME

Changes nothing, and ends with 1 when it finds a problem; each comes with a remedy.
`,
  status: `agent status --home DIR

  --home DIR           the home that "agent enrol" filled                                  APM_AGENT_HOME
`,
  watchdog: `agent watchdog --home DIR

  --home DIR           the home that "agent enrol" filled                                  APM_AGENT_HOME

"agent run" starts it while logs are captured: if the agent dies, it puts ATS's debug output back at the deadline.
Ends when no capture is open.
`,
  release: `agent release --home DIR

  --home DIR           the home that "agent enrol" filled                                  APM_AGENT_HOME

Needs no server, but ATS running, and "agent run" stopped. The identity is removed; retire the proxy in the web app.
`,
} as const

const options = {
  server: { type: 'string' },
  token: { type: 'string' },
  home: { type: 'string' },
  hostname: { type: 'string' },
  'ats-root': { type: 'string' },
  'config-dir': { type: 'string' },
  'log-dir': { type: 'string' },
  'runtime-dir': { type: 'string' },
  'bin-dir': { type: 'string' },
  again: { type: 'boolean' },
  'poll-only': { type: 'boolean' },
  probe: { type: 'string', multiple: true },
  metrics: { type: 'string' },
  once: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  'allow-plain-http': { type: 'boolean' },
  help: { type: 'boolean' },
} as const

const optionsOf = {
  enrol: Object.keys(options).filter(
    (name) => !['poll-only', 'probe', 'metrics', 'once', 'dry-run'].includes(name),
  ),
  run: ['home', 'server', 'poll-only', 'probe', 'metrics', 'allow-plain-http', 'help'],
  sync: ['home', 'once', 'dry-run', 'help'],
  doctor: ['home', 'help'],
  status: ['home', 'help'],
  watchdog: ['home', 'help'],
  release: ['home', 'help'],
} as const

/**
 * `argv` without node and script.
 * @throws SettingsError for an unknown command or option, and for a setting that is missing or bad.
 */
export function readCommand(argv: readonly string[], env: Environment = process.env): Command {
  const [name, ...rest] = argv
  if (name === undefined || name === '--help' || name === 'help') return { kind: 'help', text: general }
  if (!isCommand(name)) {
    throw new SettingsError(`There is no command “${name}”: ${Object.keys(usage).join(', ')} are.`)
  }
  const values = parse(rest, optionsOf[name])
  if (values.help === true) return { kind: 'help', text: usage[name] }
  const setting = (option: keyof typeof values, variable: string): string | undefined => {
    const value = values[option] ?? env[variable]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const needed = (option: keyof typeof values, variable: string): string => {
    const value = setting(option, variable)
    if (value === undefined) throw new SettingsError(`--${option} (or ${variable}) is missing.`)
    return value
  }
  const home = resolve(needed('home', 'APM_AGENT_HOME'))
  if (name === 'sync') {
    const isDry = values['dry-run'] === true
    if (isDry === (values.once === true)) throw new SettingsError('Say --once or --dry-run, one of the two.')
    return { kind: name, home, isDry }
  }
  if (name === 'status' || name === 'doctor' || name === 'release' || name === 'watchdog')
    return { kind: name, home }
  const server = setting('server', 'APM_SERVER')
  const isHttpFine = values['allow-plain-http'] === true
  if (name === 'run') {
    const isPollOnly = values['poll-only'] === true || setting('poll-only', 'APM_AGENT_POLL_ONLY') === '1'
    return {
      kind: name,
      home,
      servers: server === undefined ? null : checkServers(server, isHttpFine),
      isPollOnly,
      probeUrls: checkProbes(values.probe ?? env.APM_AGENT_PROBE?.split(/\s+/).filter(Boolean) ?? []),
      metrics: checkMetrics(setting('metrics', 'APM_AGENT_METRICS')),
    }
  }

  return {
    kind: 'enrol',
    home,
    servers: checkServers(needed('server', 'APM_SERVER'), isHttpFine),
    token: needed('token', 'APM_ENROLMENT_TOKEN'),
    hostname: checkHostname(setting('hostname', 'APM_AGENT_HOSTNAME') ?? machineName()),
    ats: atsSettings(setting),
    again: values.again === true,
  }
}

function isCommand(name: string): name is keyof typeof usage {
  return Object.hasOwn(usage, name)
}

function parse(args: string[], allowed: readonly string[]) {
  try {
    const picked = Object.fromEntries(Object.entries(options).filter(([name]) => allowed.includes(name)))
    return parseArgs({ args, options: picked as typeof options, strict: true }).values
  } catch (error) {
    throw new SettingsError(error instanceof Error ? error.message : String(error))
  }
}

function checkServers(text: string, allowPlainHttp: boolean): readonly string[] {
  return text.split(',').map((each) => checkServer(each.trim(), allowPlainHttp))
}

function checkServer(text: string, allowPlainHttp: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== '' ||
    url.search !== '' ||
    url.hash
  ) {
    throw new SettingsError(`--server: “${text}” is not a URL like https://manager.example.`)
  }
  if (url.protocol === 'http:' && !allowPlainHttp && !isLoopback(url.hostname)) {
    throw new SettingsError(
      `--server: ${url.origin} is plain http, which shows configs and tokens to the network. ` +
        'Use https, or add --allow-plain-http.',
    )
  }
  return url.href.replace(/\/+$/, '')
}

function checkProbes(urls: readonly string[]): readonly string[] {
  if (urls.length > 5) throw new SettingsError(`--probe: at most 5 URLs, not ${urls.length}.`)
  for (const url of urls) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol) || /[@#]/.test(url)) {
      throw new SettingsError(`--probe: “${url}” is not a URL like https://intranet.example/.`)
    }
  }
  return urls
}

function checkMetrics(text: string | undefined): { host: string; port: number } | null {
  if (text === undefined) return null
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? []
  if (!isLoopback(host) || Number(port) < 1 || Number(port) > 65_535) {
    throw new SettingsError(
      `--metrics: “${text}” is not a loopback address with a port, like 127.0.0.1:9122.`,
    )
  }
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
}

function checkHostname(name: string): string {
  if (!/^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/.test(name)) {
    throw new SettingsError(`--hostname: “${name}” is not a host name.`)
  }
  return name.toLowerCase()
}

type Lookup = (option: keyof typeof options, variable: string) => string | undefined

function atsSettings(setting: Lookup): AtsSettings {
  const binDir = resolve(setting('bin-dir', 'APM_ATS_BIN_DIR') ?? '/usr/bin')
  const root = setting('ats-root', 'APM_ATS_ROOT')
  const configDir = setting('config-dir', 'APM_ATS_CONFIG_DIR')
  const logDir = setting('log-dir', 'APM_ATS_LOG_DIR')
  const runtimeDir = setting('runtime-dir', 'APM_ATS_RUNTIME_DIR')
  if (root !== undefined) {
    if (configDir ?? logDir ?? runtimeDir) {
      throw new SettingsError('--ats-root excludes --config-dir, --log-dir and --runtime-dir.')
    }
    return { root: resolve(root), binDir }
  }
  if (configDir === undefined || logDir === undefined || runtimeDir === undefined) {
    throw new SettingsError(
      '--ats-root is missing; without it --config-dir, --log-dir and --runtime-dir are needed.',
    )
  }
  return { configDir: resolve(configDir), logDir: resolve(logDir), runtimeDir: resolve(runtimeDir), binDir }
}
