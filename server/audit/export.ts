/** The audit trail as a file of any length: page by page, as fast as it is taken. */
import { csvLine } from '../core/csv.ts'
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import { type AuditFilter, type AuditRow, readAuditAbove, readNewestAuditId } from './audit.read.ts'

export const exportFormats = ['csv', 'json'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** Entries read at a time; no connection is held in between, however slow the reader. */
const pageSize = 500

/**
 * Every entry that matches and was there when this was asked for, oldest first, as pieces of text.
 *
 * That it was asked for is in the trail before the first piece: also when nobody takes the last one.
 * @throws Refusal FORBIDDEN, UNAUTHENTICATED
 */
export async function exportAuditEntries(
  op: Operation,
  filter: AuditFilter,
  format: ExportFormat,
): Promise<AsyncGenerator<string>> {
  permit(op, 'audit.export')
  const newest = await readNewestAuditId(op)
  const narrowed = Object.fromEntries(Object.entries(filter).filter(([, value]) => value != null))
  await op.change(async () => ({
    result: null,
    audit: [
      {
        action: 'audit.export',
        entity: { kind: 'audit', id: null, name: 'audit' },
        new: { format, ...narrowed, upToEntry: newest },
      },
    ],
  }))
  return writers[format](pages(op, filter, newest))
}

async function* pages(
  op: Operation,
  filter: AuditFilter,
  newest: number,
): AsyncGenerator<readonly AuditRow[]> {
  let last = 0
  while (true) {
    const rows = await readAuditAbove(op, filter, { after: last, upTo: newest, limit: pageSize })
    if (rows.length > 0) yield rows
    if (rows.length < pageSize) return
    last = rows.at(-1)?.id ?? newest
  }
}

const columns = [
  'id',
  'at',
  'action',
  'actorKind',
  'actorId',
  'actorName',
  'entityKind',
  'entityId',
  'entityName',
  'oldValue',
  'newValue',
  'address',
  'channel',
  'requestId',
] as const satisfies readonly (keyof AuditRow)[]

const writers: Readonly<
  Record<ExportFormat, (pages: AsyncIterable<readonly AuditRow[]>) => AsyncGenerator<string>>
> = {
  async *csv(rows) {
    yield csvLine(columns)
    for await (const page of rows) {
      yield page.map((row) => csvLine(Object.values(exported(row)).map(cellOf))).join('')
    }
  },
  /** One array: what is cut off on its way is no JSON. */
  async *json(rows) {
    let before = '[\n'
    for await (const page of rows) {
      yield before + page.map((row) => JSON.stringify(exported(row))).join(',\n')
      before = ',\n'
    }
    yield before === '[\n' ? '[]\n' : '\n]\n'
  },
}

type Column = (typeof columns)[number]
/** Spelled as GraphQL spells them. */
const enums: ReadonlySet<Column> = new Set(['actorKind', 'entityKind', 'channel'])

function exported(row: AuditRow): Record<Column, unknown> {
  const pairs = columns.map((column) => [
    column,
    enums.has(column) ? String(row[column]).toUpperCase() : row[column],
  ])
  return Object.fromEntries(pairs)
}

function cellOf(value: unknown): string {
  if (value === null) return ''
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
