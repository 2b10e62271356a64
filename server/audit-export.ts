/** `GET /export/audit.csv` and `.json`: the filtered audit trail, streamed to whoever may export it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Logger } from 'pino'
import { createAdmission } from './admission.ts'
import type { AuditFilter } from './audit/audit.read.ts'
import { type ExportFormat, exportAuditEntries, exportFormats } from './audit/export.ts'
import { noteRefusal } from './audit/note-refusal.ts'
import { type Problem, Refusal, type RefusalCode, refuseInput } from './core/refusal.ts'
import type { Gate } from './graphql/gate.ts'
import { addressOf, headerOf, operationFor } from './graphql/operation-request.ts'
import { sendAway } from './graphql/send-away.ts'
import type { OperationParts } from './operation.ts'
import type { TrustedProxies } from './trusted-proxies.ts'

export interface AuditExportParts {
  readonly operation: OperationParts
  readonly gate: Gate
  readonly log: Logger
  readonly proxies: TrustedProxies
}

export interface AuditExport {
  /** Null: the path is none of an export. */
  formatOf(path: string): ExportFormat | null
  handle(
    format: ExportFormat,
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
  ): Promise<void>
}

/** At a time in this process: each keeps a page in memory, and the database reading. */
const mostAtOnce = 4
/** Whoever takes nothing for so long is cut off. */
const stalledMs = 60_000

const types: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
}
const statuses: Readonly<Partial<Record<RefusalCode, number>>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
}

export function createAuditExport(parts: AuditExportParts): AuditExport {
  const admission = createAdmission(mostAtOnce)

  async function begin(
    format: ExportFormat,
    request: IncomingMessage,
    requestId: string,
  ): Promise<AsyncGenerator<string>> {
    const authorization = headerOf(request, 'authorization')
    const { actor, address, failure } = await parts.gate.admit(
      authorization,
      addressOf(request, parts.proxies),
    )
    if (failure !== null) throw failure
    const op = operationFor(parts.operation, actor, { address, requestId })
    try {
      return await exportAuditEntries(op, filterOf(request), format)
    } catch (error) {
      await noteRefusal(op, error, 'exportAudit')
      throw error
    }
  }

  return {
    formatOf: (path) => exportFormats.find((format) => path === `/export/audit.${format}`) ?? null,

    async handle(format, request, response, requestId) {
      if (request.method !== 'GET') return say(response, 405, 'Only GET.')
      const leave = admission.enter()
      if (leave === null) return sendAway(request, response)
      try {
        const pieces = await begin(format, request, requestId)
        response.writeHead(200, {
          'content-type': types[format],
          'content-disposition': `attachment; filename="audit.${format}"`,
          'cache-control': 'no-store',
        })
        response.setTimeout(stalledMs, () => response.destroy())
        // Cut off, not ended, when something goes wrong: half a file must not look whole.
        await pipeline(Readable.from(pieces, { highWaterMark: 1 }), response)
      } catch (error) {
        if (error instanceof Refusal) return sayRefusal(response, error)
        if (!response.headersSent) throw error
        if (!response.destroyed) response.destroy()
        parts.log.info({ err: error, requestId }, 'an export of the audit trail was cut off')
      } finally {
        leave()
      }
    },
  }
}

function sayRefusal(response: ServerResponse, { code, message, retryAfterSeconds }: Refusal): void {
  if (code === 'UNAUTHENTICATED') response.setHeader('www-authenticate', 'Bearer')
  if (retryAfterSeconds !== null) response.setHeader('retry-after', retryAfterSeconds)
  say(response, statuses[code] ?? 400, message)
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
  response.end(`${text}\n`)
}

const names = [
  'entityId',
  'actorId',
  'action',
  'since',
  'until',
  'text',
] as const satisfies readonly (keyof AuditFilter)[]
type Name = (typeof names)[number]

/** As `auditEntries` names them. @throws Refusal BAD_USER_INPUT for another name, a time that is none */
function filterOf(request: IncomingMessage): AuditFilter {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const problems: Problem[] = []
  const given: Partial<Record<Name, string>> = {}
  for (const [name, value] of searchParams) {
    const known = names.find((each) => each === name)
    const problem = (code: string, message: string) => void problems.push({ path: name, code, message })
    if (known === undefined) problem('UNKNOWN_FILTER', `One of ${names.join(', ')}.`)
    else if (/^(since|until)$/.test(known) && Number.isNaN(Date.parse(value))) {
      problem('TIME_MALFORMED', 'Must be an instant, as 2026-03-01T10:15:00Z.')
    } else given[known] = value
  }
  const [first, ...rest] = problems
  if (first) throw refuseInput([first, ...rest])
  const { since, until, ...others } = given
  return { ...others, ...(since && { since: new Date(since) }), ...(until && { until: new Date(until) }) }
}
