import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AtsSilent } from './ats-port.ts'
import { createRpc } from './ats-rpc.ts'

let directory: string
let path: string
let server: Server | undefined
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'apm-rpc-'))
  path = join(directory, 'jsonrpc20.sock')
})
afterEach(() => {
  server?.close()
  rmSync(directory, { recursive: true })
})

async function serve(answer: (socket: Socket, asked: string) => void): Promise<void> {
  server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => answer(socket, chunk.toString()))
  })
  await new Promise<void>((resolve) => server?.listen(path, resolve))
}
const limits = { answerMs: 200, answerBytes: 1_000 }
const call = (method: string, params?: object) => createRpc(path, limits)(method, params)

test('a call is one JSON object, and its result what comes until ATS ends the connection', async () => {
  let asked = ''
  await serve((socket, text) => {
    asked = text
    socket.write('{"jsonrpc":"2.0","result":')
    setTimeout(() => socket.end('{"token":"t"},"id":"x"}'), 20)
  })
  expect(await call('admin_config_reload', { token: 't' })).toEqual({ token: 't' })
  expect(JSON.parse(asked)).toMatchObject({
    jsonrpc: '2.0',
    method: 'admin_config_reload',
    params: { token: 't' },
  })
})

test('our side stays open until the answer has come: ATS takes an end for a hang-up', async () => {
  let hasEnded = false
  await serve((socket) => {
    socket.on('end', () => {
      hasEnded = true
    })
    setTimeout(() => socket.end(`{"result":${JSON.stringify(String(hasEnded))}}`), 50)
  })
  expect(await call('x')).toBe('false')
})

test.each<[string, (socket: Socket) => void, RegExp]>([
  ['no answer', () => {}, /gave no answer within 0.2 s/],
  ['too long an answer', (socket) => socket.end('x'.repeat(2_000)), /answers more than 1000 bytes/],
  ['an end without an answer', (socket) => socket.end(), /ended the connection without an answer/],
  ['something else than JSON', (socket) => socket.end('HTTP/1.0 400'), /answers what is not JSON/],
  [
    'an error',
    (socket) =>
      socket.end(
        '{"error":{"code":"9","message":"Error during execution","data":[{"message":"No such record"}]}}',
      ),
    /ATS refuses x: Error during execution: No such record\.$/,
  ],
  [
    'an agent that may not control ATS',
    (socket) =>
      socket.end('{"error":{"code":"9","message":"Error","data":[{"message":"Unauthorized action"}]}}'),
    /Unauthorized action\. Run the agent as root or as the user that ATS runs as\./,
  ],
])('%s is an ATS that is silent, with the reason', async (_what, answer, words) => {
  await serve(answer)
  const failure = await call('x').catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(AtsSilent)
  expect(String(failure)).toMatch(words)
})

test('without a socket it says to start ATS', async () => {
  await expect(call('x')).rejects.toThrow(/jsonrpc20\.sock can't be used .*ENOENT.*: start ATS/)
})
