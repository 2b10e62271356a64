/** Makes a one-time link with which somebody chooses a new password: nobody else ever knows it. */
import { and, eq } from 'drizzle-orm'
import { Refusal } from '../core/refusal.ts'
import { users } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import { linkColumns, makePasswordLink, type PasswordLink } from './password-link.ts'
import { readChangeable, type UserRow } from './user.read.ts'

/**
 * The link takes the place of an older one; the password they have works until it is used.
 * @throws Refusal FORBIDDEN (oneself, those above), NOT_FOUND, CONFLICT for a disabled user
 */
export async function linkPassword(
  op: Operation,
  input: { readonly id: string },
): Promise<{ user: UserRow; passwordLink: PasswordLink }> {
  const caller = permit(op, 'user.change')
  const user = await readChangeable(op, caller, input.id)
  return storeLink(op, user)
}

/** The caller has asked for the right to do this. */
export async function storeLink(
  op: Operation,
  user: UserRow,
): Promise<{ user: UserRow; passwordLink: PasswordLink }> {
  const passwordLink = makePasswordLink(op.now)
  return op.change(async (tx) => {
    const [linked] = await tx
      .update(users)
      .set(linkColumns(passwordLink))
      .where(and(eq(users.id, user.id), eq(users.isActive, true)))
      .returning()
    if (!linked) throw new Refusal('CONFLICT', `id: ${user.email} is disabled; enable them first.`)
    return {
      result: { user: linked, passwordLink },
      audit: [
        {
          action: 'user.link_password',
          entity: { kind: 'user', id: user.id, name: user.email },
          new: { expiresAt: passwordLink.expiresAt },
        },
      ],
    }
  })
}
