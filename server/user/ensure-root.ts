/** The first start of an instance makes its root user. */
import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { users } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { addUser } from './add.ts'
import { hashPassword } from './password.ts'

/** @returns the generated password when the user was made now without a given one; null otherwise */
export async function ensureRootUser(
  op: Operation,
  email: string,
  givenPassword: string | null,
): Promise<string | null> {
  const [existing] = await op.read.select({ one: sql`1` }).from(users).limit(1)
  if (existing) return null
  const password = givenPassword ?? randomBytes(15).toString('base64url')
  await addUser(op, { email, name: 'Root', role: 'root', passwordHash: await hashPassword(password) })
  return givenPassword === null ? password : null
}
