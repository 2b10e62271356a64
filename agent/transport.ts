/** Carries GraphQL texts: one HTTP request, or a socket that stays. */
import { type Client, createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { reasonOf } from './log.ts'

const requestMs = 30_000
const socketUpMs = 10_000
const pingMs = 20_000
const pongMs = 10_000
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

  /** Nobody answered, or something that is not our server did: another address may do better. */
  get isAway(): boolean {
    return this.code === null
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

class AgentSocket extends WebSocket {
  constructor(address: string | URL, protocols?: string | string[]) {
    super(address, protocols, {
      perMessageDeflate: false,
      maxPayload: answerBytes,
      handshakeTimeout: socketUpMs,
    })
  }
}

export interface SocketEvents {
  onUp(socket: Socket): void
  /** For each message of the subscription. */
  onMessage(): void
  /** Once, for a socket that was up. */
  onGone(reason: string): void
}

/** Resolves once the server has acknowledged us; the subscription is sent at once. */
export function openSocket(
  server: string,
  createToken: () => Promise<string>,
  subscription: string,
  events: SocketEvents,
): Promise<void> {
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
          const sink = { next: () => events.onMessage(), error: () => {}, complete: () => {} }
          client.subscribe({ query: subscription }, sink)
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
  if (response.status === 503) {
    const retryAfterSeconds = retryAfterOf(response)
    throw new LinkError(`${server} takes no requests at the moment`, null, { retryAfterSeconds })
  }
  const answer = parseAnswer(text)
  if (answer?.data) return answer.data
  if (answer?.errors && answer.errors.length > 0) throw refusalOf(answer.errors)
  throw new LinkError(`${server} answered ${response.status} without GraphQL`, null)
}

/** In seconds; the form with a date depends on two clocks and isn't taken. */
function retryAfterOf({ headers }: Response): number | null {
  const value = headers.get('retry-after') ?? ''
  return /^\d{1,6}$/.test(value) ? Number(value) : null
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
