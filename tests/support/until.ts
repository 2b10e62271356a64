/** Waits for facts, never for time. */
import { setTimeout as wait } from 'node:timers/promises'

/** Looks again until `fact` holds; fails after `patienceMs` with its own text. */
export async function untilTrue(fact: () => boolean | Promise<boolean>, patienceMs = 30_000): Promise<void> {
  for (const end = Date.now() + patienceMs; !(await fact()); await wait(50)) {
    if (Date.now() > end) throw new Error(`still not true after ${patienceMs / 1000} s: ${fact}`)
  }
}
