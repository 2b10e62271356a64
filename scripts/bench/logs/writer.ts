/** Appends lines to a log at a steady pace, as a busy ATS would: numbered, in Squid's format. */
import { open } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'

export interface Written {
  readonly lines: number
  readonly bytes: number
  readonly seconds: number
}

const everyMs = 20

/** Of a line that `writeLines` wrote; null: another's. */
export function numberOf(text: string): number | null {
  const found = /\/numbered\/(\d+)\?/.exec(text)?.[1]
  return found === undefined ? null : Number(found)
}

/** @param onWritten with the number of the newest line that is in the file now */
export async function writeLines(
  path: string,
  { linesPerSecond, seconds }: { linesPerSecond: number; seconds: number },
  onWritten: (newest: number) => void,
): Promise<Written> {
  const file = await open(path, 'a')
  const startedAt = performance.now()
  const total = linesPerSecond * seconds
  let lines = 0
  let bytes = 0
  while (lines < total) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1_000) * linesPerSecond))
    if (due > lines) {
      const text = Array.from({ length: due - lines }, (_, index) => lineOf(lines + index)).join('')
      await file.appendFile(text)
      bytes += text.length
      lines = due
      onWritten(lines - 1)
    }
    await wait(everyMs)
  }
  await file.close()
  return { lines, bytes, seconds: (performance.now() - startedAt) / 1_000 }
}

function lineOf(number: number): string {
  const at = (Date.now() / 1_000).toFixed(3)
  const isBad = number % 50 === 0
  return `${at} ${number % 900} 10.1.${number % 200}.${number % 250} ${isBad ? 'ERR_CONNECT_FAIL/502' : 'TCP_MISS/200'} 1516 GET http://www.shop.example/numbered/${number}?page=${number % 40} - PARENT_HIT/10.96.215.26 text/html\n`
}
