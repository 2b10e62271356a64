/** Makes a user: with a password, or invited by a one-time link. */
import { eq, sql } from 'drizzle-orm'
import { limits } from '../core/config-document.ts'
import { isAbove } from '../core/permissions.ts'
import { type Problem, Refusal, refuseInput } from '../core/refusal.ts'
import type { Role } from '../core/vocabulary.ts'
import { users } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import { addUser } from './add.ts'
import { hashPassword, passwordProblems } from './password.ts'
import { linkColumns, makePasswordLink, noLink, type PasswordLink } from './password-link.ts'
import type { UserRow } from './user.read.ts'

export interface CreateUserInput {
  readonly email: string
  readonly name: string
  readonly role: Role
  /** Left out: they choose one themselves, by the link. */
  readonly password?: string | null | undefined
}

/** @throws Refusal FORBIDDEN (also for a role above one's own), CONFLICT for an address that is taken, BAD_USER_INPUT */
export async function createUser(
  op: Operation,
  input: CreateUserInput,
): Promise<{ user: UserRow; passwordLink: PasswordLink | null }> {
  const caller = permit(op, 'user.create')
  if (isAbove(input.role, caller.role)) {
    throw new Refusal('FORBIDDEN', 'role: nobody makes somebody above themselves.')
  }
  const email = input.email.trim()
  const name = input.name.trim()
  const [problem, ...more] = problemsOf(email, name, input.password ?? null)
  if (problem) throw refuseInput([problem, ...more])
  await requireFreeAddress(op, email)
  if (input.password) {
    const passwordHash = await hashPassword(input.password)
    const user = await addUser(op, { email, name, role: input.role, passwordHash, ...noLink })
    return { user, passwordLink: null }
  }
  const passwordLink = makePasswordLink(op.now)
  const columns = { passwordHash: null, ...linkColumns(passwordLink) }
  return { user: await addUser(op, { email, name, role: input.role, ...columns }), passwordLink }
}

function problemsOf(email: string, name: string, password: string | null): readonly Problem[] {
  const problems: Problem[] = []
  if (!/^[^@\s]+@[^@\s]+$/.test(email) || email.length > 254) {
    problems.push({ path: 'email', code: 'EMAIL_MALFORMED', message: 'Must be an e-mail address.' })
  }
  if (name === '') problems.push({ path: 'name', code: 'NAME_EMPTY', message: 'What are they called?' })
  if (name.length > limits.nameLength) {
    const message = `At most ${limits.nameLength} characters.`
    problems.push({ path: 'name', code: 'NAME_TOO_LONG', message })
  }
  return password === null ? problems : [...problems, ...passwordProblems(password, email, 'password')]
}

async function requireFreeAddress(op: Operation, email: string): Promise<void> {
  const [taken] = await op.read
    .select({ isActive: users.isActive })
    .from(users)
    .where(eq(sql`lower(${users.email})`, email.toLowerCase()))
  if (!taken) return
  const way = taken.isActive ? 'Take another.' : 'That user was disabled; enable them instead.'
  const message = `"${email}" is taken. ${way}`
  throw new Refusal('CONFLICT', `email: ${message}`, [{ path: 'email', code: 'EMAIL_TAKEN', message }])
}
