/** Stores what became of an offer, in the agent's and ATS's own words. */
import { eq } from 'drizzle-orm'
import { type Problem, refuseInput } from '../core/refusal.ts'
import type { ApplyOutcome } from '../core/vocabulary.ts'
import { proxyReports } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import type { SyncParts } from './offer.ts'
import { requireOwnProxy } from './own-proxy.ts'

export interface AcknowledgeSyncInput {
  readonly hash: string
  readonly sequence: number
  readonly outcome: ApplyOutcome
  readonly message: string
  readonly reloadRequestedAt?: Date | null | undefined
  readonly loadedAt?: Date | null | undefined
}

/** Longer texts of ATS are cut; the agent's own log has them whole. */
const longestMessage = 4_000

/** Repeated acknowledgements are welcome: only news is written. @throws Refusal UNAUTHENTICATED, BAD_USER_INPUT */
export async function acknowledge(
  op: Operation,
  parts: SyncParts,
  input: AcknowledgeSyncInput,
): Promise<void> {
  const {
    proxyId,
    hostname,
    currentConfigHash: running,
    attempted: known,
  } = await requireOwnProxy(op, parts.memory)
  requireInput(input)
  parts.memory.saw(proxyId, op.now)
  if (known.attemptedSequence !== null && input.sequence < known.attemptedSequence) return // late, of an older attempt
  const isApplied = input.outcome === 'applied' || input.outcome === 'unchanged'
  const attempt = {
    attemptedHash: input.hash,
    attemptedSequence: input.sequence,
    attemptedOutcome: input.outcome,
    attemptedMessage: input.message.slice(0, longestMessage),
    reloadRequestedAt: input.reloadRequestedAt ?? null,
    loadedAt: input.loadedAt ?? null,
  }
  const isNews =
    known.attemptedSequence !== attempt.attemptedSequence ||
    known.attemptedHash !== attempt.attemptedHash ||
    known.attemptedOutcome !== attempt.attemptedOutcome ||
    known.attemptedMessage !== attempt.attemptedMessage ||
    (isApplied && running !== input.hash)
  if (!isNews) return
  await op.changeTogether(async (tx) => {
    const currentConfigHash = isApplied ? input.hash : running
    await tx
      .update(proxyReports)
      .set({ ...attempt, attemptedAt: op.now, currentConfigHash, lastSeenAt: op.now })
      .where(eq(proxyReports.proxyId, proxyId))
    return {
      result: null,
      audit: [
        {
          action: 'proxy.acknowledge',
          entity: { kind: 'proxy', id: proxyId, name: hostname },
          old: {
            attemptedHash: known.attemptedHash,
            outcome: known.attemptedOutcome,
            message: known.attemptedMessage,
            runningHash: running,
          },
          new: {
            attemptedHash: attempt.attemptedHash,
            outcome: attempt.attemptedOutcome,
            message: attempt.attemptedMessage,
            runningHash: currentConfigHash,
          },
        },
      ],
    }
  })
  parts.memory.forget(proxyId)
}

function requireInput(input: AcknowledgeSyncInput): void {
  const problems: Problem[] = []
  if (!/^[0-9a-f]{64}$/.test(input.hash)) {
    problems.push({ path: 'hash', code: 'HASH_MALFORMED', message: 'Must be 64 lower-case hex digits.' })
  }
  if (input.sequence < 1) {
    problems.push({
      path: 'sequence',
      code: 'OUT_OF_RANGE',
      message: 'Must be the sequence of an offer, from 1.',
    })
  }
  const [first, ...rest] = problems
  if (first) throw refuseInput([first, ...rest])
}
