/** Keeps what an agent found on its host: how ATS is run, and what stands in the way of configs. */
import { refuseInput } from '../core/refusal.ts'
import { isStorable } from '../core/stored-text.ts'
import type { StoredProblem } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import type { SyncParts } from './offer.ts'
import { requireOwnProxy } from './own-proxy.ts'

export interface ReportHostProblemsInput {
  /** How ATS is run, in a few words; null: not seen, or of an agent that doesn't say. */
  readonly atsRun?: string | null | undefined
  readonly problems: readonly StoredProblem[]
}

const mostProblems = 50
const longestText = 1_000

/** Observed, not audited. Replaces the last report. @throws Refusal UNAUTHENTICATED (retired), BAD_USER_INPUT */
export async function reportHostProblems(
  op: Operation,
  parts: SyncParts,
  { problems, atsRun = null }: ReportHostProblemsInput,
): Promise<void> {
  const { proxyId } = await requireOwnProxy(op, parts.memory)
  const isShort = (text: string) => text.length <= longestText && isStorable(text)
  if (atsRun !== null && !isShort(atsRun)) {
    const message = `At most ${longestText} characters, without control characters.`
    throw refuseInput([{ path: 'atsRun', code: 'TOO_LONG', message }])
  }
  const areShort = ({ what, says, remedy }: StoredProblem) => [what, says, remedy].every(isShort)
  if (problems.length > mostProblems || !problems.every(areShort)) {
    const message = `At most ${mostProblems} problems, with texts of at most ${longestText} characters.`
    throw refuseInput([{ path: 'problems', code: 'TOO_MANY', message }])
  }
  await op.observe.proxyProblems({
    proxyId,
    atsRun,
    problems: problems.map(({ what, says, remedy }) => ({ what, says, remedy })),
    reportedAt: op.now,
  })
}
