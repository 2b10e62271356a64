/** HTTPS by the server itself: cookies and headers follow, certificates are renewed, plain HTTP is told so. */
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { makeCertificate, ownerOfCertificate, type TestCertificate } from './support/certificate.ts'
import { openRaw, sendRaw } from './support/raw-http.ts'
import { startServer, type TestServer, type TestUser } from './support/server.ts'
import { untilTrue } from './support/until.ts'

let folder: string
let files: { certificate: string; key: string }
let current: TestCertificate
let plain: TestServer
let server: TestServer
let root: TestUser
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apm-tls-'))
  files = { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') }
  install(makeCertificate('first'))
  plain = await startServer()
  root = await plain.user('root')
  server = await startServer({ database: plain.database, tls: files })
})
afterAll(async () => {
  await server.close()
  await plain.close()
  await rm(folder, { recursive: true })
})

function install(pair: TestCertificate): void {
  current = pair
  writeFileSync(files.certificate, pair.certificate)
  writeFileSync(files.key, pair.key)
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}
function ask(path: string, body: string | null, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      ca: current.certificate,
      agent: false as const,
      method: body === null ? 'GET' : 'POST',
      headers: { ...headers, ...(body !== null && { 'content-type': 'application/json' }) },
    }
    const sent = request(`${server.url}${path}`, options, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      )
    })
    sent.on('error', reject)
    sent.end(body ?? undefined)
  })
}
const login = () =>
  ask(
    '/graphql',
    JSON.stringify({
      query: 'mutation ($input: LoginInput!) { login(input: $input) { accessToken } }',
      variables: { input: { email: root.email, password: root.password } },
    }),
  )
const owner = () => ownerOfCertificate(server.url)

test('the cookie is for this host and HTTPS alone, and every answer says HTTPS only', async () => {
  const opened = await login()
  expect(opened.status).toBe(200)
  const [pair, ...attributes] = opened.headers['set-cookie']?.[0]?.split('; ') ?? []
  expect(pair).toMatch(/^__Host-apm_session_[0-9a-f]{8}=/)
  expect(attributes.sort()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict', 'Secure'])
  for (const path of ['/', '/healthz', '/metrics', '/nothing.js', '/graphql']) {
    const { headers } = await ask(path, null)
    expect([path, headers['strict-transport-security']]).toEqual([
      path,
      'max-age=63072000; includeSubDomains',
    ])
  }
  const beacon = JSON.stringify({ query: 'mutation { beacon { status } }' })
  const own = { cookie: pair ?? '', origin: server.url }
  expect((await ask('/graphql', beacon, own)).status).toBe(200)
  expect((await ask('/graphql', beacon, { ...own, origin: 'https://evil.example' })).status).toBe(401)
})

/** A socket whose greeting was answered. */
async function greeted(): Promise<WebSocket> {
  const socket = new WebSocket(server.websocketUrl, 'graphql-transport-ws', { ca: current.certificate })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const answer = new Promise((resolve) => socket.once('message', (data) => resolve(JSON.parse(String(data)))))
  const payload = { authorization: `Bearer ${root.accessToken}` }
  socket.send(JSON.stringify({ type: 'connection_init', payload }))
  expect(await answer).toEqual({ type: 'connection_ack' })
  return socket
}

test('sockets come by TLS as well', async () => {
  const socket = await greeted()
  socket.terminate()
})

test('whoever speaks plain HTTP is told so, is not sent on, and gets no part of the answer', async () => {
  const answer = await sendRaw(server.url, 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n')
  expect(answer.status).toBe(400)
  expect(answer.body).toContain('This port speaks HTTPS')
  expect(answer.headers.get('location')).toBeUndefined()
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
})

test('what is no TLS after all is closed, and the server lives on', async () => {
  const { socket, closed } = openRaw(server.url)
  socket.write(Buffer.concat([Buffer.from([22, 3, 1, 255, 255]), Buffer.alloc(2_000, 7)]))
  await closed
  expect((await login()).status).toBe(200)
  expect(server.logged.filter((line) => line.includes('"fault"'))).toEqual([])
})

test('a renewed certificate is taken while it runs; half of one is not, and the one before goes on', async () => {
  expect(await owner()).toBe('first')
  const open = await greeted()
  install(makeCertificate('second'))
  await untilTrue(async () => (await owner()) === 'second')
  expect(open.readyState).toBe(WebSocket.OPEN)
  open.terminate()
  writeFileSync(files.certificate, makeCertificate('third').certificate)
  await untilTrue(() => server.logged.some((line) => line.includes('kept the certificate')))
  expect(await owner()).toBe('second')
  expect((await login()).status).toBe(200)
})

test('a server whose files are no certificate does not start, and names them', async () => {
  const bad = join(folder, 'bad.pem')
  writeFileSync(bad, 'no certificate')
  const start = startServer({ database: plain.database, tls: { certificate: bad, key: files.key } })
  await expect(start).rejects.toThrow(/bad\.pem and .+tls\.key are no certificate and its key/)
})
