/** Brings the schema up to date under an advisory lock, and makes the instance's own keys at the first start. */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import type { Sql } from 'postgres'
import { applicationRole, connectOwner, type DatabaseTarget } from './connect.ts'
import { instanceKeys } from './tables.ts'

/** Any constant does, as long as every replica uses the same one. */
const migrationLock = 727_100_001

/**
 * Runs all pending migrations as the owner, and lets the application's login take on `apm_app`. Replicas that start
 * together wait for each other.
 * @param directory where `drizzle/` lies; by default beside the sources or the bundle
 */
export async function migrateDatabase(
  owner: DatabaseTarget,
  application: DatabaseTarget,
  directory = defaultDirectory(),
): Promise<void> {
  const sql = connectOwner(owner)
  try {
    await sql`select pg_advisory_lock(${migrationLock})`
    await migrate(drizzle(sql), { migrationsFolder: directory })
    await makeInstanceKeys(sql)
    await admit(sql, loginOf(application))
  } finally {
    await sql.end()
  }
}

/** Makes the database of an embedded server, if it is not there yet. */
export async function ensureDatabase(owner: DatabaseTarget & { kind: 'socket' }): Promise<void> {
  const sql = connectOwner({ ...owner, database: 'postgres' })
  try {
    const [existing] = await sql`select 1 from pg_database where datname = ${owner.database}`
    if (!existing) await sql`create database ${sql(owner.database)}`
  } finally {
    await sql.end()
  }
}

async function admit(sql: Sql, login: string): Promise<void> {
  const [member] = await sql`select 1 where pg_has_role(${login}, ${applicationRole}, 'set')`
  if (!member) await sql`grant ${sql(applicationRole)} to ${sql(login)}`
}

function loginOf(target: DatabaseTarget): string {
  return target.kind === 'socket'
    ? target.user
    : decodeURIComponent(new URL(target.url).username || 'postgres')
}

/** The keys lie in the database because replicas share them; only its owner and `apm_app` can read them. */
async function makeInstanceKeys(sql: Sql): Promise<void> {
  const randomKey = () => ({ kty: 'oct', k: randomBytes(32).toString('base64url') })
  const offerSignature = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  await drizzle(sql)
    .insert(instanceKeys)
    .values([
      { purpose: 'access-token', jwk: randomKey() },
      { purpose: 'offer-signature', jwk: { ...offerSignature } },
      { purpose: 'session-cookie', jwk: randomKey() },
      { purpose: 'second-factor', jwk: randomKey() },
    ])
    .onConflictDoNothing()
}

/** The sources lie in server/database, the bundle in dist/: both are found from here. */
function defaultDirectory(): string {
  const here = fileURLToPath(import.meta.url)
  const up = here.endsWith('.ts') ? '../../drizzle' : '../drizzle'
  return fileURLToPath(new URL(up, import.meta.url))
}
