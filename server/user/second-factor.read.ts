/** Whether somebody proves themselves by a code beside their password: never twice by the same, and not by guessing. */
import { and, eq, inArray, isNotNull, lt, sql } from 'drizzle-orm'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { type Problem, Refusal } from '../core/refusal.ts'
import type { WriteTransaction } from '../database/connect.ts'
import { secondFactors } from '../database/tables.ts'
import type { BatchRead, Operation } from '../operation.ts'
import type { SecretBox } from '../secrets.ts'
import { recoveryHash } from './recovery-codes.ts'
import { totpStep } from './totp.ts'

export type SecondFactorRow = typeof secondFactors.$inferSelect

/** Wrong codes on one account, from wherever: whoever gets here knows the password. Then wait; nobody is shut out for good. */
const wrongCodes = new RateLimiterMemory({ points: 5, duration: 300 })

/** What a right code is; `spend` uses it up, in the transaction of what it was given for. */
export interface Proof {
  readonly kind: 'app' | 'recovery_code'
  /** @throws Refusal CONFLICT when it was used meanwhile */
  readonly spend: (tx: WriteTransaction) => Promise<void>
}

/** Problems are at `code`: CODE_REQUIRED, CODE_WRONG. */
export type Proving =
  | { readonly kind: 'not needed' }
  | { readonly kind: 'proved'; readonly proof: Proof }
  | { readonly kind: 'refused'; readonly problem: Problem }

/** The caller's own, switched on or not. */
export async function readSecondFactor(op: Operation, userId: string): Promise<SecondFactorRow | null> {
  const [row] = await op.read.select().from(secondFactors).where(eq(secondFactors.userId, userId))
  return row ?? null
}

/** Since when; those who have none are left out. */
export const secondFactorsByUserId: BatchRead<string, Date> = async (op, ids) => {
  const rows = await op.read
    .select({ id: secondFactors.userId, at: secondFactors.enabledAt })
    .from(secondFactors)
    .where(and(inArray(secondFactors.userId, [...ids]), isNotNull(secondFactors.enabledAt)))
  return new Map(rows.flatMap(({ id, at }) => (at === null ? [] : [[id, at]])))
}

/**
 * Asks for a code where the account wants one. The password is right by then.
 * @param code of the app, or a recovery code
 * @throws Refusal RATE_LIMITED after five wrong ones within five minutes, also for the right one
 */
export async function proveSecondFactor(
  op: Operation,
  box: SecretBox,
  userId: string,
  code: string | null | undefined,
): Promise<Proving> {
  const factor = await readSecondFactor(op, userId)
  if (!factor?.enabledAt || factor.sealedSecret === null) return { kind: 'not needed' }
  if (!code) return refused('CODE_REQUIRED', 'Give the code of your authenticator app, or a recovery code.')
  await countAttempt(userId)
  const proof = proofOf(factor, box.open(factor.sealedSecret, userId), code.trim(), op.now)
  if (!proof) return refused('CODE_WRONG', 'The code is wrong, or was used already; wait for the next one.')
  await wrongCodes.delete(userId)
  return { kind: 'proved', proof }
}

function proofOf(factor: SecondFactorRow, secret: string, code: string, at: Date): Proof | null {
  const digits = code.replaceAll(' ', '')
  if (/^\d{6}$/.test(digits)) {
    const step = totpStep(secret, digits, at)
    return step === null || step <= factor.lastStep
      ? null
      : { kind: 'app', spend: spendStep(factor.userId, step) }
  }
  const hash = recoveryHash(code)
  if (!factor.recoveryHashes.includes(hash)) return null
  return { kind: 'recovery_code', spend: spendRecoveryCode(factor.userId, hash) }
}

const used = () => new Refusal('CONFLICT', 'code: it was used a moment ago; wait for the next one.')

function spendStep(userId: string, step: number): Proof['spend'] {
  return async (tx) => {
    const spent = await tx
      .update(secondFactors)
      .set({ lastStep: step })
      .where(
        and(
          eq(secondFactors.userId, userId),
          isNotNull(secondFactors.enabledAt),
          lt(secondFactors.lastStep, step),
        ),
      )
      .returning({ userId: secondFactors.userId })
    if (spent.length === 0) throw used()
  }
}

function spendRecoveryCode(userId: string, hash: string): Proof['spend'] {
  return async (tx) => {
    const spent = await tx
      .update(secondFactors)
      .set({ recoveryHashes: sql`array_remove(${secondFactors.recoveryHashes}, ${hash})` })
      .where(and(eq(secondFactors.userId, userId), sql`${hash} = any(${secondFactors.recoveryHashes})`))
      .returning({ userId: secondFactors.userId })
    if (spent.length === 0) throw used()
  }
}

/** Counted before it is looked at: of many guesses at once only five are told how they ended. */
async function countAttempt(userId: string): Promise<void> {
  try {
    await wrongCodes.consume(userId)
  } catch (state) {
    if (!(state instanceof RateLimiterRes)) throw state
    const seconds = Math.ceil(state.msBeforeNext / 1_000)
    throw new Refusal('RATE_LIMITED', `Too many wrong codes; try again in ${seconds} seconds.`)
  }
}

function refused(code: 'CODE_REQUIRED' | 'CODE_WRONG', message: string): Proving {
  return { kind: 'refused', problem: { path: 'code', code, message } }
}
