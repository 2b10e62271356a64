import { expect, test } from 'vitest'
import type { Finding } from './doctor.ts'
import { createHostReporter, type HostReport, lookEveryMs } from './host-report.ts'
import { createLog } from './log.ts'
import type { ParentOut } from './taken-out.ts'
import { LinkError } from './transport.ts'

const well: Finding = { what: 'home', says: 'All is well.', remedy: null }
const ill = (says: string): Finding => ({ what: 'record', says, remedy: 'Set it.' })

function reporter() {
  const sent: HostReport[] = []
  const world = {
    findings: [well] as readonly Finding[],
    atsRun: 'traffic_server',
    nowMs: 0,
    looks: 0,
    parentsOut: [] as readonly ParentOut[],
    confirmed: null as string | null,
    fault: null as Error | null,
  }
  const report = createHostReporter({
    link: {
      async reportHost(report) {
        sent.push(report)
        if (world.fault) throw world.fault
      },
    },
    log: createLog(() => {}),
    async look() {
      world.looks += 1
      return { findings: world.findings, atsRun: world.atsRun }
    },
    parentsOut: () => world.parentsOut,
    confirmed: () => world.confirmed,
    now: () => world.nowMs,
  })
  const pass = async (ms = lookEveryMs) => {
    world.nowMs += ms
    await report()
  }
  return { pass, sent, world }
}

test('the first look is told also when all is well, later ones only when something has changed', async () => {
  const { pass, sent, world } = reporter()
  await pass()
  await pass()
  world.findings = [well, ill('one')]
  await pass()
  await pass()
  world.findings = [well]
  await pass()
  world.atsRun = 'traffic_server, by systemd (trafficserver.service)'
  await pass()
  const problem = { what: 'record', says: 'one', remedy: 'Set it.' }
  expect(sent.map(({ problems }) => problems)).toEqual([[], [problem], [], []])
  expect(sent.at(-1)?.atsRun).toBe(world.atsRun)
})

test('it looks once a minute, however many passes there are', async () => {
  const { pass, world } = reporter()
  for (let second = 0; second < 120; second += 1) await pass(1_000)
  expect(world.looks).toBe(2)
})

test('which parents are out is told with the pass that found it, without another look', async () => {
  const { pass, sent, world } = reporter()
  await pass()
  world.parentsOut = [{ host: 'a.example', isOut: true, says: null }]
  await pass(1_000)
  await pass(1_000)
  world.parentsOut = [{ host: 'a.example', isOut: null, says: 'ATS is away' }]
  await pass(1_000)
  expect(sent.map(({ parentsOut }) => parentsOut)).toEqual([
    [],
    [{ host: 'a.example', isOut: true, says: null }],
    [{ host: 'a.example', isOut: null, says: 'ATS is away' }],
  ])
  expect(world.looks).toBe(1)
})

test('after an apply it looks again at once', async () => {
  const { pass, world } = reporter()
  await pass()
  world.confirmed = 'a'.repeat(64)
  await pass(1_000)
  await pass(1_000)
  expect(world.looks).toBe(2)
})

test('what was not heard is told with the next pass; what was refused is not told again', async () => {
  const { pass, sent, world } = reporter()
  world.fault = new LinkError('down', null)
  await pass()
  await pass(1_000)
  expect(sent).toHaveLength(2)
  world.fault = new LinkError('too many', 'BAD_USER_INPUT')
  await pass(1_000)
  await pass()
  expect(sent).toHaveLength(3)
})
