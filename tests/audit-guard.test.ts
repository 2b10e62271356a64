/** The three locks of the audit trail: the types, the database's guard, and the list of all tables. */
import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectOwner } from '../server/database/connect.ts'
import { users } from '../server/database/tables.ts'
import type { Operation } from '../server/operation.ts'
import { systemOperation } from '../server/upkeep.ts'
import type { TestAgent } from './support/agents.ts'
import { approvedConfig, newAgent, newApiToken, newConfig, startCapture } from './support/calls.ts'
import { giveSecondFactor } from './support/second-factor.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'

let server: TestServer
let root: TestUser
let agent: TestAgent
let config: Data
let sql: Sql
let owner: Sql
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
  agent = await newAgent({ server, root })
  await agent.sync(null)
  config = await approvedConfig(root, [agent])
  await newApiToken(root, ['READ'])
  await startCapture(root, { proxyId: agent.proxyId })
  await giveSecondFactor(server, await server.user('regular'))
  sql = server.database.sql
  owner = connectOwner(server.database.owner)
})
afterAll(async () => {
  await owner.end()
  await server.close()
})

const operation = (): Operation =>
  systemOperation({ db: server.database.db, clock: () => new Date() }, 'test')

describe('lock 1: the types', () => {
  test('reading offers no way to write', () => {
    const { read } = operation()
    // The lines below are checked by the compiler: each is an error today, and "unused" the day it is not.
    // @ts-expect-error
    const insert = () => read.insert(users)
    // @ts-expect-error
    const update = () => read.update(users)
    // @ts-expect-error
    const remove = () => read.delete(users)
    // @ts-expect-error
    const execute = () => read.execute('delete from users')
    // @ts-expect-error
    const transaction = () => read.transaction(async () => {})
    expect([insert, update, remove, execute, transaction]).toHaveLength(5)
  })

  test('a change without an audit draft does not compile, and does not commit either', async () => {
    const op = operation()
    const write = async (name: string) =>
      op.change(
        // @ts-expect-error
        async (tx) => {
          await tx.update(users).set({ name }).where(eq(users.id, root.id))
          return { result: null, audit: [] }
        },
      )
    // @ts-expect-error
    const silent = () => op.change(async () => ({ result: null }))
    expect(silent).toBeTypeOf('function')
    await expect(write('nobody said so')).rejects.toThrow()
    expect(await sql`select 1 from users where name = 'nobody said so'`).toEqual([])
  })
})

type Kind =
  | 'audited'
  | 'child of a config'
  | 'append-only'
  | 'observed'
  | 'observed, the newest kept'
  | 'owner only'

/** Every table of the schema, by how it is guarded. A new one has to be declared here. */
const declared: Readonly<Record<string, Kind>> = {
  users: 'audited',
  sessions: 'audited',
  second_factors: 'audited',
  api_tokens: 'audited',
  configs: 'audited',
  config_versions: 'audited',
  version_files: 'audited',
  proxies: 'audited',
  proxy_reports: 'audited',
  enrolment_tokens: 'audited',
  log_captures: 'audited',
  settings: 'audited',
  domain_rules: 'child of a config',
  ip_range_rules: 'child of a config',
  parent_proxies: 'child of a config',
  client_rules: 'child of a config',
  config_route_tests: 'child of a config',
  config_proxies: 'child of a config',
  audit_logs: 'append-only',
  proxy_files: 'observed',
  parent_events: 'observed, the newest kept',
  proxy_hosts: 'observed',
  proxy_logs: 'observed, the newest kept',
  proxy_log_ends: 'observed',
  proxy_stats: 'observed',
  proxy_stats_minute: 'observed',
  proxy_stats_hour: 'observed',
  proxy_stats_day: 'observed',
  proxy_stats_newest: 'observed',
  fleet_stats: 'observed',
  stats_totals: 'observed',
  instance_keys: 'owner only',
}
const tablesOf = (kind: Kind) => Object.keys(declared).filter((table) => declared[table] === kind)

describe('lock 2: the database', () => {
  const withoutEntry = { code: 'AP001', message: expect.stringContaining('audit entry') }
  const withoutEntryIn = (table: string) => ({
    code: 'AP001',
    message: `change of "${table}" without an audit entry in the same transaction`,
  })

  /** A column of each audited table that the application's role may write. */
  const columns: Readonly<Record<string, string>> = {
    users: 'name = name',
    sessions: 'ended_at = now()',
    api_tokens: "name = name || 'x'",
    configs: 'description = description',
    config_versions: "status = 'superseded'",
    proxies: 'agent_version = agent_version',
    proxy_reports: "attempted_message = 'forged'",
    enrolment_tokens: 'uses = uses',
    log_captures: 'stopped_at = now()',
    settings: 'approval_policy = approval_policy',
    second_factors: 'last_step = 0',
  }
  test.each(tablesOf('audited'))('%s: no update is committed without an entry', async (table) => {
    const assignment = columns[table]
    if (assignment === undefined) {
      const any = owner.unsafe(`update ${table} set hash = hash`)
      await expect(any).rejects.toMatchObject(withoutEntryIn(table))
      return
    }
    await expect(sql.unsafe(`update ${table} set ${assignment}`)).rejects.toMatchObject(withoutEntryIn(table))
  })

  test.each(tablesOf('audited'))('%s: no insert is committed without an entry', async (table) => {
    // Copies of the rows there are, under another key; whatever the trigger doesn't see would be written.
    const [{ names }] = (await owner`
      select string_agg(quote_ident(attname), ', ' order by attnum) names from pg_attribute
      where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attgenerated = ''`) as [
      { names: string },
    ]
    const fresh: Readonly<Record<string, string>> = {
      id: table === 'settings' ? '1' : 'gen_random_uuid()',
      user_id: '(select id from users where id not in (select f.user_id from second_factors f) limit 1)',
      email: "email || 'x'",
      name: "name || 'x'",
      number: 'number + 1000',
      status: table === 'config_versions' ? "'superseded'" : 'status',
      hostname: "hostname || 'x'",
      secret_hash: "secret_hash || 'x'",
      token_hash: "token_hash || 'x'",
      generation: "generation || 'x'",
    }
    const values = names.split(', ').map((name) => fresh[name] ?? name)
    const insert = () => `insert into ${table} (${names}) select ${values.join(', ')} from ${table} limit 1`
    if (table === 'settings') {
      await expect(sql.unsafe(insert())).rejects.toMatchObject({ code: '42501' })
    } else if (table === 'proxy_reports') {
      // Every proxy has its report: another proxy is needed first, and its own guard must not answer in its place.
      const reported = owner.begin(async (tx) => {
        await tx`alter table proxies disable trigger audit_guard`
        const [made] =
          await tx`insert into proxies (hostname, public_key) values ('bare', 'none') returning id`
        await tx`insert into proxy_reports (proxy_id) values (${made?.id})`
      })
      await expect(reported).rejects.toMatchObject(withoutEntryIn(table))
    } else {
      await expect(sql.unsafe(insert())).rejects.toMatchObject(withoutEntryIn(table))
    }
  })

  test.each(tablesOf('audited'))(
    '%s: the application may not delete, and the owner not without an entry',
    async (table) => {
      await expect(sql.unsafe(`delete from ${table}`)).rejects.toMatchObject({ code: '42501' })
      await expect(sql.unsafe(`truncate ${table} cascade`)).rejects.toMatchObject({ code: '42501' })
      const deleted = owner.begin(async (tx) => {
        // References to the rows would refuse first.
        const references = await tx`select conname as name, conrelid::regclass::text as from_table
          from pg_constraint where contype = 'f' and confrelid = ${table}::regclass`
        for (const { name, from_table } of references) {
          await tx.unsafe(`alter table ${from_table} drop constraint "${name}"`)
        }
        await tx.unsafe(`delete from ${table}`)
      })
      await expect(deleted).rejects.toMatchObject(withoutEntryIn(table))
    },
  )

  test.each(tablesOf('child of a config'))('%s: no change without a raised revision', async (table) => {
    const refused = { code: 'AP001', message: expect.stringContaining('revision') }
    const [{ rows }] = (await sql.unsafe(`select count(*)::int as rows from ${table}`)) as [{ rows: number }]
    expect(rows).toBeGreaterThan(0)
    await expect(
      sql.unsafe(`update ${table} set config_id = config_id where config_id = '${config.id}'`),
    ).rejects.toMatchObject(refused)
    await expect(sql.unsafe(`delete from ${table} where config_id = '${config.id}'`)).rejects.toMatchObject(
      refused,
    )
    const other = await newConfig(root, {
      rules: [],
      parentProxies: [],
      clientRules: [],
      defaultAction: 'DIRECT',
      routeTests: [],
    })
    const names = (
      await owner`select quote_ident(attname) name from pg_attribute where attrelid = ${table}::regclass
        and attnum > 0 and not attisdropped`
    ).map(({ name }) => name as string)
    const values = names.map((name) => (name === 'config_id' ? `'${other.id}'::uuid` : name))
    const copied = `insert into ${table} (${names}) select ${values} from ${table} where config_id = '${config.id}'`
    await expect(sql.unsafe(copied)).rejects.toMatchObject(refused)
    const moved = `update ${table} set config_id = '${other.id}' where config_id = '${config.id}'`
    await expect(sql.unsafe(moved)).rejects.toMatchObject(refused)
    await expect(sql.unsafe(`truncate ${table}`)).rejects.toMatchObject({ code: '42501' })
  })

  test('raising the revision asks for the entry in turn, and a revision never falls', async () => {
    const raised = sql.begin(async (tx) => {
      await tx`update configs set revision = revision + 1 where id = ${config.id}`
      await tx`delete from domain_rules where config_id = ${config.id}`
    })
    await expect(raised).rejects.toMatchObject(withoutEntry)
    const lowered = sql`update configs set revision = revision - 1 where id = ${config.id}`
    await expect(lowered).rejects.toMatchObject({ code: 'AP001' })
    const forged = sql.begin(async (tx) => {
      await tx`update configs set revised_in = pg_current_xact_id() where id = ${config.id}`
      await tx`delete from domain_rules where config_id = ${config.id}`
    })
    await expect(forged).rejects.toMatchObject({
      code: 'AP001',
      message: expect.stringContaining('revision'),
    })
  })

  test.each([
    ['updated', "update audit_logs set actor_name = 'somebody else'"],
    ['deleted', 'delete from audit_logs'],
    ['truncated', 'truncate audit_logs'],
    ['switched off', 'alter table audit_logs disable trigger all'],
    ['unguarded', 'alter table users disable trigger audit_guard'],
    ['bypassed', 'set session_replication_role = replica'],
  ])('the trail can’t be %s by the application’s role', async (_what, statement) => {
    const before = await sql`select count(*) from audit_logs`
    await expect(sql.unsafe(statement)).rejects.toMatchObject({ code: '42501' })
    expect(await sql`select count(*) from audit_logs`).toEqual(before)
  })

  test('the instance’s keys are the owner’s to write', async () => {
    for (const statement of [
      'delete from instance_keys',
      "update instance_keys set jwk = '{}'",
      "insert into instance_keys (purpose, jwk) values ('mine', '{}')",
      'update settings set instance_id = gen_random_uuid()',
    ]) {
      await expect(sql.unsafe(statement)).rejects.toMatchObject({ code: '42501' })
    }
  })

  test('the nonce of an earlier transaction does not help, nor does its entry', async () => {
    const [earlier] = await sql`select nonce from audit_logs order by id desc limit 1`
    const write = (nonce: string) =>
      sql.begin(async (tx) => {
        await tx`select set_config('apm.nonce', ${nonce}, true)`
        await tx`update users set name = 'nobody said so'`
      })
    await expect(write(earlier?.nonce)).rejects.toMatchObject(withoutEntry)
    await expect(write(randomUUID())).rejects.toMatchObject(withoutEntry)
    await expect(write('')).rejects.toMatchObject(withoutEntry)
  })

  test('a transaction whose number was used before a restore is not covered by the old entry', async () => {
    const restored = sql.begin(async (tx) => {
      await tx`select set_config('apm.nonce', ${randomUUID()}, true)`
      await tx`insert into audit_logs (at, action, actor_kind, actor_name, entity_kind, entity_name, address, channel, request_id, nonce)
        values (now(), 'config.create', 'system', 'old', 'config', 'old', 'local', 'system', 'old', ${randomUUID()})`
      await tx`update users set name = 'nobody said so'`
    })
    await expect(restored).rejects.toMatchObject(withoutEntry)
  })

  test('an approved version is immutable but for its status, also for the owner', async () => {
    await expect(sql`update config_versions set document = '{}'`).rejects.toMatchObject({ code: '42501' })
    await expect(sql`update version_files set files = '[]'`).rejects.toMatchObject({ code: '42501' })
    await expect(owner`update config_versions set document = '{}'`).rejects.toMatchObject({
      code: 'AP001',
      message: expect.stringContaining('immutable'),
    })
  })

  test('a beacon and a heartbeat are free; whatever else is in their row is not', async () => {
    await sql`update sessions set last_beacon = now()`
    await sql`update proxy_reports set last_seen_at = now()`
    const both = [
      sql`update sessions set last_beacon = now(), user_id = (select id from users limit 1), ended_at = now()`,
      sql`update proxy_reports set last_seen_at = now(), current_config_hash = 'forged'`,
    ]
    for (const statement of both) await expect(statement).rejects.toMatchObject(withoutEntry)
  })
})

/** What the database's catalogue says against the list above. */
async function undeclaredTables(catalogue: Sql): Promise<readonly string[]> {
  const rows = await catalogue`
    select c.relname as name, array_agg(t.tgname) filter (where not t.tgisinternal and t.tgenabled = 'O') as triggers,
      has_table_privilege('apm_app', c.oid, 'insert') as may_insert,
      has_any_column_privilege('apm_app', c.oid, 'update') as may_update,
      has_table_privilege('apm_app', c.oid, 'delete') or has_table_privilege('apm_app', c.oid, 'truncate') as may_delete
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join pg_catalog.pg_trigger t on t.tgrelid = c.oid
    where n.nspname = 'public' and c.relkind in ('r', 'p', 'f') group by c.oid, c.relname`
  const wrong = rows.filter(({ name, triggers, may_insert, may_update, may_delete }) => {
    const has = (trigger: string) => (triggers ?? []).includes(trigger)
    switch (declared[name]) {
      case 'audited':
        return !has('audit_guard') || may_delete
      case 'child of a config':
        return !['insert', 'delete', 'update_to', 'update_from'].every((on) => has(`revision_guard_${on}`))
      case 'append-only':
        return may_update || may_delete
      case 'observed':
        return has('audit_guard') || may_delete
      case 'observed, the newest kept':
        return has('audit_guard') || may_update
      case 'owner only':
        return may_insert || may_update || may_delete
      default:
        return true
    }
  })
  const missing = Object.keys(declared).filter((name) => !rows.some((row) => row.name === name))
  return [...wrong.map((row) => row.name as string), ...missing].sort()
}

describe('lock 3: the list of tables', () => {
  test('every table of the catalogue is declared, and guarded as declared', async () => {
    expect(await undeclaredTables(owner)).toEqual([])
  })

  test('a new table is caught, and so is a guard that is gone or a right too many', async () => {
    const undo = new Error('undo')
    let caught: readonly string[] = []
    const planted = owner.begin(async (tx) => {
      await tx`create table notes (id int primary key, text text)`
      await tx`drop trigger audit_guard on users`
      await tx`alter table proxies disable trigger audit_guard`
      await tx`drop trigger revision_guard_delete on client_rules`
      await tx`grant update (actor_name) on audit_logs to apm_app`
      caught = await undeclaredTables(tx as unknown as Sql)
      throw undo
    })
    await expect(planted).rejects.toBe(undo)
    expect(caught).toEqual(['audit_logs', 'client_rules', 'notes', 'proxies', 'users'])
  })
})
