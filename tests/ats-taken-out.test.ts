/** A parent that is taken out of use, by the agent's own pass beside a real ATS. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLog } from '../agent/log.ts'
import { systemClock } from '../agent/loop.ts'
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
  let news = 0
  const hold = createHold({
    ...{ ...parts, clock: systemClock, log: createLog(() => {}) },
    onNews: () => {
      news += 1
    },
  })
  const pass = () => reconcile({ ...parts, holdOut: hold.hold })
  await pass()
  // 9.2 tells seconds later.
  await untilTrue(async () => hold.found()[0]?.isOut === true)
  expect(hold.found()).toEqual([{ host: '127.0.0.1', isOut: true, says: null }])
  expect(news).toBe(1)

  await ats.stop()
  await pass()
  expect(hold.found()).toEqual([
    { host: '127.0.0.1', isOut: null, says: expect.stringMatching(/^traffic_ctl metric match failed: /) },
  ])
  await ats.restart()
  await untilTrue(async () => {
    await pass()
    return hold.found()[0]?.isOut === true
  })

  server.answer = { ...upToDate, takenOut: [] }
  await pass()
  await untilTrue(async () => hold.found().length === 0)
  expect(await parts.ats.takenOut(['127.0.0.1'])).toEqual([])
  hold.stop()
})
