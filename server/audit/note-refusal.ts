/** Writes down that somebody tried what they may not do. */
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { Refusal } from '../core/refusal.ts'
import type { Operation } from '../operation.ts'

/** Of one actor in a minute: who hammers must not fill the trail. Further ones are counted nowhere. */
const noted = new RateLimiterMemory({ points: 10, duration: 60 })

/**
 * People and their tokens only: agents are refused by the thousand when a fleet is misled, and nobody known has no name.
 * @param field the operation's field, as `disableUser`
 */
export async function noteRefusal(op: Operation, error: unknown, field: string): Promise<void> {
  const { actor } = op
  if (actor.kind !== 'user' || !isForLackOfRights(error)) return
  const isNoted = await noted.consume(actor.id).then(
    () => true,
    () => false,
  )
  if (!isNoted) return
  const { id, name } = actor
  await op.change(async () => ({
    result: null,
    audit: [
      {
        action: 'access.refuse',
        entity: { kind: 'user', id, name },
        new: { operation: field, reason: error.message },
      },
    ],
  }))
}

/** To be asked for the password again is no refusal. */
function isForLackOfRights(error: unknown): error is Refusal {
  if (!(error instanceof Refusal) || error.code !== 'FORBIDDEN') return false
  return !error.problems.some((problem) => problem.code === 'CONFIRM_IDENTITY')
}
