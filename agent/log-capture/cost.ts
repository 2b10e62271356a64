/** What a capture costs its host: lines and bytes that ATS writes, and the processor time of ATS. */
import { readFile } from 'node:fs/promises'
import { pidOf } from '../ats-run.ts'
import type { RawLine } from './follow.ts'

export interface LogCost {
  /** Written by ATS, wanted or not. */
  readonly linesPerSecond: number
  readonly bytesPerSecond: number
  /** Of one processor; null: not known. */
  readonly atsCpuPercent: number | null
  /** What can't be followed, for people; null: all is well. */
  readonly problem: string | null
}

interface Look {
  readonly atMs: number
  readonly cpuMs: number | null
}

/** Linux counts processor time in hundredths of a second. */
const tickMs = 10
const windowMs = 2_000

export function createCost(runtimeDir: string) {
  let lines = 0
  let bytes = 0
  let before: Look | null = null
  let known = { linesPerSecond: 0, bytesPerSecond: 0, atsCpuPercent: null as number | null }
  return {
    read(raw: readonly RawLine[]): void {
      lines += raw.length
      for (const { text } of raw) bytes += text.length + 1
    },
    /** Over the last two seconds or more. */
    async now() {
      const atMs = performance.now()
      if (before !== null && atMs - before.atMs < windowMs) return known
      const look = { atMs, cpuMs: await cpuMsOf(await pidOf('server', runtimeDir)) }
      if (before !== null) {
        const seconds = (atMs - before.atMs) / 1_000
        const cpu = look.cpuMs === null || before.cpuMs === null ? null : look.cpuMs - before.cpuMs
        known = {
          linesPerSecond: lines / seconds,
          bytesPerSecond: bytes / seconds,
          atsCpuPercent: cpu === null || cpu < 0 ? null : cpu / seconds / 10,
        }
        lines = 0
        bytes = 0
      }
      before = look
      return known
    },
  }
}

async function cpuMsOf(pid: number | null): Promise<number | null> {
  const stat = pid === null ? '' : await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // After the name, which may hold spaces: the 12th and 13th are user and system time.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  return Number.isFinite(ticks) && stat !== '' ? ticks * tickMs : null
}
