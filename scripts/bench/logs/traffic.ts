/** What ATS takes to serve a steady load. */
import { setTimeout as wait } from 'node:timers/promises'
import { processorTimeOf } from '../processor-time.ts'
import type { LogBench } from './fleet.ts'

export interface TrafficCost {
  /** Of one processor, by traffic_server. */
  readonly cpuPercent: number
  readonly cpuUsPerRequest: number
}

const warmSeconds = 3

export async function measureTraffic(
  bench: LogBench,
  load: { readonly requestsPerSecond: number; readonly seconds: number },
): Promise<TrafficCost> {
  await run(bench, { ...load, seconds: warmSeconds })
  const [cpuBefore, startedAt] = [cpuSeconds(bench.pids.ats), performance.now()]
  const requests = await run(bench, load)
  const cpu = cpuSeconds(bench.pids.ats) - cpuBefore
  const seconds = (performance.now() - startedAt) / 1_000
  return { cpuPercent: (100 * cpu) / seconds, cpuUsPerRequest: (1_000_000 * cpu) / requests }
}

async function run(
  { send }: LogBench,
  { requestsPerSecond, seconds }: { requestsPerSecond: number; seconds: number },
): Promise<number> {
  const startedAt = performance.now()
  const running: Promise<number>[] = []
  while (running.length < requestsPerSecond * seconds) {
    const due = ((performance.now() - startedAt) / 1_000) * requestsPerSecond
    while (running.length < Math.min(due, requestsPerSecond * seconds)) {
      running.push(send('www.shop.example', `/load/${running.length}`))
    }
    await wait(10)
  }
  await Promise.all(running)
  return running.length
}

function cpuSeconds(pid: number): number {
  const time = processorTimeOf(pid)
  if (time === null) throw new Error('ATS has ended')
  return time.own
}
