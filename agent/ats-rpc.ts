/** Speaks to traffic_server 10.x on its control socket: JSON-RPC 2.0, one call per connection. */
import { connect } from 'node:net'
import { AtsSilent } from './ats-port.ts'

/** The method's result. @throws AtsSilent, also for what ATS answers as an error. */
export type RpcCall = (method: string, params?: object) => Promise<unknown>

export interface RpcLimits {
  /** From the connection to the end of the answer. */
  readonly answerMs: number
  readonly answerBytes: number
}

/** A verdict on 100,000 lines that are all bad has some 20 MB. */
const defaultLimits: RpcLimits = { answerMs: 10_000, answerBytes: 32 * 1024 * 1024 }

export function createRpc(socket: string, limits = defaultLimits): RpcCall {
  return async (method, params) => {
    const asked = JSON.stringify({ jsonrpc: '2.0', id: method, method, params })
    const answer = parsed(await exchange(socket, asked, limits), socket)
    if (answer.error === undefined) return answer.result
    const words = wordsOf(answer.error)
    const remedy = /unauthorized/i.test(words)
      ? ' Run the agent as root or as the user that ATS runs as.'
      : ''
    throw new AtsSilent(`ATS refuses ${method}: ${words}.${remedy}`)
  }
}

/** An object's fields; none for anything else. ATS writes every value as a text, numbers too. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

/** The objects of a list; none for anything else. */
export function itemsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

/** ATS ends the connection after its answer. Ours stays open until then: it takes an early end for a hang-up. */
function exchange(path: string, asked: string, limits: RpcLimits): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path })
    const chunks: Buffer[] = []
    let bytes = 0
    const fail = (reason: string, cause?: Error) => {
      clearTimeout(timer)
      socket.destroy()
      reject(new AtsSilent(`the control socket ${path} ${reason}`, { cause }))
    }
    const timer = setTimeout(
      () => fail(`gave no answer within ${limits.answerMs / 1000} s.`),
      limits.answerMs,
    )
    socket.on('connect', () => socket.write(asked))
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > limits.answerBytes) return fail(`answers more than ${limits.answerBytes} bytes.`)
      chunks.push(chunk)
    })
    socket.on('end', () => {
      clearTimeout(timer)
      resolve(Buffer.concat(chunks).toString())
    })
    socket.on('error', (error) => fail(`can't be used (${error.message}): ${remedyFor(error)}`, error))
  })
}

function remedyFor(error: Error): string {
  const code = 'code' in error ? error.code : ''
  if (code === 'EACCES' || code === 'EPERM') return 'run the agent as root or as the user that ATS runs as.'
  return 'start ATS, or restart it if it was upgraded.'
}

function parsed(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    return fieldsOf(JSON.parse(text))
  } catch (error) {
    const found = text === '' ? 'ended the connection without an answer' : 'answers what is not JSON'
    throw new AtsSilent(`the control socket ${path} ${found}: see ATS's diags.log.`, { cause: error })
  }
}

/** The reasons lie in `data`; the message above them is a general one. */
function wordsOf(error: unknown): string {
  const { message, data } = fieldsOf(error)
  const words = [message, ...itemsOf(data).map((each) => each.message)].map((word) => String(word ?? ''))
  return (
    words
      .filter((word) => word !== '')
      .join(': ')
      .slice(0, 500) || 'no reason given'
  )
}
