/** Replicas that start together, or again, find one schema and one set of keys. */
import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { expect, inject, test } from 'vitest'
import { connectDatabase, connectOwner } from '../server/database/connect.ts'
import { ensureDatabase, migrateDatabase } from '../server/database/migrate.ts'
import { readInstance } from '../server/instance.read.ts'

test('three replicas migrate an empty database at once, and a fourth later changes nothing', async () => {
  const { directory, port, ownerUser, applicationUser } = inject('cluster')
  const database = `fresh_${randomBytes(6).toString('hex')}`
  const owner = { kind: 'socket', directory, port, database, user: ownerUser } as const
  const application = { ...owner, user: applicationUser }
  await ensureDatabase(owner)
  await Promise.all([1, 2, 3].map(() => migrateDatabase(owner, application)))
  const connection = connectDatabase(application)
  const before = await readInstance(connection.db)
  await migrateDatabase(owner, application)
  expect(await readInstance(connection.db)).toEqual(before)
  const [{ user } = { user: '' }] = await connection.sql<{ user: string }[]>`select current_user as user`
  expect(user).toBe('apm_app')
  await connection.close()

  const sql = connectOwner(owner)
  const applied = await sql`select hash from drizzle.__drizzle_migrations`
  const committed = readdirSync(new URL('../drizzle', import.meta.url)).filter((name) =>
    name.endsWith('.sql'),
  )
  expect(applied.length).toBe(committed.length)
  expect((await sql`select id from settings`).length).toBe(1)
  await sql.end()
})
