/**
 * One agent's life in a random order of what can happen to it: the real agent code with its files on a real disk, the
 * real server with its database; only ATS is a stand-in, because the real one can't be made deaf or stubborn at will.
 */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect } from 'vitest'
import { recordsConfig } from '../../agent/ats-9.ts'
import { watchLog } from '../../agent/ats-log.ts'
import { type Ats, AtsSilent } from '../../agent/ats-port.ts'
import { createDiskReporter } from '../../agent/disk-report.ts'
import { createKeyPair, createToken, type Identity } from '../../agent/identity.ts'
import { createLink, enrol, type Link } from '../../agent/link.ts'
import { createLog } from '../../agent/log.ts'
import { reconcile, repair, runningHash } from '../../agent/reconcile.ts'
import { LinkError } from '../../agent/transport.ts'
import { readRecords } from '../../server/core/ats/records.ts'
import { agentParts } from './agent-parts.ts'
import type { TestAgent } from './agents.ts'
import { approve, approvedConfig, changeConfig, unique } from './calls.ts'
import type { ApiClient, Data, TestServer } from './server.ts'

/** fine; stubborn: rejects bytes that it has not loaded before; deaf: never looks; stopped: can't be reached. */
const moods = ['fine', 'stubborn', 'deaf', 'stopped'] as const
/** Where a crash finds the agent: what it has just begun never ends. */
const moments = ['sync', 'reload', 'acknowledge'] as const

export const event = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ kind: 'pass' } as const) },
  { weight: 3, arbitrary: fc.constant({ kind: 'approve' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restore' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'edit by hand' } as const) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('mood' as const), mood: fc.constantFrom(...moods) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('crash' as const), at: fc.constantFrom(...moments) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('away' as const), passes: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('lost' as const), what: fc.constantFrom('request', 'answer') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.constantFrom(2, 20) }),
  },
)
export type Event = typeof event extends fc.Arbitrary<infer Kind> ? Kind : never

export interface ModelWorld {
  readonly server: TestServer
  /** With every right, for as long as it takes. */
  readonly root: ApiClient
  readonly enrolmentToken: string
}

/** Keeps what died in the middle from being collected, with the files that it holds open. */
const suspended: (() => void)[] = []

/** Lets the events happen, then all is well again: it has to end in sync, or failed with a reason and cured by a retry. */
export async function live(world: ModelWorld, events: readonly Event[]): Promise<void> {
  const host = await startHost(world)
  try {
    for (const each of events) await host.happen(each)
    await host.recover()
  } finally {
    await host.close()
  }
}

async function startHost({ server, root, enrolmentToken }: ModelWorld) {
  const directory = mkdtempSync(join(tmpdir(), 'apm-model-'))
  const home = join(directory, 'home')
  const [configDir, logDir] = [join(directory, 'etc'), join(directory, 'log')]
  for (const path of [home, configDir, logDir]) mkdirSync(path)
  for (const name of ['parent.config', 'sni.yaml', 'records.config']) writeFileSync(join(configDir, name), '')
  writeFileSync(join(configDir, 'ip_allow.yaml'), 'ip_allow: []\n')
  const place = { configDir, logDir, runtimeDir: directory, binDir: '/nowhere', runroot: '' }
  const { publicKey, privateKey } = await createKeyPair()
  const hostname = `${unique('model')}.test.example`
  const enrolled = await enrol([server.url], { token: enrolmentToken, hostname, publicKey })
  const { instanceId, serverKey } = enrolled
  const proxyId = enrolled.proxy.id
  const identity: Identity = {
    servers: [server.url],
    hostname,
    proxyId,
    instanceId,
    serverKey,
    privateKey,
    ats: place,
  }

  let mood: (typeof moods)[number] = 'fine'
  let crashAt: (typeof moments)[number] | null = null
  let lost: string | null = null
  let away = 0
  let clockMs = Date.now()
  let tellCrash = () => {}
  const untilCrash = () => new Promise<'crashed'>((resolve) => (tellCrash = () => resolve('crashed')))
  const dieHere = async (moment: (typeof moments)[number]) => {
    if (crashAt !== moment) return
    crashAt = null
    tellCrash()
    await new Promise<void>((never) => suspended.push(never))
  }

  const loaded = new Set<string>([''])
  async function reload(): Promise<void> {
    if (mood === 'stopped') throw new AtsSilent('traffic_ctl config reload failed: no such socket')
    await dieHere('reload')
    if (mood === 'deaf') return
    const bytes = readFileSync(join(configDir, 'parent.config'), 'utf8')
    const isTaken = mood === 'fine' || loaded.has(bytes)
    if (isTaken) loaded.add(bytes)
    const complaint = isTaken
      ? ''
      : '[now] ERROR: [ParentSelection] Unknown modifier at line 1 in parent.config\n'
    const lines = ['parent.config', 'sni.yaml', 'ip_allow.yaml'].map(
      (name) =>
        `[now] NOTE: ${name} loading ...\n${name === 'parent.config' ? complaint : ''}[now] NOTE: ${name} finished loading\n`,
    )
    appendFileSync(join(logDir, 'diags.log'), lines.join(''))
  }
  const ats: Ats = {
    version: async () => '9.2.9',
    requireControl: async () => {},
    recordsFile: async () => recordsConfig,
    watchLoads: () => watchLog(logDir, reload),
    async liveRecords(names) {
      if (mood === 'stopped') throw new AtsSilent('traffic_ctl config get failed: no such socket')
      const records = readRecords(readFileSync(join(configDir, 'records.config'), 'utf8'))
      return new Map(
        records.filter(({ name }) => names.includes(name)).map(({ name, value }) => [name, value]),
      )
    },
    takenOut: async () => [],
    takeOut: async () => {},
    statistics: async () => null,
    bringBack: async () => {},
    async setRecord() {
      if (mood === 'stopped') throw new AtsSilent('traffic_ctl config set failed: no such socket')
    },
  }

  const real = createLink({
    servers: [server.url],
    isPollOnly: true, // every nudge is lost
    createToken: () => createToken(identity, new Date()),
    onNudge: () => {},
    onLost: () => {},
  })
  const requireServer = () => {
    if (away > 0) throw new LinkError('the server is away', null)
  }
  const link: Link = {
    ...real,
    async sync(report) {
      requireServer()
      await dieHere('sync')
      return real.sync(report)
    },
    async acknowledge(made) {
      requireServer()
      const what = lost
      lost = null
      if (what !== 'request') await real.acknowledge(made)
      if (what !== null) throw new LinkError(`the ${what} is lost`, null)
      await dieHere('acknowledge')
    },
  }
  const born = () =>
    agentParts(home, place, {
      ...{ ats, identity, link, wordWithinMs: 60, watchMs: 0, now: () => clockMs },
      reportDisk: createDiskReporter(
        link,
        createLog(() => {}),
      ),
    })
  let parts = await born()

  const state = async (): Promise<Data> =>
    (
      await root.get(
        'query ($id: ID!) { proxy(id: $id) { status statusReason desiredHash runningHash attempted { outcome message } } }',
        { id: proxyId },
      )
    ).proxy

  /** One pass; after one that ended well the server may say “in sync” only of what lies on the disk. */
  async function pass(): Promise<void> {
    const crashed = untilCrash()
    const ended = reconcile(parts).then(
      () => 'done' as const,
      (error: unknown) => {
        if (!(error instanceof LinkError)) throw error
        return 'failed' as const
      },
    )
    const outcome = await Promise.race([ended, crashed])
    away = Math.max(0, away - 1)
    if (outcome === 'crashed') {
      parts = await born()
      await repair(parts)
    }
    if (outcome !== 'done') return
    const known = await state()
    if (known.status === 'IN_SYNC') expect(await runningHash(parts)).toBe(known.desiredHash)
  }

  let config = await approvedConfig(root, [{ proxyId } as TestAgent])
  const firstVersion = config.activeVersion.id
  const approveNow = async (submitted: Data) => {
    config = await approve(root, submitted)
  }

  return {
    async happen(each: Event): Promise<void> {
      switch (each.kind) {
        case 'pass':
          return pass()
        case 'approve': {
          const rule = { kind: 'HOST', value: `${unique('host')}.example`, action: 'DIRECT' }
          const { id, revision } = config
          const edited = await changeConfig(root, 'editRules', {
            id,
            revision,
            operations: [{ add: { rule } }],
          })
          return approveNow(await changeConfig(root, 'submitConfig', { id, revision: edited.revision }))
        }
        case 'restore':
          return approveNow(
            await changeConfig(root, 'restoreVersion', {
              versionId: firstVersion,
              revision: config.revision,
            }),
          )
        case 'edit by hand':
          return appendFileSync(join(configDir, 'parent.config'), `# ${unique('by hand')}\n`)
        case 'mood':
          mood = each.mood
          return
        case 'crash':
          crashAt = each.at
          return pass()
        case 'away':
          away = each.passes
          return
        case 'lost':
          lost = each.what
          return
        case 'wait':
          clockMs += each.minutes * 60_000
      }
    },
    async recover(): Promise<void> {
      await pass() // a last one, as things are
      mood = 'fine'
      crashAt = null
      lost = null
      away = 0
      const settle = async () => {
        for (let passes = 0; passes < 4; passes += 1) {
          clockMs += 16 * 60_000
          await pass()
        }
        return state()
      }
      let end = await settle()
      if (end.status === 'FAILED') {
        expect(end.attempted.message).not.toBe('')
        await root.get('mutation ($input: RetryProxyInput!) { retryProxy(input: $input) { proxy { id } } }', {
          input: { id: proxyId },
        })
        end = await settle()
      }
      expect(end).toMatchObject({ status: 'IN_SYNC', runningHash: end.desiredHash })
      expect(await runningHash(parts)).toBe(end.desiredHash)
    },
    async close(): Promise<void> {
      await real.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
