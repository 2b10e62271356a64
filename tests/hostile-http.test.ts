/** Requests made to hurt, byte by byte: each is refused or without effect, and the server goes on for everybody else. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { strangerBodyBytes } from '../server/graphql/http-body.ts'
import { heapBytes } from './support/memory.ts'
import { openRaw, parseAnswer, type RawAnswer, sendRaw } from './support/raw-http.ts'
import { startServer, type TestServer, type TestUser } from './support/server.ts'
import { untilTrue } from './support/until.ts'

let folder: string
let server: TestServer
let root: TestUser
let heapBefore: number
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'apm-web-'))
  const web = join(folder, 'web')
  mkdirSync(join(web, 'assets'), { recursive: true })
  writeFileSync(join(web, 'index.html'), '<title>app</title>')
  writeFileSync(join(web, 'assets', 'app.js'), 'export {}')
  writeFileSync(join(folder, 'secret.txt'), 'canary')
  const patience = { headersMs: 1_000, requestMs: 2_000, stalledMs: 1_000 }
  server = await startServer({ webDirectory: web, patience, requestsAtOnce: 20 })
  root = await server.user('root')
  heapBefore = heapBytes()
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})
/** Whatever was sent: no fault, no stack, and the next request is answered. */
afterEach(async () => {
  expect(server.logged.filter((line) => /"msg":"fault"/.test(line))).toEqual([])
  expect((await root.get('{ me { id } }')).me.id).toBe(root.id)
})

const me = JSON.stringify({ query: '{ me { id } }' })
const post = (headers: Record<string, string>, body: string | Buffer = me): Buffer => {
  const all = {
    host: 'manager.example',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    authorization: `Bearer ${root.accessToken}`,
    ...headers,
  }
  const said = Object.entries(all).filter(([, value]) => value !== '')
  const lines = said.map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`POST /graphql HTTP/1.1\r\n${lines.join('')}\r\n`), Buffer.from(body)])
}
const get = (path: string, headers = '') =>
  `GET ${path} HTTP/1.1\r\nhost: manager.example\r\nconnection: close\r\n${headers}\r\n`
const codeOf = ({ body }: RawAnswer) => {
  const [error] = JSON.parse(body).errors ?? []
  return error?.extensions.problems?.[0]?.code ?? error?.extensions.code
}

/** No stack, no SQL, no path of ours. */
function expectNothingTold({ body }: Pick<RawAnswer, 'body'>): void {
  expect(body).not.toMatch(/\bat .+:\d+:\d+|node_modules|\.ts\b|select |insert |postgres|HPE_/i)
}
function expectStrictHeaders({ headers }: Pick<RawAnswer, 'headers'>): void {
  expect(headers.get('content-security-policy')).toMatch(
    /default-src 'none'.*base-uri 'none'.*frame-ancestors 'none'/,
  )
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
  expect(headers.get('access-control-allow-origin')).toBeUndefined()
  expect(headers.get('x-powered-by')).toBeUndefined()
}

describe('what is no request', () => {
  test.each<[what: string, text: string, status: number]>([
    ['noise', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['a method that is none', 'HACK / HTTP/1.1\r\nhost: x\r\n\r\n', 400],
    ['another protocol', 'SSH-2.0-OpenSSH_9.0\r\n', 400],
    ['a version that is none', 'GET / HTTP/9.9\r\nhost: x\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['a header without a name', 'GET / HTTP/1.1\r\nhost: x\r\n: y\r\n\r\n', 400],
    [
      'a header with a bare line feed in it',
      'GET / HTTP/1.1\r\nhost: x\r\na: b\nset-cookie: c=d\r\n\r\n',
      400,
    ],
    [
      'two lengths',
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 40\r\n\r\n{}',
      400,
    ],
    [
      'a length and chunks: one request smuggled in another',
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nhost: x\r\n\r\n',
      400,
    ],
    [
      'a chunk that is none',
      'POST /graphql HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n',
      400,
    ],
    ['headers of 20,000 characters', `GET / HTTP/1.1\r\nhost: x\r\na: ${'b'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'a cookie of 20,000 characters',
      `GET / HTTP/1.1\r\nhost: x\r\ncookie: a=${'b'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
    ['a path of 20,000 characters', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, 431],
  ])('%s', async (_what, text, status) => {
    const answer = await sendRaw(server.url, Buffer.from(text, 'latin1'))
    expect(answer.status).toBe(status)
    expectNothingTold(answer)
    if (answer.body !== '') expectStrictHeaders(answer)
  })
})

describe('bodies', () => {
  test.each<[what: string, body: string | Buffer, status: number]>([
    ['nothing', '', 400],
    ['half of it', '{"query": "{ me', 400],
    ['a list of operations', `[${me},${me}]`, 400],
    ['a text', '"{ me { id } }"', 400],
    ['null', 'null', 400],
    ['an object for a query', '{"query":{"a":1}}', 400],
    ['a text for variables', '{"query":"{ me { id } }","variables":"x"}', 400],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 400],
    ['a hundred thousand lists within each other', '['.repeat(100_000), 400],
    [
      'the same, closed again',
      `{"query":"{ me { id } }","variables":{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`,
      200,
    ],
    ['compressed', gzipSync(me), 400],
    ['five megabytes', `{"query":"{ me { id } }","x":"${'y'.repeat(5 * 1024 * 1024)}"}`, 413],
  ])('%s', async (_what, body, status) => {
    const answer = await sendRaw(server.url, post({}, body))
    expect(answer.status).toBe(status)
    expectNothingTold(answer)
    expectStrictHeaders(answer)
    if (status === 413) expect(answer.body).toContain('larger than 4194304 bytes')
  })

  test('of two fields of one name the last counts, for whoever looks', async () => {
    const body = '{"query":"mutation { logout { ended } }","query":"{ me { id } }"}'
    const answer = await sendRaw(server.url, post({}, body))
    expect(JSON.parse(answer.body)).toEqual({ data: { me: { id: root.id } } })
  })

  test('a stranger has little to say, and an invented token is no help', async () => {
    const large = `{"query":"{ me { id } }","x":"${'y'.repeat(strangerBodyBytes)}"}`
    const stranger = await sendRaw(server.url, post({ authorization: '' }, large))
    expect([stranger.status, codeOf(stranger)]).toEqual([413, 'BODY_TOO_LARGE'])
    expect(stranger.body).toContain('larger than 65536 bytes; send a token for more')
    const invented = await sendRaw(server.url, post({ authorization: 'Bearer apm_api_invented' }, large))
    expect([invented.status, codeOf(invented)]).toEqual([401, 'UNAUTHENTICATED'])
    expect((await sendRaw(server.url, post({}, large))).status).toBe(200)
  })

  test.each([
    ['a form', 'application/x-www-form-urlencoded'],
    ['plain text', 'text/plain'],
    ['parts', 'multipart/form-data; boundary=x'],
    ['none said', ''],
  ])('%s is a request that another site’s page can send: refused', async (_what, type) => {
    const answer = await sendRaw(server.url, post({ 'content-type': type }))
    expect(answer.status).toBe(400)
    expect(answer.body).toContain('blocked as a potential Cross-Site Request Forgery')
  })
})

describe('the slow', () => {
  test('headers that never end: 408, and the connection is closed', async () => {
    const { socket, closed } = openRaw(server.url)
    socket.write('GET /graphql HTTP/1.1\r\nhost: x\r\n')
    const timer = setInterval(() => socket.write('x-a: b\r\n'), 200)
    const answer = parseAnswer(await closed)
    clearInterval(timer)
    expect([answer.status, answer.body]).toEqual([408, 'The request took too long.\n'])
    expectStrictHeaders(answer)
  })

  test('more slow bodies than requests may run: nobody waits for them, and they are closed', async () => {
    const slow: ReturnType<typeof openRaw>[] = []
    while (slow.length < 60) {
      // Few at a time: each has a place while its token is looked at, as it should.
      for (let count = 0; count < 6; count += 1) {
        const connection = openRaw(server.url)
        connection.socket.write(post({ 'content-length': '1000' }, '{"query":'))
        slow.push(connection)
      }
      expect((await root.send('{ me { id } }')).status).toBe(200)
    }
    // Three times as many as there are places: with them all begun, others are served.
    for (let count = 0; count < 20; count += 1) expect((await root.send('{ me { id } }')).status).toBe(200)
    for (const { closed } of slow) expect(parseAnswer(await closed).status).toBe(408)
  })

  test('who leaves in the middle of a body leaves nothing behind', async () => {
    for (let count = 0; count < 50; count += 1) {
      const { socket, closed } = openRaw(server.url)
      socket.write(post({ 'content-length': '100000' }, '{"query":"'), () => socket.resetAndDestroy())
      await closed
    }
  })

  test('hundreds of connections that say nothing keep nobody out', async () => {
    const mute = Array.from({ length: 300 }, () => openRaw(server.url))
    await untilTrue(() => mute.every(({ socket }) => !socket.connecting))
    expect((await root.send('{ me { id } }')).status).toBe(200)
    for (const { socket } of mute) socket.destroy()
    await Promise.all(mute.map(({ closed }) => closed))
  })
})

describe('files', () => {
  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/%252e%252e%252fsecret.txt',
    '/assets/....//....//secret.txt',
    '/..%c0%afsecret.txt',
    '/%00../secret.txt',
    '/secret.txt%00.js',
    '//etc/passwd.js',
    '/file:///etc/passwd.js',
    'http://127.0.0.1/../secret.txt',
    '/%',
    '/%ff%fe.js',
    '/.env',
    '/.git/config.js',
  ])('%s leads nowhere', async (path) => {
    const answer = await sendRaw(server.url, get(path))
    expect([200, 400, 404]).toContain(answer.status)
    if (answer.status === 200) expect(answer.body).toBe('<title>app</title>')
    expect(answer.body).not.toContain('canary')
    expect(answer.body).not.toContain('root:')
    expectStrictHeaders(answer)
    expectNothingTold(answer)
  })

  test.each(['/__proto__', '/constructor', '/graphql/../metrics', '/graphql%2f', '/GRAPHQL'])(
    '%s is a page as any',
    async (path) => {
      const answer = await sendRaw(server.url, get(path))
      expect([answer.status, answer.body]).toEqual([200, '<title>app</title>'])
    },
  )
})

describe('methods', () => {
  test.each(['PUT', 'DELETE', 'PATCH', 'TRACE', 'OPTIONS', 'PROPFIND'])('%s', async (method) => {
    for (const path of ['/', '/graphql', '/healthz']) {
      const head = `${method} ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-echo: canary\r\n`
      const answer = await sendRaw(server.url, `${head}authorization: Bearer ${root.accessToken}\r\n\r\n`)
      expect(answer.status).toBeLessThan(500)
      expect(answer.body).not.toContain('canary')
      expect(answer.headers.get('access-control-allow-origin')).toBeUndefined()
      expectStrictHeaders(answer)
    }
  })

  test('CONNECT makes no proxy of the server', async () => {
    const { socket, closed } = openRaw(server.url)
    socket.write('CONNECT 127.0.0.1:22 HTTP/1.1\r\nhost: 127.0.0.1:22\r\n\r\n')
    expect(await closed).not.toContain(' 200 ')
  })
})

describe('headers', () => {
  test('what is written into the answer is never what a request says', async () => {
    const said = 'canary%0d%0aset-cookie:%20a=b'
    const headers = [
      'x-request-id',
      'origin',
      'referer',
      'user-agent',
      'accept',
      'accept-language',
      'cookie',
      'host',
    ]
    for (const name of headers) {
      const answer = await sendRaw(server.url, post({ [name]: said }))
      expect([name, answer.status < 500]).toEqual([name, true])
      expect([name, [...answer.headers.values()].join().includes('canary')]).toEqual([name, false])
      expectStrictHeaders(answer)
    }
  })

  test('a request id of ours alone: what could forge a line of the log is not taken', async () => {
    const good = await sendRaw(server.url, post({ 'x-request-id': 'good-request-id' }))
    expect(good.headers.get('x-request-id')).toBe('good-request-id')
    for (const bad of ['short', `${'x'.repeat(101)}`, '{"level":60}-------', 'x-request id-of-two-words']) {
      const answer = await sendRaw(server.url, post({ 'x-request-id': bad }))
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    }
  })

  test.each([
    '/',
    '/assets/app.js',
    '/nothing.js',
    '/healthz',
    '/readyz',
    '/metrics',
    '/graphql',
    '/graphql?query=%7B',
  ])('strict on %s', async (path) => {
    const answer = await sendRaw(server.url, get(path))
    expectStrictHeaders({
      headers: new Map([
        ...answer.headers,
        // A page may load its own parts; the rest of its policy is the same.
        ['content-security-policy', answer.headers.get('content-security-policy') ?? ''],
      ]),
    })
  })
})

test('a stranger who asks for the schema, or by GET for anything, is asked for a token', async () => {
  const schema = encodeURIComponent('{ __schema { types { name } } }')
  const answer = await sendRaw(server.url, get(`/graphql?query=${schema}`, 'apollo-require-preflight: 1\r\n'))
  expect([answer.status, codeOf(answer)]).toEqual([401, 'UNAUTHENTICATED'])
  const browser = await sendRaw(server.url, get('/graphql', 'accept: text/html\r\n'))
  expect(browser.status).toBe(400)
  expect(browser.body).not.toContain('<')
})

test('all of this leaves next to nothing behind', () => {
  expect(heapBytes() - heapBefore).toBeLessThan(64 * 1024 * 1024)
})
