/** ATS 9.2: traffic_ctl speaks to traffic_manager, and only diags.log tells what was loaded. */
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { renderRecordsConfig } from '#core/ats/records'
import { watchLog } from './ats-log.ts'
import type { AtsPlace } from './ats-place.ts'
import { type AtsAdapter, AtsSilent } from './ats-port.ts'
import { effectiveUserOf, pidOf } from './ats-run.ts'
import type { RecordsFile } from './files.ts'
import { reasonOf } from './log.ts'
import { agentUser } from './owner.ts'
import { metricNames, numbersFrom, startFrom } from './stats/metrics.ts'

/** Runs traffic_ctl; answers what it prints. @throws AtsSilent */
export type Control = (...args: string[]) => Promise<string>

export const recordsConfig: RecordsFile = {
  name: 'records.config',
  render: renderRecordsConfig,
  // traffic_server puts http records into force one second after it has got them (9.2.9: not yet after 0.9 s, always
  // after 1.2 s), while `config get` shows traffic_manager's value at once.
  settleMs: 1_500,
}

/** What is lost without traffic_manager, for whoever reads why an apply failed, or the doctor's findings. */
const loneWords =
  'traffic_server runs here without traffic_manager. On 9.2 nothing else serves the control socket: nothing can be loaded, read back or taken out, and files count only at its next start. Run ATS under traffic_manager, as the package’s unit does.'

export function createAts9({ logDir, runtimeDir }: AtsPlace, ask: Control): AtsAdapter {
  const control: Control = async (...args) => {
    try {
      return await ask(...args)
    } catch (error) {
      const words = (await refusalOf(runtimeDir)) ?? ((await isLone(runtimeDir)) ? loneWords : null)
      if (words === null) throw error
      throw new AtsSilent(`${reasonOf(error)} (${words})`, { cause: error })
    }
  }
  /** As ATS last told it. */
  let startedAt: Date | null = null
  return {
    async requireControl() {
      // Anybody who reaches the socket may read records; a reload is taken from root and traffic_manager's user (9.2.9).
      const { uid } = agentUser()
      const manager = uid === 0 ? null : await pidOf('manager', runtimeDir)
      const owner = manager === null ? null : await effectiveUserOf(manager)
      if (owner === null || owner === uid) return
      const words = `ATS takes no reload from user ${uid}, only from root and user ${owner}`
      throw new AtsSilent(`${words}: run the agent as one of these.`)
    },
    recordsFile: async () => recordsConfig,
    watchLoads: () =>
      watchLog(logDir, async () => {
        await control('config', 'reload')
      }),
    async liveRecords(names) {
      if (names.length === 0) return new Map()
      const lines = (await control('config', 'get', ...names)).split('\n')
      return new Map(
        lines.flatMap((line) => {
          const at = line.indexOf(': ')
          return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 2)] as const]
        }),
      )
    },
    async setRecord(name, value) {
      await control('config', 'set', name, value)
    },
    async takenOut(hosts) {
      // Every status is a metric; asking for the status of a host that never had one is an error.
      const lines = (await control('metric', 'match', 'proxy\\.process\\.host_status\\.')).split('\n')
      const out = lines.filter((line) => line.includes('MANUAL:DOWN')).map((line) => line.split(' ')[0] ?? '')
      return hosts.filter((host) => out.includes(`proxy.process.host_status.${host}`))
    },
    async takeOut(hosts) {
      await control('host', 'down', ...hosts, '--reason', 'manual')
    },
    async bringBack(hosts) {
      await control('host', 'up', ...hosts, '--reason', 'manual')
    },
    async statistics() {
      // `metric get` fails as a whole when one name is unknown; an expression leaves that one out.
      const lines = (await control('metric', 'match', statisticsExpression)).split('\n')
      const values = new Map(lines.map((line) => line.split(' ', 2) as [string, string]))
      // `traffic_ctl metric clear` clears this as well, until the next start.
      startedAt = startFrom(values.get(startTime)) ?? startedAt ?? (await lockedAt(runtimeDir))
      const atsStartedAt = startedAt
      if (atsStartedAt === null || isFresh(atsStartedAt)) return null
      // A new traffic_manager takes its counts up again from records.snap, which it writes every 5 s, and its first
      // traffic_server goes on from there. Those that it starts again after a crash count from zero.
      return { atsStartedAt, countersContinue: values.get(startCount) === '1', ...numbersFrom(values) }
    },
  }
}

const startTime = 'proxy.node.restarts.proxy.start_time'
/** Of this traffic_manager. */
const startCount = 'proxy.node.restarts.proxy.restart_count'
const statisticsExpression = `^(${[startTime, startCount, ...metricNames].join('|').replaceAll('.', '\\.')})$`
/** For 8 s after a crash traffic_manager tells the counts of the process before, under the new one's start (9.2.9). */
const oldCountsMs = 15_000

/** What lies ahead is long ago: the host's clock was set back since. */
function isFresh(startedAt: Date): boolean {
  const ageMs = Date.now() - startedAt.getTime()
  return ageMs >= 0 && ageMs < oldCountsMs
}

/** When the traffic_server that runs wrote its number down: at its start. */
async function lockedAt(runtimeDir: string): Promise<Date | null> {
  const found = await stat(join(runtimeDir, 'server.lock')).catch(() => null)
  return found && new Date(Math.floor(found.mtimeMs / 1_000) * 1_000)
}

/** traffic_ctl says the same of a socket that we may not use and of an ATS that is down; null: we may, or it is down. */
async function refusalOf(runtimeDir: string): Promise<string | null> {
  try {
    await access(join(runtimeDir, 'mgmtapi.sock'), constants.W_OK)
    return null
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) return null
    return `${error.message}: run the agent as root or as the user that ATS runs as.`
  }
}

async function isLone(runtimeDir: string): Promise<boolean> {
  const [server, manager] = await Promise.all([pidOf('server', runtimeDir), pidOf('manager', runtimeDir)])
  return server !== null && manager === null
}
