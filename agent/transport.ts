/** Carries GraphQL texts: one HTTP request, or a socket that stays. */
import type { IncomingMessage } from 'node:http'
import { type Client, createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { reasonOf } from './log.ts'

const requestMs = 30_000
const socketUpMs = 10_000
/** From then on the system asks every second; a peer that is gone without a word is noticed 10 s later. */
const idleMs = 10_000
/** Of one answer: an offer with 100,000 rules has about 10 MiB. */
const answerBytes = 128 * 1024 * 1024

/** The server could not be reached, or said no: then `code` is its word for it. */
export class LinkError extends Error {
  override readonly name = 'LinkError'

  constructor(
    message: string,
    readonly code: string | null,
    options?: ErrorOptions & { readonly retryAfterSeconds?: number | null },
  ) {
    super(message, options)
    this.retryAfterSeconds = options?.retryAfterSeconds ?? null
  }

  /** When the server would like us back, if it said so. */
  readonly retryAfterSeconds: number | null

  /** Nobody answered, or something that is not our server did, or one that can't work now: another may do better. */
  get isAway(): boolean {
    return this.code === null || this.code === 'UNAVAILABLE'
  }

  /** The same request would be refused again. */
  get isFinal(): boolean {
    return ['BAD_USER_INPUT', 'NOT_FOUND', 'CONFLICT', 'FORBIDDEN'].includes(this.code ?? '')
  }
}

export interface Socket {
  /** @throws LinkError for an answer that says no; any other error means that the socket is of no use. */
  call(document: string, variables: Record<string, unknown>): Promise<unknown>
  drop(reason: string): void
  close(): Promise<void>
}

/** `onNoSocket` hears the answer of a server that opens none. */
function socketClass(onNoSocket: (response: IncomingMessage) => void) {
  return class AgentSocket extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols, {
        perMessageDeflate: false,
        maxPayload: answerBytes,
        handshakeTimeout: socketUpMs,
      })
      // Not a ping of our own: a sync every 30 s is traffic enough, and ten thousand agents' pings load a server.
      this.on('upgrade', ({ socket }) => socket.setKeepAlive(true, idleMs))
      this.on('unexpected-response', (request, response) => {
        onNoSocket(response)
        request.destroy()
      })
    }
  }
}

export interface SocketEvents {
  onUp(socket: Socket): void
  /** For each message of the subscription. */
  onMessage(): void
  /** Once, for a socket that was up. */
  onGone(reason: string): void
}

/** Resolves once the server has acknowledged us; the subscription is sent at once. @throws LinkError for a 503 */
export function openSocket(
  server: string,
  createToken: () => Promise<string>,
  subscription: string,
  events: SocketEvents,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const client: Client = createClient({
      url: `${server.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: socketClass(({ statusCode, headers }) => {
        if (statusCode === 503) reject(away(server, headers['retry-after']))
      }),
      connectionParams: async () => ({ authorization: `Bearer ${await createToken()}` }),
      lazy: false,
      // When to try again is the loop's business: one backoff for everything.
      retryAttempts: 0,
      connectionAckWaitTimeout: socketUpMs,
      onNonLazyError: (error) => gone(reasonOf(describeClose(error))),
      on: {
        connected() {
          isUp = true
          const sink = { next: () => events.onMessage(), error: () => {}, complete: () => {} }
          client.subscribe({ query: subscription }, sink)
          events.onUp({ call: (text, variables) => callOver(client, text, variables), drop: gone, close })
          resolve()
        },
        closed: (event) => gone(reasonOf(describeClose(event))),
      },
    })

    let isUp = false
    let isGone = false
    function gone(reason: string): void {
      if (isGone) return
      isGone = true
      reject(new Error(reason))
      client.terminate()
      if (isUp) events.onGone(reason)
    }
    async function close(): Promise<void> {
      isGone = true
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
          // Errors beside data: what may be absent from the answer is absent, the rest stands.
          if (result?.data) resolve(result.data)
          else reject(result?.errors ? refusalOf(result.errors) : new Error('ended without an answer'))
        },
      },
    )
  })
}

/** @throws LinkError */
export async function post(
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
  if (answer?.data) return answer.data
  if (answer?.errors && answer.errors.length > 0) throw refusalOf(answer.errors)
  if (response.status === 503) throw away(server, response.headers.get('retry-after'))
  throw new LinkError(`${server} answered ${response.status} without GraphQL`, null)
}

/** In seconds; the form of Retry-After with a date depends on two clocks and isn't taken. */
function secondsOf(value: unknown): number | null {
  return /^\d{1,6}$/.test(String(value)) ? Number(value) : null
}

/** A 503 of whatever stands there: ours says why where it can. */
function away(server: string, retryAfter: unknown): LinkError {
  const options = { retryAfterSeconds: secondsOf(retryAfter) }
  return new LinkError(`${server} takes no requests at the moment`, null, options)
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
  readonly extensions?: { readonly code?: unknown; readonly retryAfterSeconds?: unknown }
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
  const { code, retryAfterSeconds } = first?.extensions ?? {}
  return new LinkError(first?.message ?? 'no reason given', typeof code === 'string' ? code : null, {
    retryAfterSeconds: secondsOf(retryAfterSeconds),
  })
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
