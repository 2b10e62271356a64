/**
 * Notices two agents with one identity: a host that was cloned with the agent's home.
 *
 * Each life of an agent's process names itself. A life that ended never speaks again, so one that comes back after
 * another has spoken means that both are alive.
 */
import type { AgentStart } from '../database/tables.ts'
import type { SyncState } from './sync.read.ts'

type Starts = Pick<SyncState, 'agentStarts' | 'copiedAt'>

const keptStarts = 8
/** The last words of a process that has just been replaced may come late. */
const lateMs = 5_000
/** Two copies take turns at every poll; that is written only so often. */
const copiedAgainMs = 5 * 60_000

/** Whether this life of the agent has to be written down. Agents before it had names say none. */
export function isStartNews(
  { agentStarts, copiedAt }: Starts,
  id: string | null | undefined,
  at: Date,
): boolean {
  const [newest] = agentStarts
  if (!id || id === newest?.id) return false
  if (!agentStarts.some((start) => start.id === id)) return true
  const isLate = newest !== undefined && at.getTime() - Date.parse(newest.at) < lateMs
  const isKnown = copiedAt !== null && at.getTime() - copiedAt.getTime() < copiedAgainMs
  return !isLate && !isKnown
}

/** What is known after a report of this life. */
export function startsAfter(
  known: Starts,
  {
    id,
    address,
    at,
  }: { readonly id: string | null | undefined; readonly address: string; readonly at: Date },
): Starts {
  const { agentStarts, copiedAt } = known
  if (!id || !isStartNews(known, id, at)) return { agentStarts, copiedAt }
  const start: AgentStart = { id, address, at: at.toISOString() }
  const others = agentStarts.filter((other) => other.id !== id)
  return {
    agentStarts: [start, ...others].slice(0, keptStarts),
    copiedAt: others.length < agentStarts.length ? at : copiedAt,
  }
}

/** Copies take turns at every poll and are noted every 5 minutes; after this nothing of them was seen any more. */
const copiedForMs = 10 * 60_000

/** Whether an identity is in use twice, from when that was last noted. */
export function isCopiedAt(copiedAt: Date | null, at: Date): boolean {
  return copiedAt !== null && at.getTime() - copiedAt.getTime() < copiedForMs
}
