/** What an index for searching the audit trail costs and brings: none, trigrams, words (docs/decisions/0036). */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectOwner } from '../../server/database/connect.ts'
import { startEmbeddedPostgres } from '../../server/database/embedded.ts'

const entries = Number(process.env.ENTRIES ?? 100_000)
const text = `entity_name || ' ' || actor_name || ' ' || old_value::text || ' ' || new_value::text`
const words = `to_tsvector('simple', translate(${text}, '.-_/:@"{}[],', '            '))`
const indexes = { none: null, trigrams: `(${text}) gin_trgm_ops`, words } as const
/** Rare, in one of 40, nowhere, everywhere. */
const sought = ['chg-23456', 'site-7', 'nothing like it', 'disk'] as const

const home = mkdtempSync(join(tmpdir(), 'apm-search-'))
const postgres = await startEmbeddedPostgres({ directory: join(home, 'postgres') })
const { socketDirectory: directory, port } = postgres
const sql = connectOwner({ kind: 'socket', directory, port, database: 'postgres', user: 'postgres' })
try {
  await sql`create extension pg_trgm`
  await sql`create table trail (id bigint primary key, entity_name text, actor_name text, old_value jsonb, new_value jsonb)`
  await sql`create table source as select g::bigint as id,
    'edge-' || g % 10000 || '.site-' || g % 40 || '.corp.example' as entity_name, 'edge-' || g % 10000 as actor_name,
    jsonb_build_object('attemptedHash', encode(sha256(g::text::bytea), 'hex'), 'message', 'The disk is full ' || g,
      'runningHash', encode(sha256((g + 1)::text::bytea), 'hex')) as old_value,
    jsonb_build_object('attemptedHash', encode(sha256((g + 2)::text::bytea), 'hex'), 'message', 'loaded, for CHG-' || g,
      'runningHash', encode(sha256((g + 3)::text::bytea), 'hex')) as new_value
    from generate_series(1, ${entries}::int) g`
  for (const [name, index] of Object.entries(indexes)) {
    await sql`drop index if exists trail_idx`
    await sql`truncate trail`
    if (index) await sql.unsafe(`create index trail_idx on trail using gin (${index})`)
    const insertMs = await timed(async () => {
      for (let at = 0; at < entries; at += 500)
        await sql`insert into trail select * from source where id > ${at} and id <= ${at + 500}`
    })
    await sql`vacuum analyze trail`
    const [{ size } = { size: 0 }] = index ? await sql`select pg_relation_size('trail_idx') as size` : []
    const pages = []
    for (const each of sought) {
      const matches =
        name === 'words' ? `${words} @@ phraseto_tsquery('simple', $1)` : `(${text}) ilike '%' || $1 || '%'`
      const query = `select id from trail where ${matches} order by id desc limit 101`
      pages.push(`${each}: ${Math.round(await timed(() => sql.unsafe(query, [each])))} ms`)
    }
    const perEntry = Math.round((insertMs * 1_000) / entries)
    process.stdout.write(
      `${name}: ${perEntry} µs an entry, ${Math.round(Number(size) / 1e6)} MB; ${pages.join(', ')}\n`,
    )
  }
} finally {
  await sql.end()
  await postgres.stop()
  rmSync(home, { recursive: true, force: true })
}

async function timed(work: () => PromiseLike<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
