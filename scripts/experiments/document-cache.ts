/**
 * Experiment: what does a kept document save, over HTTP and over WebSocket?
 *
 * Run: `node --import tsx scripts/experiments/document-cache.ts` (under a minute; two processes on loopback, the real
 * server with a throwaway PostgreSQL). What came out is in docs/decisions/0002-one-graphql-two-transports.md.
 */
import 'reflect-metadata'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { WebSocket } from 'ws'
import { createApp } from '../../server/app.ts'
import { connectDatabase } from '../../server/database/connect.ts'
import { startEmbeddedPostgres } from '../../server/database/embedded.ts'
import { ensureDatabase, migrateDatabase } from '../../server/database/migrate.ts'
import { systemOperation } from '../../server/upkeep.ts'
import { addUser } from '../../server/user/add.ts'
import { hashPassword } from '../../server/user/password.ts'
import { enrol, enrolmentToken, syncMutation } from '../../tests/support/agents.ts'
import type { ApiClient, Data, TestServer } from '../../tests/support/server.ts'

const connections = 32
const rounds = 2
const warmUpMs = 700
const measuredMs = 2_500

/** What the measured process says once it is ready. */
interface Ready {
  readonly graphqlPort: number
  readonly rawPort: number
  /** The agent's input: a hash that is what it should run, so that nothing changes. */
  readonly input: Record<string, unknown>
}

/** What it answers whenever it is asked. */
interface Reading {
  readonly cpu: NodeJS.CpuUsage
  readonly token: string
}

const marker = 'measured-process'
if (process.argv[2] === marker) await beMeasured()
else await measureAll()

// --- The measured process: the server as it is, an agent that is in sync, and a raw answerer beside them

async function beMeasured(): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'apm-document-cache-'))
  const postgres = await startEmbeddedPostgres({ directory: join(home, 'postgres') })
  const socket = { kind: 'socket', directory: postgres.socketDirectory, port: postgres.port } as const
  const owner = { ...socket, database: 'apm', user: postgres.ownerUser }
  const target = { ...owner, user: postgres.applicationUser }
  await ensureDatabase(owner)
  await migrateDatabase(owner, target)
  const database = connectDatabase(target)
  const clock = () => new Date()
  const log = pino({ level: 'silent' })
  const app = await createApp({ database, log, clock, webDirectory: null })
  const graphqlPort = await listen(app.server)

  const client = (token: string | null) => apiClient(`http://127.0.0.1:${graphqlPort}/graphql`, token)
  const person = { email: 'root@test.example', password: 'password of the experiment' }
  const op = systemOperation({ db: database.db, clock }, 'experiment')
  const { email, password } = person
  await addUser(op, { email, name: 'Root', role: 'root', passwordHash: await hashPassword(password) })
  const login = 'mutation ($input: LoginInput!) { login(input: $input) { accessToken } }'
  const root = client((await client(null).get(login, { input: person })).login.accessToken)
  const agent = await enrol({ client } as TestServer, await enrolmentToken(root), 'edge.test.example')
  await agent.sync(null)
  await assignConfig(root, agent.proxyId)
  const { hash } = await agent.sync(null)
  const unchanged: Data = await agent.sync(hash)
  if (!unchanged.upToDate) throw new Error('the proxy is not up to date')

  const answer = JSON.stringify({ data: { sync: unchanged } })
  const raw = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    JSON.parse(Buffer.concat(chunks).toString())
    response.setHeader('content-type', 'application/json; charset=utf-8')
    response.end(JSON.stringify(JSON.parse(answer)))
  })
  const rawPort = await listen(raw)

  const input = { hostname: agent.hostname, hash, atsVersion: '9.2.9', agentVersion: 'test' }
  process.on('message', () => process.send?.({ cpu: process.cpuUsage(), token: agent.token() }))
  process.send?.({ graphqlPort, rawPort, input } satisfies Ready)
  await once(process, 'disconnect')
  raw.close()
  raw.closeAllConnections()
  await app.close()
  await database.close()
  await postgres.stop()
  await rm(home, { recursive: true })
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function apiClient(url: string, token: string | null): ApiClient {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
  const send: ApiClient['send'] = async (query, variables) => {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
    const { data, errors = [] } = (await response.json()) as Data
    return { status: response.status, headers: response.headers, data, errors }
  }
  return {
    send,
    async get(query, variables) {
      const { data, errors } = await send(query, variables)
      if (errors.length > 0) throw new Error(JSON.stringify(errors))
      return data
    },
  }
}

async function assignConfig(root: ApiClient, proxyId: string): Promise<void> {
  const step = async (name: string, input: Record<string, unknown>): Promise<Data> => {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`
    const text = `mutation ($input: ${type}) { ${name}(input: $input) { config { id revision configHash } } }`
    return (await root.get(text, { input }))[name].config
  }
  const { id } = await step('createConfig', { name: 'experiment', defaultAction: 'DIRECT' })
  const { revision } = await step('setConfigProxies', { configId: id, revision: 1, proxyIds: [proxyId] })
  const { configHash } = await step('submitConfig', { id, revision })
  await step('approveConfig', { id, revision, configHash })
}

// --- The measuring process: keeps `connections` operations under way and counts answers

/** Sends one operation and calls back when its answer is complete. */
type Exchange = (query: string, onAnswer: (text: string) => void) => void
interface Connection {
  readonly exchange: Exchange
  close(): void
}

async function measureAll(): Promise<void> {
  const server = fork(fileURLToPath(import.meta.url), [marker])
  try {
    const [ready] = (await once(server, 'message')) as [Ready]
    let serial = 0
    const known = () => syncMutation
    // A number in a comment makes it a document that the server has never seen.
    const unseen = () => `# ${++serial}\n${syncMutation}`
    const http = (token: string) => openHttp(ready.graphqlPort, token, ready.input)
    const socket = (token: string) => openWebsocket(ready.graphqlPort, token, ready.input)
    const raw = (token: string) => openHttp(ready.rawPort, token, ready.input)
    const rows = [
      { name: 'raw node:http, the same JSON', open: raw, query: known, ops: 0, seconds: 0, cpuUs: 0 },
      { name: 'HTTP, document kept', open: http, query: known, ops: 0, seconds: 0, cpuUs: 0 },
      { name: 'HTTP, document never seen', open: http, query: unseen, ops: 0, seconds: 0, cpuUs: 0 },
      { name: 'WebSocket, document kept', open: socket, query: known, ops: 0, seconds: 0, cpuUs: 0 },
      { name: 'WebSocket, document never seen', open: socket, query: unseen, ops: 0, seconds: 0, cpuUs: 0 },
    ]
    for (let round = 0; round < rounds; round += 1) {
      for (const row of rows) {
        const { ops, seconds, cpuUs } = await measure(server, row.open, row.query)
        row.ops += ops
        row.seconds += seconds
        row.cpuUs += cpuUs
      }
    }
    print(rows)
  } finally {
    server.disconnect()
    await once(server, 'exit')
  }
}

async function measure(
  server: ChildProcess,
  open: (token: string) => Promise<Connection>,
  query: () => string,
): Promise<{ ops: number; seconds: number; cpuUs: number }> {
  const { token } = await ask(server)
  const opened = await Promise.all(Array.from({ length: connections }, () => open(token)))
  let ops = 0
  let isOver = false
  let wrong: string | null = null
  const ended = opened.map(({ exchange }) => {
    return new Promise<void>((resolve) => {
      const next = () =>
        exchange(query(), (text) => {
          if (!text.includes('"upToDate":true')) wrong ??= text
          ops += 1
          if (isOver) resolve()
          else next()
        })
      next()
    })
  })
  await sleep(warmUpMs)
  const before = await ask(server)
  const [opsBefore, startedAt] = [ops, performance.now()]
  await sleep(measuredMs)
  const after = await ask(server)
  const counted = { ops: ops - opsBefore, seconds: (performance.now() - startedAt) / 1000 }
  isOver = true
  await Promise.all(ended)
  for (const connection of opened) connection.close()
  if (wrong !== null) throw new Error(`an answer that was not expected: ${wrong}`)
  const total = ({ cpu }: Reading) => cpu.user + cpu.system
  return { ...counted, cpuUs: total(after) - total(before) }
}

async function ask(server: ChildProcess): Promise<Reading> {
  const answer = once(server, 'message')
  server.send('how much?')
  return (await answer)[0] as Reading
}

/** One kept-alive connection, spoken by hand: the client shall not cost more than the server. */
async function openHttp(port: number, token: string, input: Record<string, unknown>): Promise<Connection> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.setNoDelay(true)
  let received = ''
  let onAnswer = (_text: string) => {}
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
    const end = received.indexOf('\r\n\r\n')
    const length = /\r\ncontent-length: (\d+)/i.exec(received)?.[1]
    if (end < 0 || length === undefined || received.length < end + 4 + Number(length)) return
    const body = received.slice(end + 4)
    received = ''
    onAnswer(body)
  })
  return {
    exchange(query, callback) {
      onAnswer = callback
      const body = JSON.stringify({ query, variables: { input } })
      socket.write(
        `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nauthorization: Bearer ${token}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      )
    },
    close: () => socket.destroy(),
  }
}

/** One socket of the protocol graphql-transport-ws, also by hand. */
async function openWebsocket(
  port: number,
  token: string,
  input: Record<string, unknown>,
): Promise<Connection> {
  const options = { perMessageDeflate: false }
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', options)
  await once(socket, 'open')
  const payload = { authorization: `Bearer ${token}` }
  socket.send(JSON.stringify({ type: 'connection_init', payload }))
  await once(socket, 'message')
  let answer = ''
  let id = 0
  let onAnswer = (_text: string) => {}
  socket.on('message', (data: Buffer) => {
    const text = data.toString()
    if (text.includes('"type":"complete"')) onAnswer(answer)
    else answer = text
  })
  return {
    exchange(query, callback) {
      onAnswer = callback
      id += 1
      socket.send(
        JSON.stringify({ id: `${id}`, type: 'subscribe', payload: { query, variables: { input } } }),
      )
    },
    close: () => socket.terminate(),
  }
}

function print(rows: readonly { name: string; ops: number; seconds: number; cpuUs: number }[]): void {
  const [raw] = rows
  if (!raw) return
  console.log(`unchanged sync, ${connections} connections, ${rounds} rounds of ${measuredMs} ms each\n`)
  console.log(`${''.padEnd(34)}   ops/s  CPU µs/op  CPU ÷ raw`)
  for (const { name, ops, seconds, cpuUs } of rows) {
    const perOp = cpuUs / ops
    const ratio = perOp / (raw.cpuUs / raw.ops)
    const figures = [Math.round(ops / seconds), Math.round(perOp)].map((n) => String(n).padStart(9))
    console.log(`${name.padEnd(32)}${figures.join('  ')}  ${ratio.toFixed(1).padStart(9)}`)
  }
}
