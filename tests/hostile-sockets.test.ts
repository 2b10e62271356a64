/** Sockets made to hurt: each is refused or closed, takes bounded room, and the server goes on for everybody else. */
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { newAgent, newConfig } from './support/calls.ts'
import { peakGrowth } from './support/memory.ts'
import { openRaw, parseAnswer, sendRaw } from './support/raw-http.ts'
import { startServer, type TestServer, type TestUser } from './support/server.ts'
import { openSocket } from './support/sockets.ts'
import { untilTrue } from './support/until.ts'

let server: TestServer
let root: TestUser
beforeAll(async () => {
  const patience = { headersMs: 1_000, requestMs: 5_000, stalledMs: 1_000 }
  server = await startServer({ patience, handshakesAtOnce: 20 })
  root = await server.user('root')
})
afterAll(() => server.close())
afterEach(async () => {
  expect(server.logged.filter((line) => /"msg":"fault"/.test(line))).toEqual([])
  await untilTrue(async () => {
    const socket = openSocket(server, root.accessToken)
    const answer = await Promise.race([socket.send('{ me { id } }'), socket.closed.then(() => null)]).catch(
      () => null,
    )
    await socket.close().catch(() => {})
    return answer?.data?.me.id === root.id
  })
})

const upgrade = (headers: Record<string, string> = {}) => {
  const all = {
    host: new URL(server.url).host,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    'sec-websocket-protocol': 'graphql-transport-ws',
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `GET /graphql HTTP/1.1\r\n${lines.join('')}\r\n`
}
/** One frame as a client sends it: masked (with zeros), with this first byte. */
function frame(first: number, payload: Buffer, { isMasked = true } = {}): Buffer {
  const flag = isMasked ? 0x80 : 0
  const { length } = payload
  const size = length < 126 ? [flag | length] : [flag | 127, 0, 0, 0, 0, ...bytesOf(length)]
  const mask = isMasked ? [0, 0, 0, 0] : []
  return Buffer.concat([Buffer.from([first, ...size, ...mask]), payload])
}
const bytesOf = (length: number) => [24, 16, 8, 0].map((shift) => (length >>> shift) & 0xff)
const text = 0x81
const init = () =>
  frame(
    text,
    Buffer.from(
      JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${root.accessToken}` } }),
    ),
  )
/** The code of the close frame at the end of what came, or null. */
function closeCodeOf(received: string): number | null {
  const bytes = Buffer.from(received, 'latin1')
  for (let at = bytes.length - 4; at >= 0; at -= 1) {
    const length = bytes[at + 1] ?? 0
    if (bytes[at] === 0x88 && at + 2 + length === bytes.length) return bytes.readUInt16BE(at + 2)
  }
  return null
}

describe('before it is open', () => {
  test.each<[what: string, headers: Record<string, string>, status: number]>([
    ['another site', { origin: 'https://evil.example' }, 403],
    ['an origin that only looks like ours', { origin: 'http://127.0.0.1.evil.example' }, 403],
    ['a browser that says "cross-site"', { 'sec-fetch-site': 'cross-site' }, 403],
    [
      'a host that a stranger forwards',
      { origin: 'http://evil.example', 'x-forwarded-host': 'evil.example' },
      403,
    ],
    ['another protocol to upgrade to', { upgrade: 'h2c' }, 400],
    ['no key', { 'sec-websocket-key': '' }, 400],
    ['a version from the past', { 'sec-websocket-version': '0' }, 400],
  ])('%s', async (_what, headers, status) => {
    expect((await sendRaw(server.url, upgrade(headers))).status).toBe(status)
  })

  test('a flood of upgrades that are cut off at once ends nothing but itself', async () => {
    const flood = Array.from({ length: 200 }, (_, index) => {
      const connection = openRaw(server.url)
      const headers: Record<string, string> = index % 2 === 0 ? { origin: 'https://evil.example' } : {}
      connection.socket.write(upgrade(headers), () => connection.socket.resetAndDestroy())
      return connection
    })
    await Promise.all(flood.map(({ closed }) => closed))
    expect((await root.send('{ me { id } }')).status).toBe(200)
  })

  test('more sockets that say nothing than may be opened at once: the rest is sent away, requests go on', async () => {
    const mute = Array.from({ length: 60 }, () => {
      const connection = openRaw(server.url)
      connection.socket.write(upgrade())
      return connection
    })
    expect((await root.send('{ me { id } }')).status).toBe(200)
    const answers = await Promise.all(
      mute.map(async ({ socket, closed }) => {
        const received = await Promise.race([closed, closedAfterGreeting(socket)])
        return received === 'open' ? 101 : parseAnswer(received).status
      }),
    )
    expect(new Set(answers)).toEqual(new Set([101, 503]))
    // Whoever says nothing within three seconds is closed, also without an answer to that.
    await Promise.all(mute.map(({ closed }) => closed))
  })
})

/** Resolves once the upgrade is answered with 101. */
function closedAfterGreeting(socket: import('node:net').Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.on('data', (chunk) => {
      if (String(chunk).startsWith('HTTP/1.1 101')) resolve('open')
    })
  })
}

describe('what is no message', () => {
  test.each<[what: string, bytes: () => Buffer, code: number | null]>([
    ['no JSON', () => frame(text, Buffer.from('hello')), 4400],
    ['JSON that is no message', () => frame(text, Buffer.from('{"type":"evil"}')), 4400],
    ['a list', () => frame(text, Buffer.from('[]')), 4400],
    ['a key of JavaScript', () => frame(text, Buffer.from('{"__proto__":{"type":"ping"}}')), 4400],
    ['no UTF-8', () => frame(text, Buffer.from([0xff, 0xfe])), 1007],
    [
      'a frame that is not masked',
      () => frame(text, Buffer.from('{"type":"ping"}'), { isMasked: false }),
      1002,
    ],
    ['a frame of no kind', () => frame(0x8f, Buffer.from('x')), 1002],
    ['reserved bits', () => frame(0xf1, Buffer.from('{"type":"ping"}')), 1002],
    ['a ping of 200 bytes', () => frame(0x89, Buffer.alloc(200)), 1002],
    ['a second greeting', () => Buffer.concat([init(), init()]), 4429],
    [
      'a subscription before the greeting',
      () => frame(text, Buffer.from('{"id":"1","type":"subscribe","payload":{"query":"{ me { id } }"}}')),
      4401,
    ],
    ['more before the greeting than a token needs', () => frame(0x01, Buffer.alloc(70_000, 97)), null],
    [
      'pieces of a message without end',
      () =>
        Buffer.concat([
          frame(0x01, Buffer.alloc(10)),
          ...Array.from({ length: 8_000 }, () => frame(0x00, Buffer.alloc(10, 97))),
        ]),
      null,
    ],
  ])('%s', async (_what, bytes, code) => {
    const { socket, closed } = openRaw(server.url)
    // Whatever says goodbye to us is answered at once.
    socket.on('data', (chunk) => String(chunk).includes('\x88') && socket.end())
    socket.write(upgrade())
    socket.write(bytes())
    const received = await closed
    expect(received).toContain('101 Switching Protocols')
    expect(closeCodeOf(received)).toBe(code)
    expect(received).not.toMatch(/\.ts\b|node_modules/)
  })

  test('a message larger than a body may be', async () => {
    const socket = new WebSocket(server.websocketUrl, 'graphql-transport-ws')
    const code = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => {})
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send(
      JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${root.accessToken}` } }),
    )
    await new Promise((resolve) => socket.once('message', resolve))
    socket.send(JSON.stringify({ type: 'ping', payload: { x: 'y'.repeat(5 * 1024 * 1024) } }))
    expect(await code).toBe(1009)
  })
})

/** A socket of its own that has been greeted. */
async function greeted(token: string): Promise<WebSocket> {
  const socket = new WebSocket(server.websocketUrl, 'graphql-transport-ws')
  socket.on('error', () => {})
  await new Promise((resolve) => socket.once('open', resolve))
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }))
  await new Promise((resolve) => socket.once('message', resolve))
  return socket
}

describe('the greedy', () => {
  test('a flood of messages is closed', async () => {
    const socket = await greeted(root.accessToken)
    const code = new Promise((resolve) => socket.once('close', resolve))
    for (let count = 0; count < 3_000; count += 1) socket.send('{"type":"ping"}')
    expect(await code).toBe(1008)
  })

  test('one person has a hundred sockets, one agent ten; who has fewer again may open another', async () => {
    const user = await server.user('regular')
    const agent = await newAgent({ server, root })
    for (const [token, most] of [
      [user.accessToken, 100],
      [agent.token(), 10],
    ] as const) {
      const open: WebSocket[] = []
      while (open.length < most) open.push(await greeted(token))
      expect(await openSocket(server, token).closed).toBe(1013)
      const gone = open.pop()
      gone?.terminate()
      await untilTrue(async () => {
        const another = await greeted(token)
        const isOpen = await Promise.race([
          new Promise((resolve) => another.once('close', () => resolve(false))),
          new Promise((resolve) => another.once('pong', () => resolve(true)) && another.ping()),
        ])
        another.terminate()
        return isOpen === true
      })
      for (const each of open) each.terminate()
    }
  })

  test('who takes nothing of what they ask for is closed, and holds bounded room until then', async () => {
    const rules = Array.from({ length: 20_000 }, (_, index) => ({
      kind: 'HOST',
      value: `host-${index}.${'long-name-'.repeat(5)}x.example`,
      action: 'DIRECT',
    }))
    const { id } = await newConfig(root, { rules })
    const query = 'query ($id: ID!) { config(id: $id) { rules { id kind value action enabled note owner } } }'
    const size = JSON.stringify(await root.get(query, { id })).length
    expect(size).toBeGreaterThan(3_000_000)
    const greedy = await greeted(root.accessToken)
    greedy.pause()
    const closed = new Promise((resolve) => greedy.once('close', resolve))
    const growth = await peakGrowth(async () => {
      for (let request = 0; request < 200; request += 1) {
        greedy.send(
          JSON.stringify({ id: String(request), type: 'subscribe', payload: { query, variables: { id } } }),
        )
      }
      await untilTrue(() =>
        server.logged.some((line) => line.includes('closed a socket whose peer takes nothing')),
      )
    })
    // Of two hundred answers no more than those of 64 operations were ever begun.
    expect(growth).toBeLessThan(64 * size * 2)
    greedy.resume()
    await closed
  })

  test('who is slow but takes what comes is served to the end', async () => {
    const rules = Array.from({ length: 5_000 }, (_, index) => ({
      kind: 'HOST',
      value: `h${index}.example`,
      action: 'DIRECT',
    }))
    const { id } = await newConfig(root, { rules })
    const query = 'query ($id: ID!) { config(id: $id) { rules { id kind value action enabled note owner } } }'
    const slow = await greeted(root.accessToken)
    let answers = 0
    slow.on('message', (data) => {
      if (JSON.parse(String(data)).type === 'next') answers += 1
      slow.pause()
      setTimeout(() => slow.resume(), 20)
    })
    for (let request = 0; request < 20; request += 1) {
      slow.send(
        JSON.stringify({ id: String(request), type: 'subscribe', payload: { query, variables: { id } } }),
      )
    }
    await untilTrue(() => answers === 20)
    slow.terminate()
  })
})

test('the handshake is ours', async () => {
  const key = randomBytes(16).toString('base64')
  const { socket, closed } = openRaw(server.url)
  socket.write(upgrade({ 'sec-websocket-key': key }))
  await closedAfterGreeting(socket)
  socket.destroy()
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  expect(await closed).toContain(`Sec-WebSocket-Accept: ${accept}`)
})
