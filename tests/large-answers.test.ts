/** Answers of megabytes travel compressed to those who take that, and mean the same. */
import { request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer, type TestUser } from './support/server.ts'

let server: TestServer
let admin: TestUser
let id: string
beforeAll(async () => {
  server = await startServer()
  admin = await server.user('admin')
  const rules = Array.from({ length: 2_000 }, (_, index) => ({
    kind: 'DOMAIN',
    value: `host-${index}.corp.example`,
    action: 'DIRECT',
  }))
  const { createConfig } = await admin.get(
    'mutation ($input: CreateConfigInput!) { createConfig(input: $input) { config { id } } }',
    { input: { name: 'large', defaultAction: 'DIRECT', rules } },
  )
  id = createConfig.config.id
})
afterAll(() => server.close())

function ask(
  query: string,
  acceptEncoding: string,
): Promise<{ encoding: string | undefined; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'accept-encoding': acceptEncoding,
      authorization: `Bearer ${admin.accessToken}`,
    }
    const asked = request(server.graphqlUrl, { method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ encoding: response.headers['content-encoding'], bytes: Buffer.concat(chunks) }),
      )
    })
    asked.on('error', reject)
    asked.end(JSON.stringify({ query }))
  })
}

test('a large answer is compressed for who takes gzip, and only for them', async () => {
  const rules = `{ config(id: "${id}") { rules { id kind value action note owner } } }`
  const plain = await ask(rules, 'identity')
  expect(plain.encoding).toBeUndefined()
  const refused = await ask(rules, 'gzip;q=0, br')
  expect(refused.encoding).toBeUndefined()
  const packed = await ask(rules, 'br, gzip;q=0.5')
  expect(packed.encoding).toBe('gzip')
  expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 4)
  expect(gunzipSync(packed.bytes).toString()).toBe(plain.bytes.toString())
})

test('a small answer, such as one with a token, goes as it is', async () => {
  const small = await ask('{ me { id } }', 'gzip')
  expect(small.encoding).toBeUndefined()
  expect(JSON.parse(small.bytes.toString()).data.me.id).toBe(admin.id)
})
