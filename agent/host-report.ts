/** Tells the server how ATS is run here, what stands in the way of configs and which parents are out, whenever that changes. */
import { storable } from '#core/stored-text'
import type { Finding } from './doctor.ts'
import type { Link } from './link.ts'
import { type Log, reasonOf } from './log.ts'
import type { ParentOut } from './taken-out.ts'
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
  readonly parentsOut: readonly ParentOut[]
}

export interface HostReporterParts {
  readonly link: Pick<Link, 'reportHost'>
  readonly log: Log
  readonly look: () => Promise<{ readonly atsRun: string | null; readonly findings: readonly Finding[] }>
  /** What ATS has confirmed: another look is due at once when that has changed. */
  readonly confirmed: () => string | null
  /** As ATS had them at this pass. */
  readonly parentsOut: () => readonly ParentOut[]
  /** Milliseconds. */
  readonly now: () => number
}

/** A look asks ATS: not at every pass. */
export const lookEveryMs = 60_000
const mostProblems = 50
const mostParentsOut = 100
const longestText = 1_000

/** Called after each pass; never rejects, since nothing waits for it. The first look is always told. */
export function createHostReporter(parts: HostReporterParts): () => Promise<void> {
  const { link, log, now } = parts
  let lookedAt = Number.NEGATIVE_INFINITY
  let lookedAfter: string | null = null
  let seen: Omit<HostReport, 'parentsOut'> = { atsRun: null, problems: [] }
  let told: string | null = null

  async function look(): Promise<void> {
    lookedAt = now()
    lookedAfter = parts.confirmed()
    const { atsRun, findings } = await parts.look()
    const problems = findings.flatMap(problemOf).slice(0, mostProblems)
    if (JSON.stringify(problems) !== JSON.stringify(seen.problems)) {
      for (const { says, remedy } of problems)
        log.warn('this host stands in the way of configs', { says, remedy })
    }
    seen = { atsRun: atsRun === null ? null : short(atsRun), problems }
  }

  return async () => {
    try {
      if (now() - lookedAt >= lookEveryMs || parts.confirmed() !== lookedAfter) await look()
      const report = { ...seen, parentsOut: parts.parentsOut().slice(0, mostParentsOut).map(shortened) }
      const text = JSON.stringify(report)
      if (text === told) return
      try {
        await link.reportHost(report)
      } catch (error) {
        if (!(error instanceof LinkError) || !error.isFinal) throw error
        log.error('the server refused what was seen of this host', { reason: error.message })
      }
      told = text
    } catch (error) {
      lookedAt = Number.NEGATIVE_INFINITY // with the next pass
      log.warn('what was seen of this host could not be reported', { reason: reasonOf(error) })
    }
  }
}

function short(text: string): string {
  return storable(text.slice(0, longestText))
}

function shortened({ host, isOut, says }: ParentOut): ParentOut {
  return { host, isOut, says: says === null ? null : short(says) }
}

function problemOf({ what, says, remedy }: Finding): HostProblem[] {
  return remedy === null ? [] : [{ what, says: short(says), remedy: remedy.slice(0, longestText) }]
}
