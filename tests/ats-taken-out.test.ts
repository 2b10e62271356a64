/** A parent that is taken out of use, by the agent's own pass beside a real ATS. */
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startLoop, systemClock } from '../agent/loop.ts'
import { reconcile } from '../agent/reconcile.ts'
import { createHold } from '../agent/taken-out.ts'
import { type AgentHost, startAgentHost } from './support/agent-host.ts'
import { request } from './support/ats.ts'
import { contentFor, upToDate } from './support/offers.ts'
import { untilTrue } from './support/until.ts'

let host: AgentHost
beforeAll(async () => {
  host = await startAgentHost()
})
afterAll(() => host.close())

test('parents on a host that was taken out get no request, also after ATS restarted, until it is brought back', async () => {
  const { ats, parts, server } = host
  const status = async () => (await request(ats.port, { host: `corp.example:${ats.origin.port}` })).status
  server.offer(contentFor(ats.parents.map(({ port }) => port)))
  await reconcile(parts)
  expect(await host.via()).toBe('p1')

  server.answer = { ...upToDate, takenOut: ['127.0.0.1'] }
  await reconcile(parts)
  await untilTrue(async () => (await status()) === 502)
  await untilTrue(async () => (await parts.ats.takenOut(['127.0.0.1'])).length === 1)

  await ats.kill()
  await ats.restart()
  await untilTrue(async () => {
    await reconcile(parts)
    return (await status()) === 502
  })
  server.answer = { ...upToDate, takenOut: [] }
  await reconcile(parts)
  await untilTrue(async () => (await status()) === 200)
})

test('what ATS says of a parent that was taken out is read back, also why it can’t be', async () => {
  const { ats, parts, server } = host
  server.answer = { ...upToDate, takenOut: ['127.0.0.1'] }
  const hold = createHold({ ...parts, clock: systemClock, onNews: () => loop.nudge() })
  const loop = startLoop({
    pass: () => reconcile({ ...parts, holdOut: hold.hold }),
    ...{ clock: systemClock, random: () => 0.5, onFailure() {} },
  })
  const found = (...expected: ReturnType<typeof hold.found>) =>
    untilTrue(() => isDeepStrictEqual(hold.found(), expected))
  try {
    // 9.2 tells seconds later.
    await found({ host: '127.0.0.1', isOut: true, says: null })
    await ats.stop()
    loop.nudge()
    await untilTrue(() => hold.found()[0]?.isOut === null)
    expect(hold.found()[0]?.says).toMatch(/^traffic_ctl .* failed: /)
    await ats.restart()
    loop.nudge()
    await found({ host: '127.0.0.1', isOut: true, says: null })
    server.answer = { ...upToDate, takenOut: [] }
    loop.nudge()
    await untilTrue(() => parts.memory.state.takenOut.length === 0)
    await found()
    expect(await parts.ats.takenOut(['127.0.0.1'])).toEqual([])
  } finally {
    await loop.stop()
    hold.stop()
  }
}, 180_000)
