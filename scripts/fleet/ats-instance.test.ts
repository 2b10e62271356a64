import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { prepareAts, startAts } from './ats-instance.ts'
import { stopLeftover } from './ats-processes.ts'
import { freePort } from './listen.ts'
import { startResolverStub } from './resolver-stub.ts'

const directory = mkdtempSync(join(tmpdir(), 'apm-fleet-'))
const runroot = join(directory, 'runroot.yaml')
afterEach(async () => {
  await stopLeftover(runroot, 0)
  rmSync(directory, { recursive: true, force: true })
})

test('a new start ends what a crash left in the directory, and keeps the routing files and the records of others', async () => {
  const resolver = await startResolverStub()
  const options = { directory, resolverPort: resolver.port }
  const left = await startAts({ ...options, port: await freePort() })
  writeFileSync(join(left.configDir, 'parent.config'), '# mine\n')
  const records = join(left.configDir, 'records.config')
  writeFileSync(records, `${readFileSync(records, 'utf8')}# another program's block\n`)

  const port = await freePort()
  const next = await startAts({ ...options, port })
  expect(left.isRunning()).toBe(false)
  expect(next.isRunning()).toBe(true)
  expect(readFileSync(join(next.configDir, 'parent.config'), 'utf8')).toBe('# mine\n')
  const text = readFileSync(records, 'utf8')
  expect(text).toContain(`STRING ${port}:`)
  expect(text).not.toContain(`STRING ${left.port}:`)
  expect(text).toMatch(/# another program's block\n$/)
  await next.stop()
  expect(next.isRunning()).toBe(false)
  await resolver.stop()
})

test('a directory that is too long for its sockets is refused before anything is made', () => {
  const long = `/tmp/${'x'.repeat(100)}`
  expect(() => prepareAts({ directory: long, port: 1, resolverPort: 1 })).toThrow(/107 bytes/)
})
