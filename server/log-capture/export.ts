/** Hands out captured lines as a file's worth of text, and keeps who took them. */
import { refuseInput } from '../core/refusal.ts'
import type { Operation } from '../operation.ts'
import { type Page, pageOf, pageRequest } from '../paging.ts'
import { permit } from '../permit.ts'
import { readProxy } from '../proxy/proxy.read.ts'
import { type LogLineRow, lineKey, readLinesBetween, readLogStream } from './lines.read.ts'

export interface ExportLogLinesInput {
  readonly proxyId: string
  /** Cursor of the last line before; null: from the first that is kept. */
  readonly after?: string | null | undefined
  readonly first: number
}

const mostLines = 10_000

export interface ExportedLines extends Page<LogLineRow> {
  /** Lines after the cursor and before the first of these that were deleted meanwhile. */
  readonly deleted: number
}

/** Audited once for each call. @throws Refusal FORBIDDEN, NOT_FOUND, BAD_USER_INPUT */
export async function exportLogLines(op: Operation, input: ExportLogLinesInput): Promise<ExportedLines> {
  permit(op, 'log_lines.export')
  const { first } = input
  if (!(first >= 1 && first <= mostLines))
    throw refuseInput([{ path: 'first', code: 'OUT_OF_RANGE', message: `From 1 to ${mostLines}.` }])
  const { after } = pageRequest(1, input.after, 1)
  const { id, hostname: name } = await readProxy(op, input.proxyId)
  const from = Number(after?.[0] ?? 0)
  const rows = await readLinesBetween(op.read, id, {
    after: from,
    until: Number.MAX_SAFE_INTEGER,
    limit: first + 1,
  })
  const page = pageOf(rows, { first, after }, lineKey, async () => rows.length)
  const next = rows[0]?.position ?? ((await readLogStream(op, id))?.position ?? 0) + 1
  return op.change(async () => ({
    result: { ...page, deleted: after === null ? 0 : Math.max(0, next - from - 1) },
    audit: [
      {
        action: 'log_lines.export',
        entity: { kind: 'proxy', id, name },
        new: { lines: page.rows.length, from: page.rows[0]?.node.position ?? null },
      },
    ],
  }))
}
