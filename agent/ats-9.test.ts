/** A 9.2 that somebody runs without traffic_manager: real, alone, and deaf. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AtsPaths, prepareAts } from '../scripts/fleet/ats-instance.ts'
import { freePort } from '../scripts/fleet/listen.ts'
import { untilTrue } from '../tests/support/until.ts'
import { createAts } from './ats.ts'
import { howAtsRuns } from './ats-run.ts'
import { examine } from './doctor.ts'

const directory = mkdtempSync(join(tmpdir(), 'apm-lone-'))
let paths: AtsPaths
let server: ChildProcess
beforeAll(async () => {
  paths = prepareAts({ directory, port: await freePort(), resolverPort: await freePort() })
  server = spawn('/usr/bin/setpriv', ['--pdeathsig', 'TERM', '--', '/usr/bin/traffic_server'], {
    stdio: 'ignore',
    env: { PATH: '/usr/bin:/bin', TS_RUNROOT: paths.runroot },
  })
  await untilTrue(async () => {
    const log = await readFile(join(paths.logDir, 'diags.log'), 'utf8').catch(() => '')
    return log.includes('Traffic Server is fully initialized')
  }, 30_000)
}, 40_000)
afterAll(async () => {
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGTERM')
  await ended
  rmSync(directory, { recursive: true })
})

const placeOf = () => ({ ...paths, binDir: '/usr/bin' })

test('whatever is asked of it fails with why, and what to do', async () => {
  const ats = createAts(placeOf())
  expect(await ats.version()).toMatch(/^9\.2\./)
  for (const asked of [
    () => ats.liveRecords(['proxy.config.http.server_ports']),
    () => ats.setRecord('proxy.config.http.parent_proxy.retry_time', '5'),
    () => ats.takeOut(['127.0.0.9']),
  ]) {
    await expect(asked()).rejects.toThrow(/traffic_server runs here without traffic_manager.*Run ATS under/)
  }
})

test('how it is run is told in a few words', async () => {
  expect(await howAtsRuns(placeOf())).toMatch(new RegExp(`^traffic_server, .*as \\S+.*, in ${directory}$`))
  expect(await howAtsRuns({ ...placeOf(), runtimeDir: join(directory, 'nowhere') })).toBeNull()
})

test('the doctor says the same', async () => {
  const place = placeOf()
  const parts = { home: directory, place, ats: createAts(place), servers: [], now: () => Date.now() }
  const control = (await examine(parts)).find(({ what }) => what === 'control')
  expect(control?.says).toContain('without traffic_manager')
})
