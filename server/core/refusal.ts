/** How the domain says no: one error class with a stable code, and problems that name field and rule. */

export type RefusalCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'BAD_USER_INPUT'
  | 'CONFLICT'
  | 'RATE_LIMITED'

/**
 * One thing wrong with an input or a document.
 * `path` is dotted with list indexes (`rules.3.value`), `code` is stable, `message` is a full English sentence.
 */
export interface Problem {
  readonly path: string
  readonly code: string
  readonly message: string
}

/** An expected "no". It reaches the caller as it is; every other error is a fault and is masked. */
export class Refusal extends Error {
  override readonly name = 'Refusal'

  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly problems: readonly Problem[] = [],
    /** Of RATE_LIMITED: when it is worth asking again; null: nothing is known about it. */
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message)
  }
}

/** Refuses an input whose problems are known; the message names the first and counts the rest. */
export function refuseInput(problems: readonly [Problem, ...Problem[]]): Refusal {
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return new Refusal('BAD_USER_INPUT', `${problems[0].path}: ${problems[0].message}${more}`, problems)
}

/** "Not so fast", in one form: `what` is a clause such as "Too many failed logins". */
export function rateLimited(what: string, retryAfterSeconds: number): Refusal {
  const message = `${what}; try again in ${retryAfterSeconds} seconds.`
  return new Refusal('RATE_LIMITED', message, [], retryAfterSeconds)
}
