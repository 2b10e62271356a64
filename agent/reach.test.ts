import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePort } from '../scripts/fleet/listen.ts'
import { contentFor } from '../tests/support/offers.ts'
import { createParentsCheck, parentsFinding, parentsIn } from './reach.ts'

let configDir: string
let alive: Server
let alivePort: number
let deadPort: number
/** Connections that the living parent has taken. */
let taken: number
beforeEach(async () => {
  configDir = mkdtempSync(join(tmpdir(), 'apm-reach-'))
  taken = 0
  alive = createServer((socket) => {
    taken += 1
    socket.destroy()
  })
  alivePort = await freePort()
  deadPort = await freePort()
  await new Promise<void>((resolve) => alive.listen(alivePort, '127.0.0.1', resolve))
})
afterEach(async () => {
  await new Promise((resolve) => alive.close(resolve))
  rmSync(configDir, { recursive: true })
})

function onDisk(...ports: number[]): void {
  const file = contentFor(ports).files.find(({ name }) => name === 'parent.config')
  writeFileSync(join(configDir, 'parent.config'), file?.content ?? '')
}

test('a config with a parent that takes connections is well', async () => {
  onDisk(deadPort, alivePort)
  expect(await parentsFinding({ configDir })).toEqual({
    what: 'parents',
    says: '1 of 2 parents take connections from here.',
    remedy: null,
  })
})

test('one whose parents are all dead names them', async () => {
  const other = await freePort()
  onDisk(deadPort, other)
  const found = await parentsFinding({ configDir })
  expect(found?.remedy).not.toBeNull()
  expect(found?.says).toContain(`127.0.0.1:${deadPort} (connect ECONNREFUSED`)
  expect(found?.says).toContain(`127.0.0.1:${other} (connect ECONNREFUSED`)
})

test('without parents, or without a file, there is nothing to say', async () => {
  expect(await parentsFinding({ configDir })).toBeNull()
  writeFileSync(join(configDir, 'parent.config'), 'dest_domain=. go_direct=true\n')
  expect(await parentsFinding({ configDir })).toBeNull()
})

test('a running agent asks once for each file, and on only while all are dead', async () => {
  const check = createParentsCheck({ configDir })
  onDisk(alivePort)
  expect((await check())?.remedy).toBeNull()
  expect(await check()).toBeNull()
  expect(taken).toBe(1)
  onDisk(deadPort)
  expect((await check())?.remedy).not.toBeNull()
  expect((await check())?.remedy).not.toBeNull()
  onDisk(alivePort)
  expect((await check())?.remedy).toBeNull()
  expect(taken).toBe(2)
})

test('parents are those of every line, each once', () => {
  const text = `# parent="no.example:1"
dest_domain=a.example parent="one.example:3128;two.example:8080" round_robin=false go_direct=false
dest_domain=b.example parent="one.example:3128;two.example:8080" round_robin=false go_direct=false
dest_ip=10.0.0.0/8 go_direct=true
dest_domain=. parent="three.example:3128|0.5"
`
  expect(parentsIn(text).map(({ host, port }) => `${host}:${port}`)).toEqual([
    'one.example:3128',
    'two.example:8080',
    'three.example:3128',
  ])
})
