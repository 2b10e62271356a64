/** Keeps what an agent found on its host that stands in the way of configs. */
import { refuseInput } from '../core/refusal.ts'
import { isStorable } from '../core/stored-text.ts'
import type { StoredProblem } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import type { SyncParts } from './offer.ts'
import { requireOwnProxy } from './own-proxy.ts'

export interface ReportHostProblemsInput {
  readonly problems: readonly StoredProblem[]
}

const mostProblems = 50
const longestText = 1_000

/** Observed, not audited. Replaces the last report. @throws Refusal UNAUTHENTICATED (retired), BAD_USER_INPUT */
export async function reportHostProblems(
  op: Operation,
  parts: SyncParts,
  { problems }: ReportHostProblemsInput,
): Promise<void> {
  const { proxyId } = await requireOwnProxy(op, parts.memory)
  const isShort = ({ what, says, remedy }: StoredProblem) =>
    [what, says, remedy].every((text) => text.length <= longestText && isStorable(text))
  if (problems.length > mostProblems || !problems.every(isShort)) {
    const message = `At most ${mostProblems} problems, with texts of at most ${longestText} characters.`
    throw refuseInput([{ path: 'problems', code: 'TOO_MANY', message }])
  }
  await op.observe.proxyProblems({
    proxyId,
    problems: problems.map(({ what, says, remedy }) => ({ what, says, remedy })),
    reportedAt: op.now,
  })
}
