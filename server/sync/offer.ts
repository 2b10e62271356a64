/** Answers an agent's report: nothing to do, or the signed bytes of what it should run. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import { Refusal, refuseInput } from '../core/refusal.ts'
import { storable } from '../core/stored-text.ts'
import { atsGenerationOf, pollIntervalSeconds } from '../core/vocabulary.ts'
import { proxies, proxyReports } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { isCopiedAt, isStartNews, startsAfter } from './agent-starts.read.ts'
import type { FleetMemory } from './fleet-memory.ts'
import { requireOwnProxy, retired } from './own-proxy.ts'
import type { OfferSigner } from './signature.ts'
import type { OfferedBytes, StateCapture, SyncState } from './sync.read.ts'

export interface SyncInput {
  readonly hostname: string
  /** What it runs; null: nothing of ours. */
  readonly hash?: string | null | undefined
  readonly atsVersion?: string | null | undefined
  readonly agentVersion: string
  /** Names one life of the agent's process. */
  readonly startId?: string | null | undefined
}

export interface SyncParts {
  readonly memory: FleetMemory
  readonly signer: OfferSigner
}

/** With the time that is left: agents' clocks may be off. */
export type OfferedCapture = Omit<StateCapture, 'until'> & { readonly secondsLeft: number }

export type SyncOffer = {
  readonly upToDate: boolean
  readonly hash: string | null
  readonly pollSeconds: number
  readonly comeBackSeconds: number
  readonly serverTime: Date
  readonly takenOut: readonly string[]
  /** Another agent uses this identity as well. */
  readonly isCopied: boolean
  /** Null: none is open. */
  readonly captures: readonly OfferedCapture[] | null
  readonly configId?: string
  readonly version?: number
  readonly sequence?: number
  readonly signature?: string
} & Partial<OfferedBytes>

/** @throws Refusal UNAUTHENTICATED (retired), FORBIDDEN (a hostname not its own), BAD_USER_INPUT */
export async function offer(op: Operation, parts: SyncParts, said: SyncInput): Promise<SyncOffer> {
  const known = await requireOwnState(op, parts, said)
  const input = cut(said)
  parts.memory.saw(known.proxyId, op.now)
  const state =
    isNews(known, input) || isStartNews(known, input.startId, op.now)
      ? await recordReport(op, parts, known, input)
      : known
  const common = {
    pollSeconds: pollIntervalSeconds,
    comeBackSeconds: parts.memory.comeBackSeconds(),
    serverTime: op.now,
    takenOut: state.takenOut,
    isCopied: isCopiedAt(state.copiedAt, op.now),
    captures: capturesAt(state.captures, op.now),
  }
  if (state.desired === null || state.atsGeneration === null) return { upToDate: true, hash: null, ...common }
  const { configId, versionId, version, hash } = state.desired
  if (hash === input.hash) return { upToDate: true, hash, ...common }
  if (hasDrifted(state, input) && (await parts.memory.driftPolicy()) === 'leave') {
    return { upToDate: true, hash, ...common }
  }
  const [bytes, signature] = await Promise.all([
    parts.memory.bytes(versionId, state.atsGeneration),
    parts.signer.sign({ proxyId: state.proxyId, configId, version, hash, sequence: state.sequence }),
  ])
  return {
    upToDate: false,
    hash,
    configId,
    version,
    sequence: state.sequence,
    signature,
    ...bytes,
    ...common,
  }
}

function capturesAt(captures: readonly StateCapture[], now: Date): readonly OfferedCapture[] | null {
  const open = captures
    .map(({ until, ...capture }) => ({
      ...capture,
      secondsLeft: (Date.parse(until) - now.getTime()) / 1_000,
    }))
    .filter(({ secondsLeft }) => secondsLeft > 0)
  return open.length === 0 ? null : open
}

async function requireOwnState(op: Operation, { memory }: SyncParts, input: SyncInput): Promise<SyncState> {
  const state = await requireOwnProxy(op, memory)
  if (state.hostname !== input.hostname.toLowerCase()) {
    throw new Refusal('FORBIDDEN', `hostname: this agent is enrolled as "${state.hostname}".`)
  }
  if (typeof input.hash === 'string' && !/^[0-9a-f]{64}$/.test(input.hash)) {
    throw refuseInput([
      { path: 'hash', code: 'HASH_MALFORMED', message: 'Must be 64 lower-case hex digits.' },
    ])
  }
  return state
}

/** Before it is compared with what is stored, or an overlong version would be news for ever. */
function cut(input: SyncInput): SyncInput {
  const short = (text: string) => storable(text.slice(0, 100))
  return {
    ...input,
    atsVersion: input.atsVersion == null ? input.atsVersion : short(input.atsVersion),
    agentVersion: short(input.agentVersion),
    startId: input.startId == null ? input.startId : short(input.startId),
  }
}

/** It had applied exactly this; what it runs now was written by somebody else. */
function hasDrifted({ attempted, desired, sequence }: SyncState, input: SyncInput): boolean {
  return (
    typeof input.hash === 'string' &&
    attempted.attemptedSequence === sequence &&
    attempted.attemptedHash === desired?.hash &&
    (attempted.attemptedOutcome === 'applied' || attempted.attemptedOutcome === 'unchanged')
  )
}

function isNews(state: SyncState, input: SyncInput): boolean {
  return (
    state.currentConfigHash !== (input.hash ?? null) ||
    state.atsVersion !== (input.atsVersion ?? null) ||
    state.agentVersion !== input.agentVersion
  )
}

/** Another ATS generation means other bytes under the same version: that needs a sequence of its own. */
async function recordReport(
  op: Operation,
  parts: SyncParts,
  state: SyncState,
  input: SyncInput,
): Promise<SyncState> {
  const atsVersion = input.atsVersion ?? null
  const atsGeneration = atsVersion === null ? null : atsGenerationOf(atsVersion)
  const { agentVersion } = input
  const currentConfigHash = input.hash ?? null
  const start = startsAfter(state, { id: input.startId, address: op.origin.address, at: op.now })
  const isOtherGeneration = atsGeneration !== state.atsGeneration
  await op.change(async (tx) => {
    const [row] = await tx
      .update(proxies)
      .set({
        atsVersion,
        atsGeneration,
        agentVersion,
        ...(isOtherGeneration && { sequence: sql`${proxies.sequence} + 1` }),
      })
      .where(and(eq(proxies.id, state.proxyId), isNull(proxies.retiredAt)))
      .returning({ id: proxies.id })
    if (!row) throw retired()
    await tx
      .update(proxyReports)
      .set({ currentConfigHash, lastSeenAt: op.now, ...start })
      .where(eq(proxyReports.proxyId, state.proxyId))
    const old = {
      runningHash: state.currentConfigHash,
      atsVersion: state.atsVersion,
      agentVersion: state.agentVersion,
      agentStarted: state.agentStarts[0] ?? null,
      copiedAt: state.copiedAt,
    }
    return {
      result: null,
      audit: [
        {
          action: 'proxy.report',
          entity: { kind: 'proxy', id: state.proxyId, name: state.hostname },
          old,
          new: {
            runningHash: currentConfigHash,
            atsVersion,
            agentVersion,
            agentStarted: start.agentStarts[0] ?? null,
            copiedAt: start.copiedAt,
          },
        },
      ],
    }
  })
  parts.memory.forget(state.proxyId)
  const fresh = await parts.memory.state(state.proxyId)
  if (!fresh) throw new Error(`proxy ${state.proxyId} vanished`)
  return fresh
}
