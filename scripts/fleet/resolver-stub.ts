/** A DNS server on loopback that knows the given names and no others, so that no test name leaves the machine. */
import { createSocket } from 'node:dgram'
import { isIPv4, isIPv6 } from 'node:net'

export interface ResolverStub {
  readonly port: number
  /** Lower-case name → IPv4 or IPv6 address (for `….in-addr.arpa`: the name). May be changed while running. */
  readonly names: Map<string, string>
  /** Time to live of the answers, in seconds: 60. May be changed while running. */
  ttlSeconds: number
  /** Every name asked for, in order, lower case. */
  readonly asked: readonly string[]
  stop(): Promise<void>
}

const typeA = 1
const typePtr = 12
const typeAaaa = 28
const askedLimit = 10_000

/** Answers over UDP; a name that is not in `names` is NXDOMAIN at once. */
export async function startResolverStub(
  options: { port?: number; host?: string; names?: Iterable<readonly [string, string]> } = {},
): Promise<ResolverStub> {
  const names = new Map(options.names)
  const asked: string[] = []
  const socket = createSocket('udp4')
  const stub = {
    port: 0,
    names,
    ttlSeconds: 60,
    asked,
    stop: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  }

  socket.on('message', (query, from) => {
    const question = readQuestion(query)
    if (question === null) return
    if (asked.length < askedLimit) asked.push(question.name)
    const reply = answer(query, question, names.get(question.name), stub.ttlSeconds)
    socket.send(reply, from.port, from.address, () => {})
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(options.port ?? 0, options.host ?? '127.0.0.1', resolve)
  })

  stub.port = socket.address().port
  return stub
}

interface Question {
  readonly name: string
  readonly type: number
  /** Offset just behind the question in the query. */
  readonly end: number
}

function readQuestion(query: Buffer): Question | null {
  if (query.length < 17 || query.readUInt16BE(4) !== 1) return null
  const labels: string[] = []
  let at = 12
  while (at < query.length) {
    const length = query[at] ?? 0
    if (length === 0) break
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += length + 1
  }
  if (at + 5 > query.length) return null
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

function answer(
  query: Buffer,
  { type, end }: Question,
  known: string | undefined,
  ttlSeconds: number,
): Buffer {
  const record = known === undefined ? null : recordFor(type, known, ttlSeconds)
  const header = Buffer.from(query.subarray(0, 12))
  header.writeUInt16BE(known === undefined ? 0x8583 : 0x8580, 2) // authoritative answer; NXDOMAIN or no error
  header.writeUInt16BE(record === null ? 0 : 1, 6)
  header.fill(0, 8, 12)
  return Buffer.concat([header, query.subarray(12, end), record ?? Buffer.alloc(0)])
}

/** One resource record whose name points at the question; null when the name has no record of that type. */
function recordFor(type: number, value: string, ttlSeconds: number): Buffer | null {
  const content = contentFor(type, value)
  if (content === null) return null
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0xc00c, 0)
  head.writeUInt16BE(type, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(ttlSeconds, 6)
  head.writeUInt16BE(content.length, 10)
  return Buffer.concat([head, content])
}

function contentFor(type: number, value: string): Buffer | null {
  if (type === typeA && isIPv4(value)) return Buffer.from(value.split('.').map(Number))
  if (type === typeAaaa && isIPv6(value)) return ipv6Bytes(value)
  if (type === typePtr && !isIPv4(value) && !isIPv6(value)) {
    return Buffer.concat([
      ...value.split('.').map((l) => Buffer.from([l.length, ...Buffer.from(l)])),
      Buffer.alloc(1),
    ])
  }
  return null
}

function ipv6Bytes(text: string): Buffer {
  const [head = '', tail] = text.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...left, ...Array(8 - left.length - right.length).fill('0'), ...right]
  const bytes = Buffer.alloc(16)
  for (const [index, group] of groups.entries()) bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2)
  return bytes
}
