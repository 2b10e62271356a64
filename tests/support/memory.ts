/** What a piece of work leaves behind on the heap. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes in use, after everything that can go has gone. */
export function heapBytes(): number {
  collect()
  return process.memoryUsage().heapUsed
}

/** The most that the process takes while `work` runs, beyond what it took before; looked at every few milliseconds. */
export async function peakGrowth(work: () => Promise<void>): Promise<number> {
  collect()
  const total = () => {
    const { rss } = process.memoryUsage()
    return rss
  }
  const before = total()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, total())
  }, 5)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return Math.max(most, total()) - before
}
