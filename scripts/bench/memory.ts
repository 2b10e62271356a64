/** The largest resident size of some processes while something goes on. */
import { readFileSync } from 'node:fs'

export interface MemoryWatch {
  /** MiB, by name. */
  stop(): Readonly<Record<string, number>>
}

const everyMs = 250

export function watchMemory(pids: Readonly<Record<string, number>>): MemoryWatch {
  const most: Record<string, number> = {}
  const look = () => {
    for (const [name, pid] of Object.entries(pids)) most[name] = Math.max(most[name] ?? 0, rssMibOf(pid))
  }
  look()
  const timer = setInterval(look, everyMs)
  return {
    stop() {
      clearInterval(timer)
      look()
      return most
    },
  }
}

export function rssMibOf(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round((Number(kib) / 1024) * 10) / 10
}
