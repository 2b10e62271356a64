/** The answers to many requests as a table that spreadsheets read. */
import { csvLine } from '#core/csv'
import type { RouteDecision } from '#core/route'
import type { RowOf } from './answers.ts'
import type { BulkRow } from './bulkRun.ts'

const columns = [
  'line',
  'url',
  'method',
  'client',
  'resolved',
  'before',
  'before_rule',
  'before_parents',
  'after',
  'after_rule',
  'after_parents',
  'differs',
] as const

/** RFC 4180, in the words of the API, so that a script reads the same in every language. */
export function bulkCsv(rows: readonly BulkRow[], beforeRowOf: RowOf, afterRowOf: RowOf): string {
  const decided = (decision: RouteDecision | null, rowOf: RowOf) =>
    decision === null
      ? ['', '', '']
      : [
          decision.verdict,
          decision.rule === null ? '' : String(rowOf(decision.rule)),
          decision.parents.map(({ host, port }) => `${host}:${port}`).join(' '),
        ]
  const lines = rows.map(({ line, request, before, after, isDifferent }) => [
    String(line),
    request.url,
    request.method,
    request.clientAddress ?? '',
    request.resolvedAddress ?? '',
    ...decided(before, beforeRowOf),
    ...decided(after, afterRowOf),
    before === null ? '' : String(isDifferent),
  ])
  return [columns, ...lines].map(csvLine).join('')
}
