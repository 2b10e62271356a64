/** An agent's pass in a process of its own, which kills itself as the named step begins. */
import type { Identity } from '../../agent/identity.ts'
import type { SyncOffer } from '../../agent/link.ts'
import type { ApplyStep } from '../../agent/memory.ts'
import { reconcile } from '../../agent/reconcile.ts'
import { agentParts, quietLink } from './agent-parts.ts'

export interface DyingAgent {
  readonly home: string
  readonly identity: Identity
  readonly answer: SyncOffer
  readonly killAt: ApplyStep
}

const { home, identity, answer, killAt } = JSON.parse(process.argv[2] ?? '') as DyingAgent
const parts = await agentParts(home, identity.ats, {
  identity,
  link: { ...quietLink, sync: async () => answer },
  watchMs: 100,
})
await reconcile({
  ...parts,
  onStep(step) {
    if (step === killAt) process.kill(process.pid, 'SIGKILL')
  },
})
