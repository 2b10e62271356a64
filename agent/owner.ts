/** Who may replace a file, and to whom the new one belongs: the agent runs as root, as ATS's user, or with rights by group. */
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface FileOwner {
  readonly uid: number
  readonly gid: number
  /** Permission bits. */
  readonly mode: number
}

/** Who the agent runs as. */
export interface AgentUser {
  readonly uid: number
  readonly groups: readonly number[]
}

export function agentUser(): AgentUser {
  return {
    uid: process.geteuid?.() ?? 0,
    groups: [process.getegid?.() ?? 0, ...(process.getgroups?.() ?? [])],
  }
}

/**
 * Asked before anything is swapped: a file that turns out to be another's halfway leaves a set that can't be put back.
 * A missing file can be made by whoever may write to its directory.
 *
 * @throws Error the message names the path and says what to do.
 */
export async function requireReplaceable(path: string): Promise<void> {
  const [old, directory] = await Promise.all([stat(path).catch(() => null), stat(dirname(path))])
  if (old === null) return
  const agent = agentUser()
  try {
    requireOwner(old, directory, agent)
    ownerAfter(old, agent)
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : error}`)
  }
}

/** In a sticky directory only root, the file's owner and the directory's may put another file in its place. */
export function requireOwner(old: FileOwner, directory: FileOwner, { uid }: AgentUser): void {
  const isSticky = (directory.mode & 0o1000) !== 0
  if (!isSticky || uid === 0 || [old.uid, directory.uid].includes(uid)) return
  throw new Error(
    `user ${uid} can't replace a file of user ${old.uid} in a sticky directory: ` +
      'take the sticky bit from the directory (chmod -t), or run the agent as root or as that user',
  )
}

/**
 * What a new file in the old one's place may be given. Only root may give a file away: for anybody else it becomes the
 * agent's own, and ATS must be able to read it by its group, or as everybody.
 *
 * @throws Error when ATS, which could read the old file, could not read the new one; the message says what to do.
 */
export function ownerAfter(old: FileOwner, agent: AgentUser): { readonly uid: number; readonly gid: number } {
  if (agent.uid === 0) return { uid: old.uid, gid: old.gid }
  const isMember = agent.groups.includes(old.gid)
  const gid = isMember ? old.gid : (agent.groups[0] ?? old.gid)
  const isReadable = (old.mode & 0o004) !== 0 || (isMember && (old.mode & 0o040) !== 0)
  if (old.uid === agent.uid || isReadable) return { uid: agent.uid, gid }
  throw new Error(
    `user ${agent.uid} can't replace a file of user ${old.uid} that only its owner and group may read: ` +
      `run the agent as root or as that user, or in group ${old.gid} with read permission for it`,
  )
}
