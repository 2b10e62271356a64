/** Timer jobs, each idempotent, so that several replicas may run them at once. */
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { dropOldLogs } from './log-capture/keep.ts'
import { createOperation, type Operation, type OperationParts } from './operation.ts'
import { retireSilentProxies } from './proxy/retire.ts'
import { expireSessions } from './session/expire.ts'
import { dropOldStats, rollUpStats } from './stats/keep.ts'

interface Job {
  readonly name: string
  readonly everyMs: number
  run(op: Operation): Promise<unknown>
}

const jobs: readonly Job[] = [
  // Open sockets go with their sessions: within five seconds.
  { name: 'expire-sessions', everyMs: 4_000, run: expireSessions },
  { name: 'retire-silent-proxies', everyMs: 60_000, run: retireSilentProxies },
  { name: 'roll-up-stats', everyMs: 30_000, run: rollUpStats },
  { name: 'drop-old-stats', everyMs: 600_000, run: dropOldStats },
  { name: 'drop-old-logs', everyMs: 600_000, run: dropOldLogs },
]

/** An operation of the server itself. */
export function systemOperation(parts: OperationParts, name: string): Operation {
  const origin = { address: 'local', channel: 'system', requestId: randomUUID() } as const
  return createOperation(parts, { kind: 'system', id: null, name }, origin)
}

/** A failing job is logged and tried again at its next turn. */
export function startUpkeep(parts: OperationParts, log: Logger): { stop(): void } {
  const timers = jobs.map((job) =>
    setInterval(() => {
      job
        .run(systemOperation(parts, job.name))
        .catch((error) => log.error({ err: error, job: job.name }, 'fault'))
    }, job.everyMs),
  )
  return {
    stop() {
      for (const timer of timers) clearInterval(timer)
    },
  }
}
