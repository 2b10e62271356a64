/**
 * The way back in for whoever runs the host: a one-time link for a root user, whatever was done to their account, and
 * without their second factor.
 */
import { and, asc, eq, sql } from 'drizzle-orm'
import { Refusal } from '../core/refusal.ts'
import { users } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { storeLink } from './link-password.ts'
import type { PasswordLink } from './password-link.ts'
import { takeSecondFactor } from './reset-second-factor.ts'
import { readSecondFactor } from './second-factor.read.ts'
import type { UserRow } from './user.read.ts'

/**
 * @param email null: the root user that was made first
 * @throws Refusal NOT_FOUND when nobody with that address is root
 */
export async function resetRoot(
  op: Operation,
  email: string | null,
): Promise<{ user: UserRow; passwordLink: PasswordLink }> {
  const isMeant = email === null ? undefined : eq(sql`lower(${users.email})`, email.trim().toLowerCase())
  const [root] = await op.read
    .select()
    .from(users)
    .where(and(eq(users.role, 'root'), isMeant))
    .orderBy(asc(users.createdAt))
    .limit(1)
  if (!root) throw new Refusal('NOT_FOUND', email === null ? 'There is no root.' : `"${email}" is no root.`)
  if (!root.isActive) {
    await op.change(async (tx) => {
      await tx.update(users).set({ isActive: true }).where(eq(users.id, root.id))
      return {
        result: null,
        audit: [
          {
            action: 'user.enable',
            entity: { kind: 'user', id: root.id, name: root.email },
            old: { isActive: false },
            new: { isActive: true },
          },
        ],
      }
    })
  }
  if ((await readSecondFactor(op, root.id))?.enabledAt) await takeSecondFactor(op, root)
  return storeLink(op, root)
}
