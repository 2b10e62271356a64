import { afterAll, beforeAll, expect, test } from 'vitest'
import { defaultFailover } from '#core/config-document'
import { type AgentHost, hostFiles, retryTime, startAgentHost } from '../tests/support/agent-host.ts'
import { reloadedBy } from '../tests/support/agent-parts.ts'
import { contentFor } from '../tests/support/offers.ts'
import { reconcile, runningHash } from './reconcile.ts'
import { release } from './release.ts'

let host: AgentHost
beforeAll(async () => {
  host = await startAgentHost()
})
afterAll(() => host.close())

test('a host that is given back has its own files and records again, as if no agent had been there', async () => {
  const { ats, parts, server } = host
  const contents = () => Object.fromEntries(hostFiles.map((name) => [name, host.onDisk(name)]))
  const originals = contents()
  server.offer(contentFor([ats.parents[1].port], { failover: { ...defaultFailover, retrySeconds: 77 } }))
  await reconcile(parts)
  expect(server.acknowledged.at(-1)).toMatchObject({ outcome: 'applied' })
  expect(await host.live(retryTime)).toBe('77')
  expect(await host.via()).toBe('p2')

  expect(
    await release({ ...parts, ats: reloadedBy(parts.ats, () => Promise.reject(new Error('no'))) }),
  ).toMatch(/^no/)
  expect(await runningHash(parts)).not.toBeNull() // nothing is forgotten
  expect(await release(parts)).toBeNull()
  expect(contents()).toEqual(originals)
  expect(await host.live(retryTime)).toBe('300')
  expect(await host.via()).toBe('direct')
  expect(await runningHash(parts)).toBeNull()
  expect(await release(parts)).toBeNull()
})
