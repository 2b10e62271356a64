/** Keeps how an agent found its host: how ATS is run, what stands in the way of configs, which parents are out. */
import { type Problem, refuseInput } from '../core/refusal.ts'
import { isStorable } from '../core/stored-text.ts'
import type { StoredProblem } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import type { SyncParts } from './offer.ts'
import { requireOwnProxy } from './own-proxy.ts'

export interface ParentOutInput {
  readonly host: string
  readonly isOut?: boolean | null | undefined
  readonly says?: string | null | undefined
}

export interface ReportHostInput {
  /** How ATS is run, in a few words; null: not seen, or of an agent that doesn't say. */
  readonly atsRun?: string | null | undefined
  readonly problems: readonly StoredProblem[]
  /** Hosts that are to be left out or to come back, as ATS has them; absent in reports of older agents. */
  readonly parentsOut?: readonly ParentOutInput[] | null | undefined
}

const mostProblems = 50
const mostParentsOut = 100
const longestText = 1_000
const longestHost = 253

/** Observed, not audited. Replaces the last report. @throws Refusal UNAUTHENTICATED (retired), BAD_USER_INPUT */
export async function reportHost(op: Operation, parts: SyncParts, input: ReportHostInput): Promise<void> {
  const { proxyId } = await requireOwnProxy(op, parts.memory)
  const [first, ...rest] = problemsOf(input)
  if (first) throw refuseInput([first, ...rest])
  await op.observe.proxyHost({
    proxyId,
    atsRun: input.atsRun ?? null,
    problems: input.problems.map(({ what, says, remedy }) => ({ what, says, remedy })),
    parentsOut: (input.parentsOut ?? []).map(({ host, isOut = null, says = null }) => ({
      host,
      isOut,
      says,
    })),
    reportedAt: op.now,
  })
}

function problemsOf({ atsRun, problems, parentsOut }: ReportHostInput): readonly Problem[] {
  const found: Problem[] = []
  const isShort = (text: string) => text.length <= longestText && isStorable(text)
  if (!isShort(atsRun ?? '')) {
    const message = `At most ${longestText} characters, without control characters.`
    found.push({ path: 'atsRun', code: 'TOO_LONG', message })
  }
  const areShort = ({ what, says, remedy }: StoredProblem) => [what, says, remedy].every(isShort)
  if (problems.length > mostProblems || !problems.every(areShort)) {
    const message = `At most ${mostProblems} problems, with texts of at most ${longestText} characters.`
    found.push({ path: 'problems', code: 'TOO_MANY', message })
  }
  const isGood = ({ host, says }: ParentOutInput) =>
    host !== '' && host.length <= longestHost && isStorable(host) && isShort(says ?? '')
  if (parentsOut && (parentsOut.length > mostParentsOut || !parentsOut.every(isGood))) {
    const message = `At most ${mostParentsOut} hosts of at most ${longestHost} characters, with texts of at most ${longestText}.`
    found.push({ path: 'parentsOut', code: 'TOO_MANY', message })
  }
  return found
}
