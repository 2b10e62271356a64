/** Starts capturing the logs of some proxies for a while: intent, which their agents carry out. */
import { and, gt, inArray, isNull, sql } from 'drizzle-orm'
import { type LogFilter, logLimits } from '../core/log-line.ts'
import { type Problem, Refusal, refuseInput } from '../core/refusal.ts'
import { isStorable } from '../core/stored-text.ts'
import { logCaptures, proxies } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { isId } from '../paging.ts'
import { permit } from '../permit.ts'
import { readSettings } from '../settings/settings.read.ts'

export interface LogFilterInput {
  readonly text?: string | null | undefined
  readonly isRegex?: boolean | null | undefined
  readonly host?: string | null | undefined
  readonly clientAddress?: string | null | undefined
  readonly errorsOnly?: boolean | null | undefined
  readonly redact?: readonly string[] | null | undefined
}

export interface StartLogCaptureInput {
  /** One proxy, or `proxyIds`. */
  readonly proxyId?: string | null | undefined
  readonly proxyIds?: readonly string[] | null | undefined
  readonly minutes: number
  readonly filter?: LogFilterInput | null | undefined
}

/**
 * The proxies that are captured now. All of them or none.
 * @throws Refusal FORBIDDEN, BAD_USER_INPUT, NOT_FOUND, CONFLICT (retired, or too many captures on one)
 */
export async function startLogCapture(
  op: Operation,
  input: StartLogCaptureInput,
): Promise<readonly string[]> {
  const { id: startedBy } = permit(op, 'log_capture.start')
  const ids = proxyIdsOf(input)
  const filter = filterOf(input.filter ?? {})
  const [problem, ...problems] = problemsOf(input, ids, filter)
  if (problem) throw refuseInput([problem, ...problems])
  const { logLinesPerCapture: mostLines } = await readSettings(op.read)
  const until = new Date(op.now.getTime() + input.minutes * 60_000)
  return op.change(async (tx) => {
    // The rows stay locked: two starts at once see each other.
    const found = await tx
      .update(proxies)
      .set({
        captureLogsUntil: sql`greatest(${proxies.captureLogsUntil}, ${until.toISOString()}::timestamptz)`,
      })
      .where(and(inArray(proxies.id, ids), isNull(proxies.retiredAt)))
      .returning({ id: proxies.id, name: proxies.hostname, until: proxies.captureLogsUntil })
    if (found.length < ids.length) {
      throw new Refusal(
        'NOT_FOUND',
        'Some of these proxies do not exist, or are retired; nothing was started.',
      )
    }
    const open = await tx
      .select({ proxyId: logCaptures.proxyId })
      .from(logCaptures)
      .where(
        and(inArray(logCaptures.proxyId, ids), isNull(logCaptures.stoppedAt), gt(logCaptures.until, op.now)),
      )
    const full = found.find(
      ({ id }) => open.filter(({ proxyId }) => proxyId === id).length >= logLimits.capturesPerProxy,
    )
    if (full) {
      const message = `${full.name} has ${logLimits.capturesPerProxy} captures already; stop them, or wait for one to end.`
      throw new Refusal('CONFLICT', message)
    }
    await tx
      .insert(logCaptures)
      .values(ids.map((proxyId) => ({ proxyId, startedBy, startedAt: op.now, until, filter, mostLines })))
    const [first, ...rest] = found.map(({ id, name }) => ({
      action: 'log_capture.start' as const,
      entity: { kind: 'proxy' as const, id, name },
      new: { until: until.toISOString(), filter, mostLines },
    }))
    if (!first) throw new Error('no proxy, but no problem either')
    return { result: found.map(({ id }) => id), audit: [first, ...rest] }
  })
}

function proxyIdsOf({ proxyId, proxyIds }: StartLogCaptureInput): readonly string[] {
  return [...new Set([...(proxyId ? [proxyId] : []), ...(proxyIds ?? [])])]
}

function filterOf(input: LogFilterInput): LogFilter {
  return {
    text: input.text ?? '',
    isRegex: input.isRegex ?? false,
    host: (input.host ?? '').trim(),
    clientAddress: (input.clientAddress ?? '').trim(),
    errorsOnly: input.errorsOnly ?? false,
    redact: input.redact ?? [],
  }
}

function problemsOf(
  { minutes }: StartLogCaptureInput,
  ids: readonly string[],
  { text, isRegex, host, clientAddress, redact }: LogFilter,
): readonly Problem[] {
  const { captureMinutes, proxiesAtOnce, filterLength, redactedNames } = logLimits
  const problems: Problem[] = []
  const refuse = (path: string, code: string, message: string) => problems.push({ path, code, message })
  if (ids.length === 0 || ids.length > proxiesAtOnce) {
    refuse('proxyIds', 'OUT_OF_RANGE', `Name from 1 to ${proxiesAtOnce} proxies.`)
  }
  if (!ids.every(isId)) throw new Refusal('NOT_FOUND', 'There is no proxy with such an id.')
  if (!(minutes >= captureMinutes.min && minutes <= captureMinutes.max)) {
    refuse('minutes', 'OUT_OF_RANGE', `From ${captureMinutes.min} to ${captureMinutes.max} minutes.`)
  }
  for (const [path, value] of Object.entries({ text, host, clientAddress })) {
    if (value.length > filterLength || !isStorable(value)) {
      refuse(`filter.${path}`, 'TEXT_MALFORMED', `At most ${filterLength} characters of text.`)
    }
  }
  if (isRegex && !isExpression(text)) {
    refuse('filter.text', 'REGEX_MALFORMED', 'Is no regular expression that JavaScript understands.')
  }
  if (redact.length > redactedNames || !redact.every((name) => /^[\w.[\]-]{1,60}$/.test(name))) {
    const message = `At most ${redactedNames} names of query parameters, each of at most 60 letters, digits, “-”, “_”, “.” or brackets.`
    refuse('filter.redact', 'NAME_MALFORMED', message)
  }
  return problems
}

function isExpression(text: string): boolean {
  try {
    new RegExp(text, 'i')
    return true
  } catch {
    return false
  }
}
