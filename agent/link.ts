/** Speaks GraphQL with the server: over one socket while it is up, over HTTP otherwise. */
import { type Client, createClient } from 'graphql-ws'
import WebSocket from 'ws'
import type { AtsRecord } from '#core/ats/records'
import { reasonOf } from './log.ts'
import type { Acknowledgement } from './memory.ts'

export interface SyncReport {
  readonly hostname: string
  readonly hash: string | null
  readonly atsVersion: string | null
  readonly agentVersion: string
}

export interface OfferedFile {
  readonly name: string
  readonly content: string
  readonly sha256: string
}

export interface SyncOffer {
  readonly upToDate: boolean
  readonly hash: string | null
  readonly configId: string | null
  readonly version: number | null
  readonly sequence: number | null
  readonly files: readonly OfferedFile[] | null
  readonly records: readonly AtsRecord[] | null
  readonly signature: string | null
  readonly pollSeconds: number
}

export interface Enrolled {
  readonly proxy: { readonly id: string; readonly hostname: string }
  readonly serverKey: string
  readonly instanceId: string
}

export interface Link {
  /** Tries to have the socket up, nudges subscribed. Never rejects: without it calls go over HTTP. */
  connect(): Promise<void>
  /** @throws LinkError */
  sync(report: SyncReport): Promise<SyncOffer>
  /** @throws LinkError */
  acknowledge(made: Acknowledgement): Promise<void>
  close(): Promise<void>
}

export interface LinkParts {
  readonly server: string
  readonly createToken: () => Promise<string>
  readonly onNudge: () => void
  /** A socket that was up has gone. */
  readonly onLost: (reason: string) => void
}

/** The server could not be reached, or said no: then `code` is its word for it. */
export class LinkError extends Error {
  override readonly name = 'LinkError'

  constructor(
    message: string,
    readonly code: string | null,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }

  /** The same request would be refused again. */
  get isFinal(): boolean {
    return ['BAD_USER_INPUT', 'NOT_FOUND', 'CONFLICT', 'FORBIDDEN'].includes(this.code ?? '')
  }
}

/** A constant text for each operation: the server keeps parsed documents, and all agents share these. */
const documents = {
  enrol:
    'mutation Enrol($input: EnrolAgentInput!) { enrolAgent(input: $input) { proxy { id hostname } serverKey instanceId } }',
  sync: 'mutation Sync($input: SyncInput!) { sync(input: $input) { upToDate hash configId version sequence files { name content sha256 } records { name type value } signature pollSeconds } }',
  acknowledge:
    'mutation Acknowledge($input: AcknowledgeSyncInput!) { acknowledgeSync(input: $input) { serverTime } }',
  nudges: 'subscription Nudges { nudges { at } }',
} as const

const requestMs = 30_000
const socketUpMs = 10_000
const pingMs = 20_000
const pongMs = 10_000
/** Where no socket ever worked but HTTP does (a gateway that speaks no WebSocket): how long only HTTP is used. */
const socketRestMs = 60_000
/** Of one answer: an offer with 100,000 rules has about 10 MiB. */
const answerBytes = 128 * 1024 * 1024

/** One HTTP request, before there is an identity. @throws LinkError */
export async function enrol(
  server: string,
  input: { token: string; hostname: string; publicKey: string },
): Promise<Enrolled> {
  const data = await post(server, documents.enrol, { input }, null)
  return (data as { enrolAgent: Enrolled }).enrolAgent
}

export function createLink({ server, createToken, onNudge, onLost }: LinkParts): Link {
  let socket: Socket | null = null
  let hadSocket = false
  let hasSocketFailed = false
  let restUntil = 0

  async function call(document: string, variables: Record<string, unknown>): Promise<unknown> {
    const used = socket
    if (used !== null) {
      try {
        return await used.call(document, variables)
      } catch (error) {
        if (error instanceof LinkError) throw error
        used.drop(reasonOf(error)) // dead, or too slow to be of use: the same request goes over HTTP
      }
    }
    const answer = await post(server, document, variables, await createToken())
    if (hasSocketFailed && !hadSocket) restUntil = performance.now() + socketRestMs
    hasSocketFailed = false
    return answer
  }

  return {
    async connect() {
      if (socket !== null || performance.now() < restUntil) return
      try {
        await openSocket(server, createToken, {
          onNudge,
          onUp(opened) {
            socket = opened
          },
          onGone(reason) {
            if (socket === null) return
            socket = null
            onLost(reason)
          },
        })
        hadSocket = true
      } catch {
        hasSocketFailed = true // HTTP will tell whether it is the server, or only sockets
      }
    },
    async sync(report) {
      return ((await call(documents.sync, { input: report })) as { sync: SyncOffer }).sync
    },
    async acknowledge(made) {
      await call(documents.acknowledge, { input: { ...made, outcome: made.outcome.toUpperCase() } })
    },
    async close() {
      const open = socket
      socket = null
      await open?.close()
    },
  }
}

interface Socket {
  /** @throws LinkError for an answer that says no; any other error means that the socket is of no use. */
  call(document: string, variables: Record<string, unknown>): Promise<unknown>
  drop(reason: string): void
  close(): Promise<void>
}

class AgentSocket extends WebSocket {
  constructor(address: string | URL, protocols?: string | string[]) {
    super(address, protocols, {
      perMessageDeflate: false,
      maxPayload: answerBytes,
      handshakeTimeout: socketUpMs,
    })
  }
}

interface SocketEvents {
  onUp(socket: Socket): void
  onNudge(): void
  /** Once, for a socket that was up. */
  onGone(reason: string): void
}

/** Resolves once the server has acknowledged us. */
function openSocket(server: string, createToken: () => Promise<string>, events: SocketEvents): Promise<void> {
  return new Promise((resolve, reject) => {
    let pongTimer: NodeJS.Timeout | undefined
    const client: Client = createClient({
      url: `${server.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: AgentSocket,
      connectionParams: async () => ({ authorization: `Bearer ${await createToken()}` }),
      lazy: false,
      // When to try again is the loop's business: one backoff for everything.
      retryAttempts: 0,
      connectionAckWaitTimeout: socketUpMs,
      keepAlive: pingMs,
      onNonLazyError: (error) => gone(reasonOf(describeClose(error))),
      on: {
        connected() {
          isUp = true
          const sink = { next: () => events.onNudge(), error: () => {}, complete: () => {} }
          client.subscribe({ query: documents.nudges }, sink)
          events.onUp({ call: (text, variables) => callOver(client, text, variables), drop: gone, close })
          resolve()
        },
        closed: (event) => gone(reasonOf(describeClose(event))),
        ping(received) {
          if (!received) pongTimer = setTimeout(() => gone('no answer to a ping'), pongMs)
        },
        pong: () => clearTimeout(pongTimer),
      },
    })

    let isUp = false
    let isGone = false
    function gone(reason: string): void {
      if (isGone) return
      isGone = true
      clearTimeout(pongTimer)
      reject(new Error(reason))
      client.terminate()
      if (isUp) events.onGone(reason)
    }
    async function close(): Promise<void> {
      isGone = true
      clearTimeout(pongTimer)
      await client.dispose()
    }
  })
}

function callOver(client: Client, query: string, variables: Record<string, unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let result: { readonly data?: unknown; readonly errors?: readonly unknown[] | undefined } | null = null
    const timer = setTimeout(() => {
      reject(new Error('no answer in time'))
      cancel()
    }, requestMs)
    const cancel = client.subscribe<Record<string, unknown>>(
      { query, variables },
      {
        next(value) {
          result = value
        },
        error(error) {
          clearTimeout(timer)
          reject(Array.isArray(error) ? refusalOf(error) : describeClose(error))
        },
        complete() {
          clearTimeout(timer)
          if (result?.data && !result.errors) resolve(result.data)
          else reject(result?.errors ? refusalOf(result.errors) : new Error('ended without an answer'))
        },
      },
    )
  })
}

async function post(
  server: string,
  query: string,
  variables: Record<string, unknown>,
  token: string | null,
): Promise<unknown> {
  let response: Response
  let text: string
  try {
    response = await fetch(`${server}/graphql`, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(requestMs),
      headers: {
        'content-type': 'application/json',
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query, variables }),
    })
    text = await readAtMost(response, answerBytes)
  } catch (error) {
    throw new LinkError(`${server} can't be reached: ${reasonOf(error)}`, null, { cause: error })
  }
  const answer = parseAnswer(text)
  if (answer?.errors && answer.errors.length > 0) throw refusalOf(answer.errors)
  if (!answer?.data) throw new LinkError(`${server} answered ${response.status} without GraphQL`, null)
  return answer.data
}

async function readAtMost(response: Response, bytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > bytes) throw new Error(`the answer is larger than ${bytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

interface GraphqlFault {
  readonly message: string
  readonly extensions?: { readonly code?: unknown }
}

function parseAnswer(text: string): { data?: unknown; errors?: readonly GraphqlFault[] } | null {
  try {
    const answer: unknown = JSON.parse(text)
    return typeof answer === 'object' ? answer : null
  } catch {
    return null
  }
}

function refusalOf(errors: readonly unknown[]): LinkError {
  const first = errors[0] as GraphqlFault | undefined
  const code = first?.extensions?.code
  return new LinkError(first?.message ?? 'no reason given', typeof code === 'string' ? code : null)
}

/** graphql-ws hands over close events as errors. */
function describeClose(event: unknown): Error {
  if (event instanceof Error) return event
  if (typeof event === 'object' && event !== null && 'code' in event) {
    const reason = 'reason' in event && event.reason !== '' ? ` ${String(event.reason)}` : ''
    return new Error(`socket closed: ${String(event.code)}${reason}`)
  }
  return new Error('socket closed')
}
