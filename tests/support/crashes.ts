/** Kills server and database while audited mutations run, and holds what was kept against the trail, both ways. */
import type { Sql } from 'postgres'
import { type Sent, startLoad } from './audited-load.ts'
import { startMortalServer } from './mortal-server.ts'

export interface CrashReport {
  readonly done: number
  readonly unknown: number
  /** Of the unknown, those that were carried out. */
  readonly unknownButKept: number
  readonly kills: { readonly server: number; readonly postgres: number }
  readonly entries: number
  /** Sentences; none: nothing is wrong. */
  readonly wrong: readonly string[]
}

/** @param count mutations that have to be acknowledged @param kills how often something dies meanwhile */
export async function crashDuring(count: number, kills: number): Promise<CrashReport> {
  const mortal = await startMortalServer()
  const killed = { server: 0, postgres: 0 }
  let sent: readonly Sent[] = []
  try {
    const load = await startLoad(mortal.url)
    sent = load.sent
    const running = load.run(count)
    for (let each = 1; each <= kills; each += 1) {
      // Somewhere between two mutations and in the middle of one, as it comes.
      const at = Math.floor((count * each) / (kills + 1))
      await Promise.race([running, until(() => load.doneCount() >= at)])
      const victim = each % 2 === 0 ? 'postgres' : 'server'
      killed[victim] += 1
      await (victim === 'server' ? mortal.killServer() : mortal.killPostgres())
      await mortal.startAgain()
    }
    await running
  } catch (error) {
    await mortal.end(async () => {})
    throw error
  }
  return mortal.end(async (sql) => {
    const known = await sql`select distinct request_id from audit_logs where request_id like 'mortal-%'`
    const inTrail = new Set(known.map(({ request_id }) => request_id as string))
    const unknown = sent.filter(({ isDone }) => !isDone)
    const lost = sent.filter(({ requestId, isDone }) => isDone && !inTrail.has(requestId))
    return {
      done: sent.length - unknown.length,
      unknown: unknown.length,
      unknownButKept: unknown.filter(({ requestId }) => inTrail.has(requestId)).length,
      kills: killed,
      entries: Number((await sql`select count(*) as n from audit_logs`)[0]?.n),
      wrong: [
        ...lost.map(({ requestId }) => `${requestId} was acknowledged and has no entry`),
        ...(await mismatches(sql)),
      ],
    }
  })
}

async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await new Promise((resolve) => setTimeout(resolve, 2))
}

/** What is in the tables and not in the trail, or the other way about. */
async function mismatches(sql: Sql): Promise<readonly string[]> {
  const found = await sql<{ what: string; which: string }[]>`
    with entries as (select * from audit_logs),
      edits as (
        select entity_id, count(*)::int as n, (array_agg(new_value order by id desc))[1] as last
        from entries where action = 'config.update' group by entity_id),
      described as (
        select distinct on (entity_id) entity_id, new_value ->> 'description' as description
        from entries where action in ('config.create', 'config.update') and new_value ? 'description' order by entity_id, id desc)
    select 'config without its entry, or the other way about' as what, coalesce(c.id, e.entity_id)::text as which
      from configs c full join (select * from entries where action = 'config.create') e on e.entity_id = c.id
      where c.id is null or e.id is null
    union all
    select 'revision that the trail does not explain', c.id::text from configs c left join edits e on e.entity_id = c.id
      where c.revision <> 1 + coalesce(e.n, 0)
    union all
    select 'description other than the last in the trail', c.id::text from configs c join described d on d.entity_id = c.id
      where c.description <> d.description
    union all
    select 'status other than the last in the trail', c.id::text from configs c
      join (select distinct on (entity_id) entity_id, new_value ->> 'status' as status from entries
            where entity_kind = 'config' and new_value ? 'status' order by entity_id, id desc) s on s.entity_id = c.id
      where c.status::text <> s.status
    union all
    select 'rule without its entry, or the other way about', coalesce(r.value, e.value) from domain_rules r
      full join (select substring(rule from 'host ([^ ]+) ') as value from entries, jsonb_array_elements_text(new_value -> 'rules') as rule
                 where action in ('config.create', 'config.update')) e on e.value = r.value
      where r.value is null or e.value is null
    union all
    select 'version without its entry, or the other way about', coalesce(v.config_id, e.entity_id)::text from config_versions v
      full join (select * from entries where action = 'config.approve') e
        on e.entity_id = v.config_id and (e.new_value ->> 'version')::int = v.number and e.new_value ->> 'configHash' = v.config_hash
      where v.id is null or e.id is null
    union all
    select 'enrolment token without its entry, or the other way about', coalesce(t.id, e.entity_id)::text from enrolment_tokens t
      full join (select * from entries where action = 'enrolment_token.create') e on e.entity_id = t.id
      where t.id is null or e.id is null
    union all
    select 'revocation without its entry, or the other way about', coalesce(t.id, e.entity_id)::text
      from (select * from enrolment_tokens where revoked_at is not null) t
      full join (select * from entries where action = 'enrolment_token.revoke') e on e.entity_id = t.id
      where t.id is null or e.id is null
    union all
    select 'acknowledgement other than the last in the trail', r.proxy_id::text from proxy_reports r
      full join (select distinct on (entity_id) entity_id, new_value ->> 'message' as message from entries
                 where action = 'proxy.acknowledge' order by entity_id, id desc) e on e.entity_id = r.proxy_id
      where r.attempted_message is distinct from e.message`
  return found.map(({ what, which }) => `${what}: ${which}`)
}
