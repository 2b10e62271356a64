/** Tells the server how ATS is run here and what stands in the way of configs, whenever that changes. */
import { storable } from '#core/stored-text'
import type { Finding } from './doctor.ts'
import type { Link } from './link.ts'
import { type Log, reasonOf } from './log.ts'
import { LinkError } from './transport.ts'

export interface HostProblem {
  readonly what: string
  readonly says: string
  readonly remedy: string
}

export interface HostReport {
  /** How ATS is run, in a few words; null: not seen. */
  readonly atsRun: string | null
  readonly problems: readonly HostProblem[]
}

export interface HostReporterParts {
  readonly link: Pick<Link, 'reportHostProblems'>
  readonly log: Log
  readonly look: () => Promise<{ readonly atsRun: string | null; readonly findings: readonly Finding[] }>
  /** Milliseconds. */
  readonly now: () => number
}

/** A look asks ATS: not at every pass. */
export const lookEveryMs = 60_000
const mostProblems = 50
const longestText = 1_000

/** Called after each pass; never rejects, since nothing waits for it. The first look is always told. */
export function createHostReporter({ link, log, look, now }: HostReporterParts): () => Promise<void> {
  let lookedAt = Number.NEGATIVE_INFINITY
  let told: string | null = null
  return async () => {
    if (now() - lookedAt < lookEveryMs) return
    lookedAt = now()
    try {
      const { atsRun, findings } = await look()
      const problems = findings.flatMap(problemOf).slice(0, mostProblems)
      const report = { atsRun: atsRun === null ? null : storable(atsRun.slice(0, longestText)), problems }
      const text = JSON.stringify(report)
      if (text === told) return
      for (const { says, remedy } of problems)
        log.warn('this host stands in the way of configs', { says, remedy })
      try {
        await link.reportHostProblems(report)
      } catch (error) {
        if (!(error instanceof LinkError) || !error.isFinal) throw error
        log.error('the server refused the problems of this host', { reason: error.message })
      }
      told = text
    } catch (error) {
      lookedAt = Number.NEGATIVE_INFINITY // with the next pass
      log.warn('the problems of this host could not be reported', { reason: reasonOf(error) })
    }
  }
}

function problemOf({ what, says, remedy }: Finding): HostProblem[] {
  if (remedy === null) return []
  return [
    {
      what,
      says: storable(says.slice(0, longestText)),
      remedy: remedy.slice(0, longestText),
    },
  ]
}
