/** Wakes an agent when what its proxy should run has moved on: no data, only "look again". */
import type { Announcements } from '../database/announcements.ts'
import type { Operation } from '../operation.ts'
import { requireAgent } from '../permit.ts'
import type { FleetMemory } from './fleet-memory.ts'

export interface Nudge {
  readonly at: Date
}

/**
 * One nudge at once (the agent may have missed some before), then one whenever the proxy's sequence, its taken-out
 * parents or the captures of its logs have changed: its own reports are announced as well and must not wake it again. Several changes while it is
 * being told are one nudge.
 */
export function nudges(
  op: Operation,
  announcements: Announcements,
  memory: FleetMemory,
): AsyncIterableIterator<Nudge> {
  const proxyId = requireAgent(op).id
  const subjects = announcements.stream({ kind: 'proxy', id: proxyId, withoutReports: true })
  const detach = memory.attach()
  let told: string | null = null
  const end = { value: undefined, done: true } as const
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      while (true) {
        if (told !== null && (await subjects.next()).done) return end
        const state = await memory.state(proxyId)
        const wanted = JSON.stringify([state?.sequence, state?.takenOut, state?.captures.map(({ id }) => id)])
        if (wanted === told) continue
        told = wanted
        return { value: { at: new Date() }, done: false }
      }
    },
    async return() {
      detach()
      await subjects.return?.()
      return end
    },
  }
}
