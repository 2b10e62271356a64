/**
 * What the audit trail costs and what it survives: the same writes with it and without it, server and database killed
 * in the middle of mutations, and the export of a long trail in a process whose memory is looked at.
 */
import 'reflect-metadata'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConfig } from '../../server/config/create.ts'
import { updateConfig } from '../../server/config/update.ts'
import { connectDatabase, connectOwner } from '../../server/database/connect.ts'
import { startEmbeddedPostgres } from '../../server/database/embedded.ts'
import { ensureDatabase, migrateDatabase } from '../../server/database/migrate.ts'
import { createOperation, type Operation, type UserActor } from '../../server/operation.ts'
import { systemOperation } from '../../server/upkeep.ts'
import { addUser } from '../../server/user/add.ts'
import { crashDuring } from '../../tests/support/crashes.ts'
import { rootEmail, rootPassword, startMortalServer } from '../../tests/support/mortal-server.ts'
import { percentile, round } from './figures.ts'

const rounds = Number(process.env.BENCH_ROUNDS ?? 12)
const roundMs = Number(process.env.BENCH_ROUND_MS ?? 2_000)
const mutations = Number(process.env.BENCH_MUTATIONS ?? 1_000)
const kills = Number(process.env.BENCH_KILLS ?? 20)
const entries = Number(process.env.BENCH_ENTRIES ?? 1_000_000)
const say = (line = '') => process.stdout.write(`${line}\n`)

const writes = await measureWrites()
say(`writes a second, in turn     with the trail   without   ratio (median of ${rounds} pairs, p5–p95)`)
for (const [name, { audited, bare, ratioP5, ratioP50, ratioP95 }] of Object.entries(writes)) {
  say(
    `  ${name.padEnd(26)} ${String(audited).padStart(14)} ${String(bare).padStart(9)}   ${ratioP50} (${ratioP5}–${ratioP95})`,
  )
}
const crashes = await crashDuring(mutations, kills)
say(
  `mutations acknowledged       ${crashes.done}, while ${crashes.kills.server} times the server and ${crashes.kills.postgres} times PostgreSQL were killed`,
)
say(`  whose end nobody heard     ${crashes.unknown}, of which ${crashes.unknownButKept} were carried out`)
say(
  `  lost, or without the other ${crashes.wrong.length}${crashes.wrong.map((line) => `\n    ${line}`).join('')}`,
)
const exported = await measureExport()
for (const { format, seconds, megabytes, rowsPerSecond, residentBefore, residentPeak } of exported) {
  say(
    `export of ${entries} entries as ${format}: ${seconds} s, ${megabytes} MB, ${rowsPerSecond} entries/s, resident ${residentBefore} → at most ${residentPeak} MB`,
  )
}
const { wrong, ...survived } = crashes
say(
  JSON.stringify({
    bench: 'audit',
    writes,
    crashes: { ...survived, wrong: wrong.length },
    entries,
    exported,
  }),
)
process.exitCode = wrong.length === 0 ? 0 : 1

/** One after the other on one durable PostgreSQL, in short rounds: what disturbs one disturbs its neighbour as well. */
async function measureWrites() {
  const home = mkdtempSync(join(tmpdir(), 'apm-audit-bench-'))
  const postgres = await startEmbeddedPostgres({ directory: join(home, 'postgres') })
  try {
    const audited = await startWriter(postgres, 'audited', true)
    const bare = await startWriter(postgres, 'bare', false)
    const figures: Record<string, Awaited<ReturnType<typeof comparePairs>>> = {}
    for (const kind of ['create a config', 'edit a config'] as const) {
      figures[kind] = await comparePairs(audited[kind], bare[kind])
    }
    await audited.close()
    await bare.close()
    return figures
  } finally {
    await postgres.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

async function comparePairs(audited: () => Promise<void>, bare: () => Promise<void>) {
  const pairs: { audited: number; bare: number }[] = []
  for (let at = 0; at < rounds; at += 1)
    pairs.push({ audited: await perSecond(audited), bare: await perSecond(bare) })
  const ratios = pairs.map((pair) => pair.audited / pair.bare)
  return {
    audited: Math.round(
      percentile(
        pairs.map((pair) => pair.audited),
        50,
      ),
    ),
    bare: Math.round(
      percentile(
        pairs.map((pair) => pair.bare),
        50,
      ),
    ),
    ratioP5: round(percentile(ratios, 5)),
    ratioP50: round(percentile(ratios, 50)),
    ratioP95: round(percentile(ratios, 95)),
  }
}

/** By eight at a time. */
async function perSecond(write: () => Promise<void>): Promise<number> {
  let done = 0
  const startedAt = performance.now()
  const isOver = () => performance.now() - startedAt >= roundMs
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (!isOver()) {
        await write()
        done += 1
      }
    }),
  )
  return (done / (performance.now() - startedAt)) * 1_000
}

type Embedded = Awaited<ReturnType<typeof startEmbeddedPostgres>>

/** @param isAudited false: the same verbs and statements, but no entry, no announcement, and no guard that asks for them */
async function startWriter(postgres: Embedded, database: string, isAudited: boolean) {
  const { socketDirectory: directory, port, ownerUser, applicationUser } = postgres
  const owner = { kind: 'socket', directory, port, database, user: ownerUser } as const
  const target = { ...owner, user: applicationUser }
  await ensureDatabase(owner)
  await migrateDatabase(owner, target)
  const connection = connectDatabase(target)
  const parts = { db: connection.db, clock: () => new Date() }
  const { id, email } = await addUser(systemOperation(parts, 'bench'), {
    email: 'bench@test.example',
    name: 'Bench',
    role: 'root',
    passwordHash: null,
  })
  if (!isAudited) await dropGuards(owner)
  const rights = { sessionId: null, confirmedAt: null, scopes: null, configIds: null }
  const actor: UserActor = { kind: 'user', id, name: email, role: 'root', ...rights }
  const operation = (): Operation => {
    const op = createOperation(parts, actor, { address: 'local', channel: 'api', requestId: randomUUID() })
    return isAudited ? op : withoutTrail(op, connection)
  }
  let serial = 0
  const create = () =>
    createConfig(operation(), { name: `config ${++serial}`, description: '', defaultAction: 'direct' })
  const edited = await Promise.all(Array.from({ length: 8 }, create))
  const free = edited.map((config) => ({ id: config.id, revision: config.revision }))
  return {
    'create a config': async () => void (await create()),
    'edit a config': async () => {
      const config = free.pop()
      if (!config) throw new Error('more at a time than configs')
      const { revision } = await updateConfig(operation(), { ...config, description: `edit ${++serial}` })
      free.push({ id: config.id, revision })
    },
    close: () => connection.close(),
  }
}

function withoutTrail(op: Operation, { db }: ReturnType<typeof connectDatabase>): Operation {
  const change: Operation['change'] = (work) => db.transaction(async (tx) => (await work(tx)).result)
  return new Proxy(op, {
    get(target, name) {
      if (name === 'change') return change
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

async function dropGuards(owner: Parameters<typeof connectOwner>[0]): Promise<void> {
  const sql = connectOwner(owner)
  const guards = await sql<{ name: string; of: string }[]>`
    select t.tgname as name, t.tgrelid::regclass::text as of from pg_trigger t
    where not t.tgisinternal and t.tgname ~ '^(audit|revision)_guard'`
  for (const { name, of } of guards) await sql`drop trigger ${sql(name)} on ${sql(of)}`
  await sql.end()
}

async function measureExport() {
  const mortal = await startMortalServer()
  const sql = await mortal.connect()
  await sql`
    insert into audit_logs (at, action, actor_kind, actor_name, entity_kind, entity_id, entity_name, old_value, new_value, address, channel, request_id, nonce)
    select now() - (${entries} - n) * interval '1 second', 'proxy.acknowledge', 'agent', 'edge-' || n % 10000 || '.test.example',
      'proxy', md5((n % 10000)::text)::uuid, 'edge-' || n % 10000 || '.test.example',
      jsonb_build_object('outcome', 'failed', 'message', 'The disk is full.', 'attemptedHash', encode(sha256(n::text::bytea), 'hex')),
      jsonb_build_object('outcome', 'applied', 'message', 'ATS has loaded all files, for change ' || n, 'attemptedHash', encode(sha256((n + 1)::text::bytea), 'hex')),
      '10.0.0.1', 'agent', 'request-' || n, gen_random_uuid()
    from generate_series(1, ${entries}::int) as n`
  await sql`vacuum analyze audit_logs`
  await sql.end()
  const authorization = `Bearer ${await accessToken(mortal.url)}`
  const found = []
  for (const format of ['csv', 'json'] as const) {
    const residentBefore = resident(mortal.pid())
    let residentPeak = residentBefore
    let bytes = 0
    const startedAt = performance.now()
    const response = await fetch(`${mortal.url}/export/audit.${format}`, { headers: { authorization } })
    if (!response.ok || !response.body) throw new Error(`the export answered ${response.status}`)
    for await (const part of response.body) {
      bytes += part.length
      residentPeak = Math.max(residentPeak, resident(mortal.pid()))
    }
    const seconds = (performance.now() - startedAt) / 1_000
    found.push({
      format,
      seconds: round(seconds),
      megabytes: Math.round(bytes / 1e6),
      rowsPerSecond: Math.round(entries / seconds),
      residentBefore,
      residentPeak,
    })
  }
  await mortal.end(async () => {})
  return found
}

async function accessToken(url: string): Promise<string> {
  const query = 'mutation ($input: LoginInput!) { login(input: $input) { accessToken } }'
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { input: { email: rootEmail, password: rootPassword } } }),
  })
  return ((await response.json()) as { data: { login: { accessToken: string } } }).data.login.accessToken
}

/** MB. */
function resident(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kilobytes) / 1024)
}
