/** To whom a replaced file belongs, whoever runs the agent: root, ATS's user, or another with rights by group. */

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
