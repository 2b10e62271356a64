/** A clock for a database that somebody moves by hand: ours stands before PostgreSQL's own on the search path. */
import type { Sql } from 'postgres'

export interface DatabaseClock {
  readonly now: () => Date
  readonly set: (at: Date) => Promise<void>
  readonly stop: () => Promise<void>
}

/** What a database answers that asks what time it is; `now()` stays as it is. */
const functions = ['clock_timestamp', 'statement_timestamp'] as const

/** Counts for connections that are opened afterwards. `owner`: with the right to make schemas. */
export async function startDatabaseClock(owner: Sql, at: Date): Promise<DatabaseClock> {
  const [found] = await owner`select current_database() as name`
  const database = owner(String(found?.name))
  let now = at
  await owner`create schema bench_clock`
  await owner`create table bench_clock.hand (at timestamptz not null)`
  await owner`insert into bench_clock.hand values (${at.toISOString()})`
  for (const name of functions)
    await owner`create function bench_clock.${owner(name)}() returns timestamptz language sql stable as 'select at from bench_clock.hand'`
  await owner`grant usage on schema bench_clock to public`
  await owner`grant select on bench_clock.hand to public`
  await owner`alter database ${database} set search_path = bench_clock, pg_catalog, public`
  return {
    now: () => now,
    async set(next) {
      now = next
      await owner`update bench_clock.hand set at = ${next.toISOString()}`
    },
    async stop() {
      await owner`alter database ${database} reset search_path`
      await owner`drop schema bench_clock cascade`
    },
  }
}
