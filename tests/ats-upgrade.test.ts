/** An ATS that is upgraded beneath a running agent: a real 9.2, then the stand-in for 10.2 on the same files. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAts } from '../agent/ats.ts'
import { findPlace } from '../agent/ats-place.ts'
import { routingFiles } from '../agent/files.ts'
import type { SyncOffer, SyncReport } from '../agent/link.ts'
import type { Acknowledgement } from '../agent/memory.ts'
import { type ReconcileParts, reconcile, runningHash } from '../agent/reconcile.ts'
import { release } from '../agent/release.ts'
import { agentParts, identityFor, quietLink } from './support/agent-parts.ts'
import { startAts, type TestAts } from './support/ats.ts'
import { type Ats10, ownRecords, startAts10 } from './support/ats-10.ts'
import { contentFor, createOfferSource } from './support/offers.ts'

const source = createOfferSource('proxy-1')
const home = mkdtempSync(join(tmpdir(), 'apm-home-'))
const binDir = mkdtempSync(join(tmpdir(), 'apm-bin-'))
let old: TestAts
let upgraded: Ats10 | undefined
let parts: ReconcileParts
let answer: SyncOffer
let reported: SyncReport | undefined
const acknowledged: Acknowledgement[] = []

beforeAll(async () => {
  old = await startAts()
  for (const name of ['traffic_ctl', 'traffic_server']) symlinkSync(`/usr/bin/${name}`, join(binDir, name))
  const place = await findPlace({ root: old.directory, binDir }, home)
  const ats = createAts(place)
  parts = await agentParts(home, place, {
    identity: identityFor(source, place),
    link: {
      ...quietLink,
      async sync(report) {
        reported = report
        return answer
      },
      async acknowledge(made) {
        acknowledged.push(made)
      },
    },
    ats: { ...ats, recordsFile: async () => ({ ...(await ats.recordsFile()), settleMs: 0 }) },
    watchMs: 0,
  })
})
afterAll(async () => {
  await upgraded?.close()
  await old.close()
  for (const directory of [home, binDir]) rmSync(directory, { recursive: true })
})

test('the same agent applies to 9.2, follows the upgrade to 10.2, and gives the host back', async () => {
  const { place } = parts
  const first = source.offer(contentFor([old.parents[0].port]), 1)
  answer = first
  await reconcile(parts)
  expect(acknowledged.at(-1)).toMatchObject({ hash: first.hash, outcome: 'applied' })
  const lastOf9 = readFileSync(join(place.configDir, 'records.config'), 'utf8')

  await old.kill()
  writeFileSync(join(place.configDir, 'records.yaml'), ownRecords)
  upgraded = await startAts10({ version: '10.2.0', place })
  const content = contentFor([old.parents[1].port], {}, '10.2')
  const second = source.offer(content, 2)
  answer = second
  await reconcile(parts)
  expect(reported).toMatchObject({ atsVersion: '10.2.0' })
  expect(reported?.hash).not.toBe(first.hash)
  expect(acknowledged.at(-1)).toMatchObject({ hash: second.hash, outcome: 'applied', message: '' })
  expect(routingFiles.map((name) => upgraded?.inForce.get(name))).toEqual(
    routingFiles.map((name) => content.files.find((file) => file.name === name)?.content),
  )
  expect(await runningHash(parts)).toBe(second.hash)
  expect(readFileSync(join(place.configDir, 'records.yaml'), 'utf8').startsWith(ownRecords)).toBe(true)
  expect(readFileSync(join(place.configDir, 'records.config'), 'utf8')).toBe(lastOf9)

  // Records that only 9.2 knew were set there, and can't be put back here.
  expect(await release(parts)).toBeNull()
  expect(readFileSync(join(place.configDir, 'records.yaml'), 'utf8')).toBe(ownRecords)
  expect(upgraded.records.get('proxy.config.http.connect_attempts_timeout')).toBe('30')
})
