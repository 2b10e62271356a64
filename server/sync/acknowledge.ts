/** Stores what became of an offer, in the agent's and ATS's own words. */
import { sql } from 'drizzle-orm'
import { type Problem, refuseInput } from '../core/refusal.ts'
import { storable } from '../core/stored-text.ts'
import type { ApplyOutcome } from '../core/vocabulary.ts'
import type { WriteTransaction } from '../database/connect.ts'
import type { Operation } from '../operation.ts'
import type { SyncParts } from './offer.ts'
import { requireOwnProxy } from './own-proxy.ts'

export interface AcknowledgeSyncInput {
  readonly hash: string
  readonly sequence: number
  readonly outcome: ApplyOutcome
  readonly message: string
  readonly reloadRequestedAt?: Date | null | undefined
  readonly loadedAt?: Date | null | undefined
}

/** Longer texts of ATS are cut; the agent's own log has them whole. */
const longestMessage = 4_000

/** Repeated acknowledgements are welcome: only news is written. @throws Refusal UNAUTHENTICATED, BAD_USER_INPUT */
export async function acknowledge(
  op: Operation,
  parts: SyncParts,
  input: AcknowledgeSyncInput,
): Promise<void> {
  const state = await requireOwnProxy(op, parts.memory)
  const { proxyId, hostname, currentConfigHash: running, attempted: known } = state
  requireInput(input)
  parts.memory.saw(proxyId, op.now)
  if (known.attemptedSequence !== null && input.sequence < known.attemptedSequence) return // late, of an older attempt
  const isApplied = input.outcome === 'applied' || input.outcome === 'unchanged'
  const attempt: Attempt = {
    attempted_hash: input.hash,
    attempted_sequence: input.sequence,
    attempted_outcome: input.outcome,
    attempted_message: storable(input.message.slice(0, longestMessage)),
    reload_requested_at: input.reloadRequestedAt ?? null,
    loaded_at: input.loadedAt ?? null,
  }
  const isNews =
    known.attemptedSequence !== attempt.attempted_sequence ||
    known.attemptedHash !== attempt.attempted_hash ||
    known.attemptedOutcome !== attempt.attempted_outcome ||
    known.attemptedMessage !== attempt.attempted_message ||
    (isApplied && running !== input.hash)
  if (!isNews) return
  const currentConfigHash = isApplied ? input.hash : running
  await op.changeTogether(writeReports, {
    row: {
      ...attempt,
      proxy_id: proxyId,
      attempted_at: op.now,
      current_config_hash: currentConfigHash,
      last_seen_at: op.now,
    },
    audit: [
      {
        action: 'proxy.acknowledge',
        entity: { kind: 'proxy', id: proxyId, name: hostname },
        old: {
          attemptedHash: known.attemptedHash,
          outcome: known.attemptedOutcome,
          message: known.attemptedMessage,
          runningHash: running,
        },
        new: {
          attemptedHash: attempt.attempted_hash,
          outcome: attempt.attempted_outcome,
          message: attempt.attempted_message,
          runningHash: currentConfigHash,
        },
      },
    ],
    toldTo: parts.memory.name,
  })
  const attempted = {
    attemptedHash: attempt.attempted_hash,
    attemptedSequence: attempt.attempted_sequence,
    attemptedOutcome: attempt.attempted_outcome,
    attemptedMessage: attempt.attempted_message,
  }
  await parts.memory.takeIn(state, { ...state, currentConfigHash, attempted })
}

interface Attempt {
  readonly attempted_hash: string
  readonly attempted_sequence: number
  readonly attempted_outcome: ApplyOutcome
  readonly attempted_message: string
  readonly reload_requested_at: Date | null
  readonly loaded_at: Date | null
}

/** As the table names its columns. */
interface ReportRow extends Attempt {
  readonly proxy_id: string
  readonly attempted_at: Date
  readonly current_config_hash: string | null
  readonly last_seen_at: Date
}

/** One parameter holds all rows: after a roll-out a whole fleet acknowledges at once. The last word of a proxy counts. */
async function writeReports(tx: WriteTransaction, rows: readonly ReportRow[]): Promise<void> {
  const lastWords = [...new Map(rows.map((row) => [row.proxy_id, row])).values()]
  await tx.execute(sql`
    update proxy_reports set
      attempted_hash = told.attempted_hash, attempted_sequence = told.attempted_sequence,
      attempted_outcome = told.attempted_outcome, attempted_message = told.attempted_message,
      attempted_at = told.attempted_at, reload_requested_at = told.reload_requested_at,
      loaded_at = told.loaded_at, current_config_hash = told.current_config_hash,
      last_seen_at = told.last_seen_at
    from jsonb_populate_recordset(null::proxy_reports, ${JSON.stringify(lastWords)}::jsonb) as told
    where proxy_reports.proxy_id = told.proxy_id`)
}

function requireInput(input: AcknowledgeSyncInput): void {
  const problems: Problem[] = []
  if (!/^[0-9a-f]{64}$/.test(input.hash)) {
    problems.push({ path: 'hash', code: 'HASH_MALFORMED', message: 'Must be 64 lower-case hex digits.' })
  }
  if (input.sequence < 1) {
    problems.push({
      path: 'sequence',
      code: 'OUT_OF_RANGE',
      message: 'Must be the sequence of an offer, from 1.',
    })
  }
  const [first, ...rest] = problems
  if (first) throw refuseInput([first, ...rest])
}
