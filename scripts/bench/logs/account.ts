/** The account of one viewer: what came, and what was said to be missing. */
import type { ViewedLine } from './viewer.ts'
import { numberOf } from './writer.ts'

export interface Account {
  /** Numbered lines that came. */
  delivered: number
  /** Lines of others: ATS's own requests and debug. */
  others: number
  /** Lines that were said to be missing, anybody's: gaps in the log, and what the viewer was too slow for. */
  declared: number
  /** Lines that came twice, or before one that was written earlier. */
  disordered: number
  take(lines: readonly ViewedLine[], dropped: number): void
}

export function openAccount(): Account {
  let newest = -1
  const account: Account = {
    delivered: 0,
    others: 0,
    declared: 0,
    disordered: 0,
    take(lines, dropped) {
      account.declared += dropped
      for (const { text, gap, lost } of lines) {
        if (gap !== null) account.declared += lost ?? Number.NaN
        const number = gap === null ? numberOf(text) : null
        if (number === null) {
          if (gap === null) account.others += 1
          continue
        }
        account.delivered += 1
        if (number <= newest) account.disordered += 1
        newest = number
      }
    },
  }
  return account
}
