/** How the stand-in for ATS 10.x loads its files: what it takes, what it drops, and what it says of either. */
import { appendFileSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { AtsPlace } from '../../agent/ats-place.ts'

export interface Task {
  readonly config_key: string
  readonly filename: string
  readonly status: string
  readonly logs: readonly { readonly level: number; readonly text: string }[]
  readonly sub_tasks: readonly Task[]
}

/** `newer`: than when it was last read; 10.1 reads ip_allow.yaml at each reload. */
export type What = 'start' | 'newer' | 'newer and ip_allow.yaml'

export interface Ats10Files {
  readonly inForce: Map<string, string>
  readonly records: Map<string, string>
  /** The task of the reload, as 10.2 shows it. */
  load(what: What): Task
}

/** Records that this ATS knows, with ATS's own values. */
const defaults: Readonly<Record<string, string>> = {
  'cache.hostdb.disable_reverse_lookup': '0',
  'cache.ip_allow.filename': 'ip_allow.yaml',
  'diags.debug.enabled': '0',
  'diags.output.error': 'L',
  'diags.output.note': 'L',
  'diags.output.warning': 'L',
  'http.connect_attempts_timeout': '30',
  'http.connect_ports': '443',
  'http.no_dns_just_forward_to_parent': '0',
  'http.parent_proxy.fail_threshold': '10',
  'http.parent_proxy.file': 'parent.config',
  'http.parent_proxy.per_parent_connect_attempts': '2',
  'http.parent_proxy.retry_time': '300',
  'http.parent_proxy.total_connect_attempts': '4',
  'http.server_ports': '',
  'http.uncacheable_requests_bypass_parent': '1',
  'ssl.servername.filename': 'sni.yaml',
  'url_remap.remap_required': '1',
}

const names = ['records.yaml', 'parent.config', 'ip_allow.yaml', 'sni.yaml'] as const
type Name = (typeof names)[number]

export function createAts10Files(place: AtsPlace): Ats10Files {
  const inForce = new Map<string, string>()
  const records = new Map<string, string>()
  const readAt = new Map<Name, number>()
  const say = (level: string, words: string) =>
    appendFileSync(join(place.logDir, 'diags.log'), `[Nov 26 10:00:00.000] [ET_TASK 0] ${level}: ${words}\n`)

  /** What this file's task logs; it is in force unless `isTaken` is false. */
  const readers: Record<Name, (text: string) => { isTaken: boolean; logs: Task['logs'] }> = {
    'records.yaml'(text) {
      for (const [name, value] of Object.entries(flat(parse(text)?.records ?? {}))) {
        const known = `proxy.config.${name}`
        if (!records.has(known)) continue
        const isNumber = /^\d+$/.test(defaults[name] ?? '')
        records.set(known, isNumber && !/^\d+$/.test(value) ? '0' : value)
      }
      return { isTaken: true, logs: [] }
    },
    'parent.config'(text) {
      const bad = text.split('\n').flatMap((line, at) => {
        const unknown = /(?:^|\s)(colour|flavour)=/.exec(line)?.[1]
        return unknown === undefined
          ? []
          : [{ line, words: `[ParentSelection] Unknown modifier '${unknown}' at line ${at + 1}` }]
      })
      for (const { words } of bad) say('ERROR', `${words} in parent.config`)
      const kept = text.split('\n').filter((line) => !bad.some((each) => each.line === line))
      inForce.set('parent.config', kept.join('\n'))
      return { isTaken: false, logs: bad.map(({ words }) => ({ level: 5, text: words })) }
    },
    'ip_allow.yaml'(text) {
      const list: unknown = parse(text)?.ip_allow
      if (!Array.isArray(list) || list.length === 0) throw new Error('no list of rules')
      const at = text.split('\n').findIndex((line) => line.includes('add_allow'))
      if (at >= 0) throw new Error(`unknown action "add_allow" at line ${at + 1}`)
      return { isTaken: true, logs: [] }
    },
    'sni.yaml'(text) {
      if (parse(text)?.sni === null) throw new Error('expected a list below "sni"')
      const isOdd = text.includes('disable_h2')
      return { isTaken: true, logs: isOdd ? [{ level: 4, text: 'unsupported key "disable_h2"' }] : [] }
    },
  }

  function read(name: Name): Task {
    const text = readFileSync(join(place.configDir, name), 'utf8')
    say('NOTE', `${name} loading ...`)
    let logs: Task['logs']
    let status = 'success'
    try {
      const found = readers[name](text)
      if (found.isTaken) inForce.set(name, text)
      logs = [{ level: 3, text: `${name} finished loading` }, ...found.logs]
      say('NOTE', `${name} finished loading`)
    } catch (error) {
      status = 'fail'
      logs = [{ level: 5, text: (error as Error).message.split('\n')[0] ?? '' }]
      if (name === 'ip_allow.yaml') say('WARNING', (error as Error).message)
      say('ERROR', `${name} failed to load`)
    }
    return taskOf(name, status, logs)
  }

  return {
    inForce,
    records,
    load(what) {
      if (what === 'start')
        for (const [name, value] of Object.entries(defaults)) records.set(`proxy.config.${name}`, value)
      const newer = names.filter((name) => {
        const { mtimeMs } = statSync(join(place.configDir, name))
        const isNewer = mtimeMs > (readAt.get(name) ?? 0)
        if (isNewer) readAt.set(name, mtimeMs)
        return isNewer || what === 'start' || (what === 'newer and ip_allow.yaml' && name === 'ip_allow.yaml')
      })
      const sub_tasks = [...newer.map(read), task('ssl_ticket_key', '', 'success', [])]
      const status = sub_tasks.some((each) => each.status === 'fail') ? 'fail' : 'success'
      return task('', '', status, [], sub_tasks)
    },
  }
}

function taskOf(name: Name, status: string, logs: Task['logs']): Task {
  switch (name) {
    case 'records.yaml':
      return task('records', name, status, logs)
    case 'parent.config':
      return task('parent_proxy', name, status, logs)
    case 'ip_allow.yaml':
      return task('ip_allow', name, status, logs)
    case 'sni.yaml': {
      const others = ['SSLConfig', 'SSLCertificateConfig'].map((key) => task(key, '', 'success', []))
      return task(
        'ssl_client_coordinator',
        '',
        status,
        [],
        [task('SNIConfig', name, status, logs), ...others],
      )
    }
  }
}

function task(
  config_key: string,
  filename: string,
  status: string,
  logs: Task['logs'],
  sub_tasks: readonly Task[] = [],
): Task {
  return { config_key, filename, status, logs, sub_tasks }
}

/** Nested or dotted keys alike. */
function flat(tree: object, prefix = ''): Record<string, string> {
  return Object.assign(
    {},
    ...Object.entries(tree).map(([key, value]) =>
      typeof value === 'object' && value !== null
        ? flat(value, `${prefix}${key}.`)
        : { [`${prefix}${key}`]: String(value) },
    ),
  )
}
