/** Failover on a real ATS with real parents: who serves what, who feels a dead parent, and when it is used again. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConfigDocument, defaultFailover, type Failover } from '#core/config-document'
import { ParentSelection } from '#core/vocabulary'
import { type AtsInstance, prepareAts, startAts } from '../scripts/fleet/ats-instance.ts'
import { freePort } from '../scripts/fleet/listen.ts'
import { type Origin, startOrigin } from '../scripts/fleet/origin.ts'
import { type Behaviour, type ParentProxy, startParentProxy } from '../scripts/fleet/parent-proxy.ts'
import { type ResolverStub, startResolverStub } from '../scripts/fleet/resolver-stub.ts'
import { type Asked, request } from './support/ats.ts'
import { logEnd, logSince, writeDocument } from './support/ats-files.ts'
import { untilTrue } from './support/until.ts'

const failover = { failThreshold: 2, retrySeconds: 3, connectTimeoutSeconds: 1 } as const

/** ATS looks for timeouts once a second. With its own defaults one silent parent costs a request 60 s. */
const patienceMs = 3 * (failover.connectTimeoutSeconds + 1) * 1_000 + 4_000

const hosts = ['corp.example', 'other.example', 'a.example', 'b.example', 'c.example']

let origin: Origin
let resolver: ResolverStub
const fleets = new Map<ParentSelection, Fleet>()
beforeAll(async () => {
  origin = await startOrigin({ host: '0.0.0.0' })
  resolver = await startResolverStub({ names: hosts.map((name) => [name, '127.0.0.1']) })
  await Promise.all(
    Object.values(ParentSelection).map(async (selection) =>
      fleets.set(selection, await startFleet({ selection })),
    ),
  )
})
afterAll(() =>
  Promise.all([origin?.stop(), resolver?.stop(), ...[...fleets.values()].map((fleet) => fleet.close())]),
)

describe.each(Object.values(ParentSelection))('%s', (selection) => {
  let fleet: Fleet
  let first = ''
  beforeAll(async () => {
    fleet = found(fleets.get(selection))
    first = selection === 'round_robin' ? 'p1' : nameIn(await fleet.ask())
  })

  test('with all parents live it picks as it says', async () => {
    await picks[selection](fleet)
  })

  test('the answer of a parent is passed on, 503 too, and is no failure', async () => {
    const from = logEnd(fleet.ats)
    await fleet.behave(first, 503)
    const answers = await fleet.askTimes(3)
    await fleet.behave(first, 'forward')
    const refused = selection === 'round_robin' ? 1 : 3
    expect(answers.filter((answer) => answer === '503 –')).toHaveLength(refused)
    expect(logSince(fleet.ats, from)).not.toContain('marked')
  })

  test('a parent that refuses costs no request, by GET and by CONNECT', async () => {
    const from = logEnd(fleet.ats)
    await fleet.behave(first, 'refuse')
    for (const answer of [
      ...(await fleet.askTimes(6)),
      ...(await fleet.askTimes(3, { method: 'CONNECT' })),
    ]) {
      expect(answer).toMatch(/^200 p/)
      expect(answer).not.toBe(`200 ${first}`)
    }
    const failures = fleet.failures(first, from).slice(0, 2)
    expect(failures).toEqual(selection === 'sticky' ? ['first'] : ['first', 'threshold 2'])
  })

  test('once it is back it is tried again after the retry time; sticky stays where it is', async () => {
    await fleet.behave(first, 'forward')
    if (selection !== 'sticky') return untilTrue(async () => (await fleet.ask()) === `200 ${first}`)

    const second = await fleet.ask()
    expect(second).not.toBe(`200 ${first}`)
    await fleet.behave(nameIn(second), 'refuse')
    const third = await fleet.ask()
    expect(['200 p1', '200 p2', '200 p3']).toContain(third)
    expect([second, `200 ${first}`]).not.toContain(third)
    await fleet.behave(nameIn(second), 'forward')
    expect(await fleet.ask()).toBe(third)
    first = nameIn(third)
  })

  test('a parent that does not answer at all is felt by no more requests than the threshold', async () => {
    const from = logEnd(fleet.ats)
    await fleet.behave(first, 'ignore')
    for (const answer of await fleet.askTimes(selection === 'round_robin' ? 6 : 2, {
      timeoutMs: patienceMs,
    })) {
      expect(answer).toMatch(/^200 p/)
      expect(answer).not.toBe(`200 ${first}`)
    }
    const felt = fleet.failures(first, from)
    expect(felt.slice(0, 2)).toEqual(selection === 'sticky' ? ['first'] : ['first', 'threshold 2'])
  })

  test('with every parent dead requests fail, and nothing reaches the origin', async () => {
    const before = origin.answered()
    for (const { name } of fleet.parents) await fleet.behave(name, 'refuse')
    const answers = [...(await fleet.askTimes(3)), ...(await fleet.askTimes(3, { method: 'CONNECT' }))]
    expect(new Set(answers)).toEqual(new Set(['502 –']))
    expect(origin.answered()).toBe(before)
  })
})

const picks: Record<ParentSelection, (fleet: Fleet) => Promise<void>> = {
  async primary_first(fleet) {
    expect(await fleet.askTimes(4)).toEqual(Array(4).fill('200 p1'))
    expect(await fleet.askTimes(4, { method: 'CONNECT' })).toEqual(Array(4).fill('200 p1'))
  },
  async round_robin(fleet) {
    const answers = [...(await fleet.askTimes(6)), ...(await fleet.askTimes(6, { method: 'CONNECT' }))]
    const order = ['200 p1', '200 p2', '200 p3']
    const start = order.indexOf(answers[0] ?? '')
    expect(answers).toEqual(answers.map((_, index) => order[(start + index) % 3]))
  },
  async sticky(fleet) {
    const urls = ['/', '/a', '/b', '/c'].map((path) => ({ path }))
    for (const asked of urls) expect(await fleet.ask(asked)).toBe('200 p1')
    expect(await fleet.ask({ from: '127.0.0.77', method: 'CONNECT' })).toBe('200 p1')
  },
  async by_client(fleet) {
    const clients = Array.from({ length: 9 }, (_, index) => `127.0.0.${50 + index}`)
    const byClient = await eachOf(clients, (from) => fleet.ask({ from }))
    expect(await eachOf(clients, (from) => fleet.ask({ from, path: '/other' }))).toEqual(byClient)
    expect(await eachOf(clients, (from) => fleet.ask({ from, method: 'CONNECT' }))).toEqual(byClient)
    expect(new Set(byClient)).toEqual(new Set(['200 p1', '200 p2', '200 p3']))
  },
  async by_url(fleet) {
    const paths = Array.from({ length: 40 }, (_, index) => `/page-${index}?q=${index}`)
    const byPath = await eachOf(paths, (path) => fleet.ask({ path }))
    expect(new Set(byPath)).toEqual(new Set(['200 p1', '200 p2', '200 p3']))
    expect(await eachOf(paths, (path) => fleet.ask({ path, from: '127.0.0.77' }))).toEqual(byPath)
    const host = `other.example:${origin.port}`
    expect(await eachOf(paths, (path) => fleet.ask({ path, host }))).toEqual(byPath)
    // A tunnel has no path: all of them go to one parent.
    const tunnels = await eachOf(hosts, (name) =>
      fleet.ask({ host: `${name}:${origin.port}`, method: 'CONNECT' }),
    )
    expect(new Set(tunnels).size).toBe(1)
  },
}

test('by URL, parents that share an address share the work', async () => {
  const fleet = await startFleet({ selection: 'by_url' }, Array(3).fill('127.0.0.1'))
  try {
    const paths = Array.from({ length: 40 }, (_, index) => `/page-${index}`)
    const byPath = await eachOf(paths, (path) => fleet.ask({ path }))
    expect(new Set(byPath)).toEqual(new Set(['200 p1', '200 p2', '200 p3']))
    await fleet.behave('p1', 'refuse')
    // ATS looks for another host first: until the threshold is met, requests for this parent fail.
    await untilTrue(async () =>
      (await eachOf(paths, (path) => fleet.ask({ path }))).every((at) => /^200 p[23]$/.test(at)),
    )
  } finally {
    await fleet.close()
  }
})

describe.each([
  { directWhenAllDown: false, outcome: '502 –' },
  { directWhenAllDown: true, outcome: '200 direct' },
])('with all parents dead and directWhenAllDown $directWhenAllDown', ({ directWhenAllDown, outcome }) => {
  let fleet: Fleet
  beforeAll(async () => {
    // A failure counts with an earlier one only within the retry time; here a round takes several seconds.
    fleet = await startFleet({ directWhenAllDown, retrySeconds: 300 })
  })
  afterAll(() => fleet?.close())

  test(`one request tries each parent once, then the answer is ${outcome}`, async () => {
    const from = logEnd(fleet.ats)
    for (const { name } of fleet.parents) await fleet.behave(name, 'ignore')
    expect(await fleet.ask({ timeoutMs: patienceMs })).toBe(outcome)
    for (const { name } of fleet.parents) expect(fleet.failures(name, from)).toEqual(['first'])
    expect(await fleet.ask({ method: 'CONNECT', timeoutMs: patienceMs })).toBe(outcome)
    for (const { name } of fleet.parents)
      expect(fleet.failures(name, from).slice(0, 2)).toEqual(['first', 'threshold 2'])
  })
})

interface Fleet {
  readonly ats: AtsInstance
  readonly parents: readonly ParentProxy[]
  /** `200 p1`; `502 –` for a request that never came to the origin. */
  ask(asked?: Partial<Asked>): Promise<string>
  askTimes(count: number, asked?: Partial<Asked>): Promise<string[]>
  behave(parent: string, behaviour: Behaviour): Promise<void>
  /** What ATS noted about this parent: its first failure, the threshold met by the n-th. */
  failures(parent: string, from: number): string[]
  close(): Promise<void>
}

async function startFleet(
  changed: Partial<Failover>,
  addresses: readonly string[] = ['127.0.0.1', '127.0.0.2', '127.0.0.3'],
): Promise<Fleet> {
  const resolve = new Map([['*', { host: '127.0.0.1', port: origin.port }]])
  const parents = await Promise.all(
    addresses.map((host, index) => startParentProxy({ name: `p${index + 1}`, host, resolve })),
  )
  const directory = mkdtempSync(join(tmpdir(), 'apm-ats-'))
  const options = {
    directory,
    port: await freePort(),
    resolverPort: resolver.port,
    connectPorts: [origin.port],
  }
  const document: ConfigDocument = {
    // Some rule is direct, as in most documents: so names are looked up.
    rules: [
      {
        id: 'direct',
        kind: 'host',
        value: 'ext.example',
        action: 'direct',
        enabled: true,
        note: '',
        owner: '',
        expiresAt: null,
      },
    ],
    defaultAction: 'parent',
    routeTests: [],
    parentProxies: parents.map(({ host, port }, index) => ({
      host,
      port,
      priority: index + 1,
      enabled: true,
    })),
    clientRules: [],
    failover: { ...defaultFailover, ...failover, ...changed },
  }
  writeDocument(prepareAts(options), document, ['127.0.0.0/8'])
  const ats = await startAts(options)
  const ask = async (asked: Partial<Asked> = {}) => {
    const { status, via } = await request(ats.port, { host: `corp.example:${origin.port}`, ...asked })
    return `${status ?? 'cut'} ${via ?? '–'}`
  }
  const find = (name: string) => found(parents.find((parent) => parent.name === name))
  return {
    ats,
    parents,
    ask,
    askTimes: (count, asked) => eachOf(Array.from({ length: count }), () => ask(asked)),
    behave: (name, behaviour) => find(name).behave(behaviour),
    failures(name, from) {
      const { host, port } = find(name)
      return logSince(ats, from)
        .split('\n')
        .filter((line) => line.includes(`${host}:${port}`))
        .map((line) => {
          const count = /Failure threshold met failcount:(\d+)/.exec(line)?.[1]
          if (count !== undefined) return `threshold ${count}`
          return line.includes('Parent initially marked as down') ? 'first' : 'other'
        })
    },
    async close() {
      await ats.kill()
      await Promise.all(parents.map((parent) => parent.stop()))
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function found<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error('there is no such thing')
  return thing
}

function nameIn(answer: string): string {
  return answer.split(' ')[1] ?? ''
}

/** One after the other: the order of the answers means something. */
async function eachOf<Item>(items: readonly Item[], ask: (item: Item) => Promise<string>): Promise<string[]> {
  const answers: string[] = []
  for (const item of items) answers.push(await ask(item))
  return answers
}
