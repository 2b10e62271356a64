/** Samples by the second: what it costs to write them, our way and any other. */
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { countsOf, gaugesOf } from '../../../server/core/stats.ts'
import type { StoredSample } from '../../../server/database/observe-stats.ts'
import { processorSecondsWithChildren } from '../processor-time.ts'

/** A fleet of 100,000. */
export const samplesPerSecond = 3_333

export interface Writing {
  readonly perSecond: number
  readonly serverPercent: number
  readonly postgresPercent: number
  readonly cpuMsPerThousand: number
}

/** A batch a second, the next at once when that can't be kept. Every proxy comes again after 30 of them. */
export async function measureWriting(
  postgresPid: number,
  seconds: number,
  write: (samples: readonly StoredSample[]) => Promise<void>,
): Promise<Writing> {
  const ids = Array.from({ length: samplesPerSecond * 30 }, () => randomUUID())
  const startedAt = performance.now()
  const serverBefore = process.cpuUsage()
  const postgresBefore = processorSecondsWithChildren(postgresPid)
  let written = 0
  for (let turn = 0; performance.now() - startedAt < seconds * 1_000; turn += 1) {
    const from = (turn % 30) * samplesPerSecond
    const at = new Date()
    const batch = ids.slice(from, from + samplesPerSecond).map((id) => sampleOf(id, at))
    await write(batch)
    written += batch.length
    await wait(Math.max(0, startedAt + (turn + 1) * 1_000 - performance.now()))
  }
  const elapsed = (performance.now() - startedAt) / 1_000
  const { user, system } = process.cpuUsage(serverBefore)
  const serverCpu = (user + system) / 1e6
  const postgresCpu = processorSecondsWithChildren(postgresPid) - postgresBefore
  return {
    perSecond: written / elapsed,
    serverPercent: percentOf(serverCpu, elapsed),
    postgresPercent: percentOf(postgresCpu, elapsed),
    cpuMsPerThousand: ((serverCpu + postgresCpu) / written) * 1e6,
  }
}

export function sampleOf(proxyId: string, at: Date): StoredSample {
  const amount = Math.floor(Math.random() * 1e6)
  const life = { atsStartedAt: new Date(0), countersContinue: false, requestsPerSecond: 1.5 }
  return {
    added: { proxyId, at, seconds: 30, restarts: 0, ...gaugesOf(() => amount), ...countsOf(() => amount) },
    newest: { proxyId, at, ...life, ...gaugesOf(() => amount), ...countsOf(() => amount * 1_000) },
  }
}

/** Of one processor. */
export function percentOf(cpuSeconds: number, elapsed: number): number {
  return (cpuSeconds / elapsed) * 100
}
