/** Writes down that somebody tried what they may not do. */
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { Refusal } from '../core/refusal.ts'
import type { Operation } from '../operation.ts'

/** Of one actor in a minute: who hammers must not fill the trail. Further ones are counted nowhere. */
const noted = new RateLimiterMemory({ points: 10, duration: 60 })
/** Of one scraper in an hour: what asks every few seconds goes on for weeks, and one entry says it all. */
const scrapers = new RateLimiterMemory({ points: 1, duration: 3_600 })
/** Of all strangers in an hour, who may come from any number of addresses. */
const strangers = new RateLimiterMemory({ points: 60, duration: 3_600 })

/**
 * People and their tokens only: agents are refused by the thousand when a fleet is misled, and nobody known has no name.
 * @param field the operation's field, as `disableUser`
 */
export async function noteRefusal(op: Operation, error: unknown, field: string): Promise<void> {
  const { actor } = op
  if (actor.kind !== 'user' || !isForLackOfRights(error)) return
  if (await isWithin(noted, actor.id)) await note(op, error, field)
}

/**
 * The same where only scrapers ask. Strangers are noted as well, by their address: a browser's token is renewed and sent
 * again all day, but a scraper's that is wrong or over stays so until somebody looks why the graphs are empty.
 */
export async function noteRefusedScrape(op: Operation, error: unknown, field: string): Promise<void> {
  const { actor, origin } = op
  const isStranger =
    actor.kind === 'anonymous' && error instanceof Refusal && error.code === 'UNAUTHENTICATED'
  if (!isStranger && (actor.kind !== 'user' || !isForLackOfRights(error))) return
  const key = isStranger ? origin.address : actor.name
  // Asked before anything is counted: of the strangers beyond sixty nothing is kept.
  if (((await scrapers.get(key))?.consumedPoints ?? 0) > 0) return
  if (isStranger && !(await isWithin(strangers, 'all'))) return
  if (await isWithin(scrapers, key)) await note(op, error, field)
}

async function note(op: Operation, { message }: Refusal, field: string): Promise<void> {
  const { id, name } = op.actor
  await op.change(async () => ({
    result: null,
    audit: [
      {
        action: 'access.refuse',
        entity: { kind: 'user', id, name: id === null ? 'unknown' : name },
        new: { operation: field, reason: message },
      },
    ],
  }))
}

function isWithin(limit: RateLimiterMemory, key: string): Promise<boolean> {
  return limit.consume(key).then(
    () => true,
    () => false,
  )
}

/** To be asked for the password again is no refusal. */
function isForLackOfRights(error: unknown): error is Refusal {
  if (!(error instanceof Refusal) || error.code !== 'FORBIDDEN') return false
  return !error.problems.some((problem) => problem.code === 'CONFIRM_IDENTITY')
}
