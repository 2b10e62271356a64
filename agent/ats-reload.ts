/**
 * Reads ATS 10.2's verdict on a reload: a tree of tasks, one for each file that was newer.
 *
 * "Success" alone proves nothing. A file that ATS found no newer has no task, and bad lines of parent.config are
 * dropped with a mere line in the task's log (docs/decisions/0019).
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AtsSilent, type LoadVerdict, type LoadWatch } from './ats-port.ts'
import { fieldsOf, itemsOf, type RpcCall } from './ats-rpc.ts'
import type { RoutingFile } from './files.ts'
import { reasonOf } from './log.ts'

const askAgainMs = 50
/** ATS's code for "Reload ongoing": one at a time, and the second is not queued. */
const reloadOngoing = 6004

/** `patienceMs`: how long reloads of others are waited for. */
export function watchReloads(call: RpcCall, patienceMs = 10_000): LoadWatch {
  /** Reloads name only what was newer for them: what an earlier one of ours has loaded stays loaded. */
  const loaded = new Set<RoutingFile>()
  let token = ''
  return {
    source: 'the status of its reload',
    async reload() {
      for (const end = performance.now() + patienceMs; ; await sleep(askAgainMs)) {
        // Ours alone: the result of somebody else's reload says nothing of files that it began before.
        token = `apm-${randomUUID()}`
        const answer = fieldsOf(await call('admin_config_reload', { token }))
        const errors = itemsOf(answer.errors)
        if (errors.length === 0 && answer.token === token) return
        if (errors.length === 0)
          throw new AtsSilent('ATS took the reload without its token: restart ATS, an older one still runs.')
        const words = errors.map(messageOf).join(' ')
        if (!errors.some(({ code }) => Number(code) === reloadOngoing))
          throw new AtsSilent(`ATS refuses the reload: ${words}`)
        if (performance.now() > end)
          throw new AtsSilent(`ATS takes no reload for ${patienceMs / 1000} s: ${words}`)
      }
    },
    async verdicts(files) {
      const status = await call('get_reload_config_status', { token }).catch((error: unknown) => error)
      return files.map((name) => {
        if (loaded.has(name)) return { name, result: 'loaded', complaints: [] }
        if (status instanceof Error) return { name, result: 'waiting', complaints: [reasonOf(status)] }
        const verdict = readReload(status, name)
        if (verdict.result === 'loaded') loaded.add(name)
        return { name, ...verdict }
      })
    },
    async close() {},
  }
}

/** What must be among a reload's tasks for each file, and the task below it that is the file's own. */
const taskNames: Readonly<Record<RoutingFile, readonly string[]>> = {
  'parent.config': ['parent_proxy'],
  'sni.yaml': ['ssl_client_coordinator', 'SNIConfig'],
  'ip_allow.yaml': ['ip_allow'],
}

/** What the answer to `get_reload_config_status` says of one file. */
export function readReload(answer: unknown, name: RoutingFile): LoadVerdict {
  const { tasks, errors } = fieldsOf(answer)
  const task = itemsOf(tasks)[0]
  // A restart forgets all tokens.
  if (task === undefined) return { result: 'overlooked', complaints: itemsOf(errors).map(messageOf) }
  if (task.status === 'created' || task.status === 'in_progress') return { result: 'waiting', complaints: [] }

  const own = ownTask(task, taskNames[name])
  const tree = own === null ? [] : [own, ...below(own)]
  const complaints = tree.flatMap(complaintsOf).map((words) => sayOf(name, words))
  if (complaints.length > 0 || tree.some(({ status }) => status === 'fail'))
    return {
      result: 'rejected',
      complaints: complaints.length > 0 ? complaints : [`ATS failed to load ${name}.`],
    }
  if (task.status === 'success') return { result: own === null ? 'overlooked' : 'loaded', complaints: [] }

  const others = below(task).filter(({ status }) => status !== 'success')
  const reasons = others.flatMap((each) =>
    complaintsOf(each).map((words) => sayOf(String(each.filename || each.config_key), words)),
  )
  return { result: 'failed', complaints: [`ATS ended its reload with “${task.status}”.`, ...reasons] }
}

type Task = Readonly<Record<string, unknown>>

/** Null when ATS has not read the file. */
function ownTask(task: Task, names: readonly string[]): Task | null {
  const [first, inner] = names
  const found = below(task).find((each) => isNamed(each, first))
  if (found === undefined) return null
  return below(found).find((each) => isNamed(each, inner)) ?? found
}

function isNamed({ config_key, description }: Task, name: string | undefined): boolean {
  return name !== undefined && (config_key === name || description === name)
}

function below(task: Task): readonly Task[] {
  return itemsOf(task.sub_tasks).flatMap((each) => [each, ...below(each)])
}

/** 3 is a note, 4 a warning, 5 an error. */
const leastLevel = 4
/** Said of a line that leaves these codes at their default. */
const harmless = /SimpleRetryResponseCodes.*404 default/s

function complaintsOf({ logs }: Task): string[] {
  return itemsOf(logs)
    .filter(({ level, text }) => Number(level) >= leastLevel && !harmless.test(String(text)))
    .map(({ text }) => String(text))
}

function sayOf(name: string, words: string): string {
  return words.includes(name) ? words : `${name}: ${words}`
}

function messageOf({ message }: Task): string {
  return String(message)
}
