/** Keeps what an agent read in ATS's log about its parents. */
import { type Problem, refuseInput } from '../core/refusal.ts'
import { isStorable } from '../core/stored-text.ts'
import type { ParentEventKind } from '../core/vocabulary.ts'
import type { Operation } from '../operation.ts'
import type { SyncParts } from './offer.ts'
import { requireOwnProxy } from './own-proxy.ts'

export interface ParentEventInput {
  readonly host?: string | null | undefined
  readonly port?: number | null | undefined
  readonly kind: ParentEventKind
  readonly at: Date
  readonly reason: string
}

export interface ReportParentsInput {
  readonly events: readonly ParentEventInput[]
}

const mostEvents = 200
const longestHost = 253
const longestReason = 500

/** Observed, not audited: nobody did it. @throws Refusal UNAUTHENTICATED (retired), BAD_USER_INPUT */
export async function reportParents(
  op: Operation,
  parts: SyncParts,
  input: ReportParentsInput,
): Promise<void> {
  const { proxyId } = await requireOwnProxy(op, parts.memory)
  const [first, ...rest] = problemsOf(input)
  if (first) throw refuseInput([first, ...rest])
  if (input.events.length === 0) return
  await op.observe.parentEvents(
    proxyId,
    input.events.map(({ host, port, kind, at, reason }) => ({
      host: host ?? null,
      port: port ?? null,
      kind,
      at,
      reason: reason.slice(0, longestReason),
    })),
  )
}

function problemsOf({ events }: ReportParentsInput): readonly Problem[] {
  if (events.length > mostEvents) {
    return [{ path: 'events', code: 'TOO_MANY', message: `At most ${mostEvents} events.` }]
  }
  return events.flatMap(({ host, port, kind, reason }, index): Problem[] => {
    const path = `events.${index}`
    if (!isStorable(reason + (host ?? ''))) {
      return [{ path: `${path}.reason`, code: 'NOT_TEXT', message: 'Host and reason must be text.' }]
    }
    if (kind === 'reset' && !host && !port) return []
    if (!host || host.length > longestHost || !port || port < 1 || port > 65_535) {
      const message = `Name a parent by host (at most ${longestHost} characters) and port (1–65535); only RESET is of all.`
      return [{ path: `${path}.host`, code: 'PARENT_MALFORMED', message }]
    }
    return []
  })
}
