/** Processor time that a process has taken, as Linux counts it. */
import { readdirSync, readFileSync } from 'node:fs'

export interface ProcessorTime {
  readonly parentPid: number
  /** Seconds, user and system. */
  readonly own: number
  /** Of its children that have ended, and theirs. */
  readonly children: number
}

const ticksPerSecond = 100

/** Null: it has ended. */
export function processorTimeOf(pid: number): ProcessorTime | null {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return null
  }
  // The second field is a name in brackets, which may hold spaces: fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ')
  const seconds = (...at: number[]) =>
    at.reduce((ticks, index) => ticks + Number(fields[index]), 0) / ticksPerSecond
  return { parentPid: Number(fields[1]), own: seconds(11, 12), children: seconds(13, 14) }
}

/** Seconds of a process and its direct children, also of children that have ended: a postmaster and its backends. */
export function processorSecondsWithChildren(pid: number): number {
  let seconds = processorTimeOf(pid)?.children ?? 0
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    const time = processorTimeOf(Number(name))
    if (Number(name) === pid || time?.parentPid === pid) seconds += time?.own ?? 0
  }
  return seconds
}
