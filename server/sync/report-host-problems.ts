/** Keeps what an agent found on its host that stands in the way of configs. */
import { Refusal, refuseInput } from '../core/refusal.ts'
import type { StoredProblem } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { requireAgent } from '../permit.ts'
import type { SyncParts } from './offer.ts'

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
  const agent = requireAgent(op)
  const state = await parts.memory.state(agent.id)
  if (!state || state.isRetired) throw new Refusal('UNAUTHENTICATED', 'This proxy was retired.')
  const isShort = ({ what, says, remedy }: StoredProblem) =>
    [what, says, remedy].every((text) => text.length <= longestText && !/\0|\p{Surrogate}/u.test(text))
  if (problems.length > mostProblems || !problems.every(isShort)) {
    const message = `At most ${mostProblems} problems, with texts of at most ${longestText} characters.`
    throw refuseInput([{ path: 'problems', code: 'TOO_MANY', message }])
  }
  await op.observe.proxyProblems({
    proxyId: agent.id,
    problems: problems.map(({ what, says, remedy }) => ({ what, says, remedy })),
    reportedAt: op.now,
  })
}
