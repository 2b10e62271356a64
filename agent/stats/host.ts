/** How busy the machine is; what its kernel doesn't tell is missing. */
import { readFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import type { Gauges } from '#core/stats'

export type HostNumbers = Pick<Gauges, 'hostLoad' | 'hostMemoryTotalBytes' | 'hostMemoryAvailableBytes'>

/** `hostLoad`: runnable tasks over the last minute for each processor; 1 is all it can do. */
export async function readHost(): Promise<HostNumbers> {
  const memory = await readFile('/proc/meminfo', 'utf8').catch(() => '')
  const [load] = loadavg()
  return {
    hostLoad: load === undefined ? null : Math.round((load / availableParallelism()) * 1_000) / 1_000,
    hostMemoryTotalBytes: bytesOf(memory, 'MemTotal'),
    // Free memory would be near zero on every healthy host: the kernel fills it with pages that it can give back.
    hostMemoryAvailableBytes: bytesOf(memory, 'MemAvailable'),
  }
}

function bytesOf(memory: string, name: string): number | null {
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(memory)?.[1]
  return kib === undefined ? null : Number(kib) * 1024
}
