/** The real server on a free port with a database of its own, and a client that speaks to it as scripts do. */
import 'reflect-metadata'
import type { AddressInfo } from 'node:net'
import { createApp } from '../../server/app.ts'
import { parseRange } from '../../server/core/cidr.ts'
import type { Role } from '../../server/core/vocabulary.ts'
import type { Rates } from '../../server/graphql/gate.ts'
import type { Patience, TlsFiles } from '../../server/listener.ts'
import { createLog } from '../../server/log.ts'
import { noProxies, trustProxies } from '../../server/trusted-proxies.ts'
import { systemOperation } from '../../server/upkeep.ts'
import { addUser } from '../../server/user/add.ts'
import { hashPassword } from '../../server/user/password.ts'
import { cloneDatabase, type TestDatabase } from './database.ts'

export interface GraphqlError {
  readonly message: string
  readonly extensions: {
    readonly code: string
    readonly problems?: readonly { path: string; code: string; message: string }[]
    readonly referenceId?: string
    readonly retryAfterSeconds?: number
  }
}
// biome-ignore lint/suspicious/noExplicitAny: answers are as dynamic as the queries that tests write.
export type Data = any
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly data: Data
  readonly errors: readonly GraphqlError[]
}

export interface ApiClient {
  /** Sends an operation; answers with errors are returned, not thrown. */
  send(query: string, variables?: Record<string, unknown>, headers?: Record<string, string>): Promise<Answer>
  /** Sends an operation that has to succeed. */
  get(query: string, variables?: Record<string, unknown>): Promise<Data>
}

export interface TestServer {
  readonly url: string
  readonly graphqlUrl: string
  readonly websocketUrl: string
  readonly instanceId: string
  readonly database: TestDatabase
  /** What the server logged, one JSON object a line. */
  readonly logged: readonly string[]
  client(token: string | null): ApiClient
  /** A fresh user with a session; `password` is what they log in with. */
  user(role: Role): Promise<TestUser>
  /** Moves the server's clock; timers and the database keep their own. */
  advance(seconds: number): void
  now(): Date
  close(): Promise<void>
}

export interface TestUser extends ApiClient {
  readonly id: string
  readonly email: string
  readonly password: string
  readonly accessToken: string
}

export interface ServerOptions {
  readonly webDirectory?: string
  /** Of another server: this one is a replica beside it, and leaves closing it to the caller. */
  readonly database?: TestDatabase
  readonly requestsAtOnce?: number
  readonly handshakesAtOnce?: number
  /** This host is a trusted proxy: it says who the client is, and how it came. */
  readonly isBehindProxy?: boolean
  readonly tls?: TlsFiles
  /** Left out: tests may ask as often as they like. */
  readonly rates?: Rates
  readonly patience?: Patience
}

const thisHost = ['127.0.0.1', '::1'].flatMap((address) => {
  const parsed = parseRange(address)
  return parsed.ok ? [parsed.range] : []
})

export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const database = options.database ?? (await cloneDatabase())
  const logged: string[] = []
  const log = createLog('debug', { write: (line: string) => void logged.push(line) })
  let offsetMs = 0
  const clock = () => new Date(Date.now() + offsetMs)
  const app = await createApp({
    database,
    log,
    clock,
    proxies: options.isBehindProxy ? trustProxies(thisHost) : noProxies,
    tls: options.tls,
    rates: options.rates,
    patience: options.patience,
    webDirectory: options.webDirectory ?? null,
    requestsAtOnce: options.requestsAtOnce,
    handshakesAtOnce: options.handshakesAtOnce,
  })
  await new Promise<void>((resolve) => app.server.listen(0, '127.0.0.1', resolve))
  const { port } = app.server.address() as AddressInfo
  const url = `${app.scheme}://127.0.0.1:${port}`
  let users = 0

  const client = (token: string | null) => clientOf(url, token)

  return {
    url,
    graphqlUrl: `${url}/graphql`,
    websocketUrl: `${url.replace('http', 'ws')}/graphql`,
    instanceId: app.instanceId,
    database,
    logged,
    client,
    async user(role) {
      users += 1
      const email = `${role}${users}@test.example`
      const password = `password of ${email}`
      const op = systemOperation({ db: database.db, clock }, 'test')
      const { id } = await addUser(op, {
        email,
        name: `${role} ${users}`,
        role,
        passwordHash: await hashPassword(password),
      })
      const { login } = await client(null).get(
        'mutation ($input: LoginInput!) { login(input: $input) { accessToken } }',
        { input: { email, password } },
      )
      return { ...client(login.accessToken), id, email, password, accessToken: login.accessToken }
    },
    advance(seconds) {
      offsetMs += seconds * 1000
    },
    now: clock,
    async close() {
      await app.close()
      if (!options.database) await database.close()
    },
  }
}

/** A server of its own, whose clock may be moved without harm to other tests, and its root. */
export async function withServer(work: (own: TestServer, root: TestUser) => Promise<void>): Promise<void> {
  const own = await startServer()
  try {
    await work(own, await own.user('root'))
  } finally {
    await own.close()
  }
}

/** Speaks to the server at this address; null: without a token. */
export function clientOf(url: string, token: string | null): ApiClient {
  const send: ApiClient['send'] = async (query, variables = {}, headers = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    })
    const body = (await response.json()) as { data?: Data; errors?: GraphqlError[] }
    return {
      status: response.status,
      headers: response.headers,
      data: body.data ?? null,
      errors: body.errors ?? [],
    }
  }
  return {
    send,
    async get(query, variables) {
      const answer = await send(query, variables)
      if (answer.errors.length > 0) throw new Error(JSON.stringify(answer.errors))
      return answer.data
    },
  }
}
