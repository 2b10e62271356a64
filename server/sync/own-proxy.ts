/** The question that every word of an agent meets first: which proxy is it, and is it one of ours still? */
import { Refusal } from '../core/refusal.ts'
import type { Operation } from '../operation.ts'
import { requireAgent } from '../permit.ts'
import type { FleetMemory } from './fleet-memory.ts'
import type { SyncState } from './sync.read.ts'

/** Costs no SQL while nothing changes. @throws Refusal FORBIDDEN (a person), UNAUTHENTICATED (nobody, or retired) */
export async function requireOwnProxy(op: Operation, memory: FleetMemory): Promise<SyncState> {
  const state = await memory.state(requireAgent(op).id)
  if (!state || state.isRetired) throw retired()
  return state
}

export function retired(): Refusal {
  return new Refusal('UNAUTHENTICATED', 'This proxy was retired; enrol the agent again to bring it back.')
}
