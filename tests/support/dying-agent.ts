/** An agent's pass in a process of its own, which kills itself as the named step begins. */
import { createAts } from '../../agent/ats.ts'
import type { Identity } from '../../agent/identity.ts'
import type { SyncOffer } from '../../agent/link.ts'
import { createLog } from '../../agent/log.ts'
import { type ApplyStep, openMemory } from '../../agent/memory.ts'
import { createProbe } from '../../agent/probe.ts'
import { reconcile } from '../../agent/reconcile.ts'

export interface DyingAgent {
  readonly home: string
  readonly identity: Identity
  readonly answer: SyncOffer
  readonly killAt: ApplyStep
}

const { home, identity, answer, killAt } = JSON.parse(process.argv[2] ?? '') as DyingAgent
await reconcile({
  place: identity.ats,
  ats: createAts(identity.ats),
  memory: await openMemory(home),
  log: createLog(() => {}),
  identity,
  link: {
    async connect() {},
    sync: async () => answer,
    async acknowledge() {},
    async reportFiles() {},
    async reportParents() {},
    async reportHostProblems() {},
    async close() {},
  },
  reportDisk: async () => {},
  reportParents: async () => {},
  probe: createProbe({ ats: createAts(identity.ats), urls: [] }),
  now: () => Date.now(),
  wordWithinMs: 8_000,
  watchMs: 100,
  onStep(step) {
    if (step === killAt) process.kill(process.pid, 'SIGKILL')
  },
})
