/**
 * Stands in for ATS 10.1 and 10.2, which Debian 12 has no package of: it loads files and answers on its control
 * socket as was measured on builds of these releases (docs/ats-behaviour.md). It serves no traffic.
 */
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AtsPlace } from '../../agent/ats-place.ts'
import { createAts10Files, type Task } from './ats-10-files.ts'

export interface Ats10 {
  readonly place: AtsPlace
  /** What ATS obeys: the text of each routing file, without the lines that it dropped. */
  readonly inForce: ReadonlyMap<string, string>
  readonly records: Map<string, string>
  /** Every method that was called, in order. */
  readonly calls: readonly string[]
  /** False: the caller is neither root nor ATS's own user. */
  isAuthorised: boolean
  /** How long a reload takes. */
  reloadMs: number
  /** Somebody else's reload: refused ones are not queued. */
  reload(token: string): void
  /** Called as a reload of the agent has been taken. */
  onReload: () => void
  stop(): Promise<void>
  /** Forgets tokens and set values, and reads all files. */
  start(): Promise<void>
  close(): Promise<void>
}

export interface Ats10Options {
  readonly version: string
  /** Of an ATS that is upgraded; its files stay. */
  readonly place?: AtsPlace
}

/** Puts a program there that names this version; traffic_ctl fails, since nothing needs it on 10.x. */
export function installAts(binDir: string, version: string): void {
  mkdirSync(binDir, { recursive: true })
  const programs = {
    traffic_server: `#!/bin/sh\necho 'Traffic Server ${version} - traffic_server'\n`,
    traffic_ctl: '#!/bin/sh\nexit 1\n',
  }
  for (const [name, text] of Object.entries(programs)) {
    const path = join(binDir, name)
    writeFileSync(`${path}.new`, text)
    chmodSync(`${path}.new`, 0o755)
    renameSync(`${path}.new`, path)
  }
}

export async function startAts10(options: Ats10Options): Promise<Ats10> {
  const directory = mkdtempSync(join(tmpdir(), 'apm-ats10-'))
  const place = options.place ?? placeBelow(directory)
  installAts(place.binDir, options.version)
  const hasTokens = options.version.startsWith('10.2.')
  const files = createAts10Files(place)
  const { records } = files
  const hostStatus = new Map<string, string>()
  const calls: string[] = []
  const tasks = new Map<string, Task>()
  let ongoing: string | null = null
  let server: Server | undefined

  const ats: Ats10 = {
    place,
    inForce: files.inForce,
    records,
    calls,
    isAuthorised: true,
    reloadMs: 10,
    onReload: () => {},
    reload,
    async stop() {
      await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)))
      server = undefined
    },
    async start() {
      tasks.clear()
      ongoing = null
      records.clear()
      files.load('start')
      server = createServer(serve)
      const path = join(place.runtimeDir, 'jsonrpc20.sock')
      rmSync(path, { force: true }) // a stopped ATS leaves it behind
      await new Promise<void>((resolve) => server?.listen(path, resolve))
    },
    async close() {
      await ats.stop()
      rmSync(directory, { recursive: true })
    },
  }

  function reload(token: string): void {
    ongoing = token
    tasks.set(token, { ...emptyTask, status: 'in_progress' })
    setTimeout(() => {
      if (ongoing !== token) return // restarted meanwhile
      tasks.set(token, files.load(hasTokens ? 'newer' : 'newer and ip_allow.yaml'))
      ongoing = null
    }, ats.reloadMs)
  }

  /** The result of each method; what it throws is an error's reason. */
  const methods: Record<string, (params: Params) => unknown> = {
    admin_config_reload({ named: { token = 'unnamed' } }) {
      if (!hasTokens) {
        reload(token)
        ats.onReload()
        return 'success'
      }
      if (ongoing !== null)
        return {
          errors: [{ code: 6004, message: `Reload ongoing with token '${ongoing}'` }],
          tasks: [tasks.get(ongoing)],
        }
      if (tasks.has(token)) return { errors: [{ code: 6002, message: `Token '${token}' already exists.` }] }
      reload(token)
      ats.onReload()
      return { created_time: 'now', message: ['Reload task scheduled'], token }
    },
    get_reload_config_status({ named: { token = '' } }) {
      const task = token === '' ? [...tasks.values()].at(-1) : tasks.get(token)
      if (task !== undefined) return { tasks: [task] }
      if (token === '') return { errors: [{ code: 6005, message: 'No reload tasks found' }] }
      return { errors: [{ code: 6001, message: `Token '${token}' not found` }], token }
    },
    admin_lookup_records({ records: asked }) {
      const found = asked.map(({ record_name: name }) => ({ name, value: records.get(name) }))
      return {
        recordList: found
          .filter(({ value }) => value !== undefined)
          .map(({ name, value }) => ({ record: { record_name: name, current_value: value } })),
        errorList: found
          .filter(({ value }) => value === undefined)
          .map(({ name }) => ({ code: 2000, message: 'Record not found', record_name: name })),
      }
    },
    admin_config_set_records({ records: asked }) {
      return asked.map(({ record_name: name, record_value: value }) => {
        if (!records.has(name)) throw new Error('Record not found')
        records.set(name, value)
        return { record_name: name }
      })
    },
    admin_host_set_status({ named: { operation, host = [], reason, time } }) {
      if (time === undefined || reason !== 'manual') throw new Error('Invalid input parameters')
      for (const each of host) hostStatus.set(each, operation === 'down' ? 'DOWN' : 'UP')
      return 'success'
    },
    admin_host_get_status({ hosts }) {
      const known = hosts.filter((host) => hostStatus.has(host))
      return {
        statusList: known.map((host) => ({ hostname: host, status: statusText(hostStatus.get(host) ?? '') })),
        errorList: hosts
          .filter((host) => !hostStatus.has(host))
          .map((host) => `no record for ${host} was found`),
      }
    },
  }
  if (!hasTokens) delete methods.get_reload_config_status
  const open = ['admin_lookup_records', 'admin_host_get_status']

  function answer({ method, params, id }: { method: string; params: unknown; id: string }): object {
    calls.push(method)
    const refuse = (data: string) => ({
      error: { code: 9, message: 'Error during execution', data: [{ message: data }] },
      id,
    })
    const call = methods[method]
    if (call === undefined) return { error: { code: -32601, message: 'Method not found' }, id }
    if (!ats.isAuthorised && !open.includes(method)) return refuse('Unauthorized action')
    try {
      return { result: call({ named: params ?? {}, records: params, hosts: params } as Params), id }
    } catch (error) {
      return refuse((error as Error).message)
    }
  }

  /** One answer, then the end. A caller who ends first gets none. */
  function serve(socket: Socket): void {
    let text = ''
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      text += chunk.toString()
      let asked: Parameters<typeof answer>[0]
      try {
        asked = JSON.parse(text)
      } catch {
        return // the rest is on its way
      }
      socket.end(JSON.stringify({ jsonrpc: '2.0', ...answer(asked) }, asText))
    })
  }

  await ats.start()
  return ats
}

/** The parameters in each of the shapes that a method takes. */
interface Params {
  readonly named: {
    readonly token?: string
    readonly operation?: string
    readonly host?: readonly string[]
    readonly reason?: string
    readonly time?: string
  }
  readonly records: readonly { readonly record_name: string; readonly record_value: string }[]
  readonly hosts: readonly string[]
}

const emptyTask: Task = { config_key: '', filename: '', status: 'success', logs: [], sub_tasks: [] }

function statusText(manual: string): string {
  return `HOST_STATUS_${manual},ACTIVE:UP:0:0,LOCAL:UP:0:0,MANUAL:${manual}:1790000000:0,SELF_DETECT:UP:0`
}

/** As yaml-cpp writes JSON: every value is a text. */
function asText(_key: string, value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
}

function placeBelow(directory: string): AtsPlace {
  const place = {
    configDir: join(directory, 'etc'),
    logDir: join(directory, 'log'),
    runtimeDir: join(directory, 'run'),
    binDir: join(directory, 'bin'),
    runroot: join(directory, 'runroot.yaml'),
  }
  for (const path of [place.configDir, place.logDir, place.runtimeDir]) mkdirSync(path)
  writeFileSync(join(place.logDir, 'diags.log'), '')
  const files = {
    'records.yaml': ownRecords,
    'parent.config': '# none yet\n',
    'sni.yaml': 'sni: []\n',
    'ip_allow.yaml':
      'ip_allow:\n  - apply: in\n    ip_addrs: 127.0.0.1\n    action: allow\n    methods: ALL\n',
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(place.configDir, name), content)
  return place
}

/** What an operator wrote, in a style of their own. */
export const ownRecords = `# ours since 2019
records:
    url_remap: {remap_required: 0}   # forward proxy
    http:
        parent_proxy:
            retry_time: 10
    diags.output.note: "L"
`
