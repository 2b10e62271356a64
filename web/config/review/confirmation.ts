/** Exactly what a person confirms, kept as it was when they began, so that a later change can be told. */
import type { ReviewAnswer, ReviewFiles } from './queries.ts'
import { changedRecords } from './records.ts'

export interface Confirmation {
  readonly id: string
  readonly name: string
  readonly revision: number
  readonly configHash: string
  /** Proxies that the working copy names; their names as far as they are listed. */
  readonly proxies: number
  readonly hostnames: readonly string[]
  readonly taken: number
  readonly released: number
  readonly releasedNames: readonly string[]
  readonly following: number
  /** Names of the ATS records that change. */
  readonly records: readonly string[]
  /** What can be restored afterwards; null: this is the first version. */
  readonly runningNumber: number | null
}

/** Undefined when nothing is submitted. */
export function confirmationOf(
  { config }: ReviewAnswer,
  files: ReviewFiles | undefined,
): Confirmation | undefined {
  if (config.configHash === null) return undefined
  return {
    id: config.id,
    name: config.name,
    revision: config.revision,
    configHash: config.configHash,
    proxies: config.proxies.totalCount,
    hostnames: config.proxies.edges.map(({ node }) => node.hostname),
    taken: config.takenProxyCount,
    released: config.leavingProxies.totalCount,
    releasedNames: config.leavingProxies.edges.map(({ node }) => node.hostname),
    following: config.followingProxyCount,
    records: files
      ? changedRecords(files.configVersion?.records ?? [], files.config.records).map(({ name }) => name)
      : [],
    runningNumber: config.activeVersion?.number ?? null,
  }
}

/** What makes two confirmations the same act: the content, and whom it reaches. */
export function isSameAct(a: Confirmation, b: Confirmation): boolean {
  const act = ({ revision, configHash, proxies, taken, released, following }: Confirmation) =>
    JSON.stringify([revision, configHash, proxies, taken, released, following])
  return act(a) === act(b)
}
