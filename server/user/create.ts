/** Makes a user. */
import { hash } from '@node-rs/argon2'
import type { Role } from '../core/vocabulary.ts'
import { users } from '../database/tables.ts'
import type { Operation } from '../operation.ts'

export interface CreateUserInput {
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly password: string
}

/** Argon2id with the library's defaults (19 MiB, 2 passes). The caller has asked for the right to do this. */
export async function createUser(op: Operation, input: CreateUserInput): Promise<typeof users.$inferSelect> {
  const passwordHash = await hash(input.password)
  return op.change(async (tx) => {
    const { email, name, role } = input
    const [user] = await tx.insert(users).values({ email, name, role, passwordHash }).returning()
    if (!user) throw new Error('insert returned no user')
    return {
      result: user,
      audit: [
        {
          action: 'user.create',
          entity: { kind: 'user', id: user.id, name: email },
          new: { email, name, role },
        },
      ],
    }
  })
}
