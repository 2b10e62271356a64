/** Takes captured lines from an agent. */
import {
  inertText,
  type LogFields,
  type LogGap,
  type LogLine,
  type LogSource,
  logLimits,
} from '../core/log-line.ts'
import { type Problem, refuseInput } from '../core/refusal.ts'
import { storable } from '../core/stored-text.ts'
import type { KnownLogEnd, ObservedCost } from '../database/observe-logs.ts'
import type { Operation } from '../operation.ts'
import { requireOwnProxy } from '../sync/own-proxy.ts'
import type { LiveLines } from './live-lines.ts'

export type { KnownLogEnd }

type Nullish<T> = { readonly [K in keyof T]?: T[K] | null | undefined }

export interface LogLineInput extends Nullish<LogFields> {
  readonly epoch: number
  readonly offset: number
  readonly source: LogSource
  readonly at?: Date | null | undefined
  readonly text: string
  readonly gap?: LogGap | null | undefined
  readonly lost?: number | null | undefined
}

export interface ReportLogLinesInput extends Pick<ObservedCost, 'linesPerSecond' | 'bytesPerSecond'> {
  readonly lines: readonly LogLineInput[]
  readonly atsCpuPercent?: number | null | undefined
  readonly problem?: string | null | undefined
}

export interface ReportLogLinesParts {
  readonly memory: Parameters<typeof requireOwnProxy>[1]
  readonly live: LiveLines
}

/** An agent marks its cut, so a line may be a little longer than the limit. */
const longestText = logLimits.lineLength + 100
const longestField = 2_000
const longestProblem = 1_000

/**
 * Telling lines again is welcome: each is kept once. Also after a capture's end: its last lines come then. Text that an
 * agent didn't make inert is made so here.
 *
 * How far the proxy's log is known from now on.
 * @throws Refusal UNAUTHENTICATED (retired), BAD_USER_INPUT
 */
export async function reportLogLines(
  op: Operation,
  { memory, live }: ReportLogLinesParts,
  input: ReportLogLinesInput,
): Promise<readonly KnownLogEnd[]> {
  const { proxyId } = await requireOwnProxy(op, memory)
  const [problem, ...problems] = problemsOf(input)
  if (problem) throw refuseInput([problem, ...problems])
  const { linesPerSecond, bytesPerSecond } = input
  const known = await op.observe.logLines(proxyId, input.lines.map(lineOf), {
    linesPerSecond,
    bytesPerSecond,
    atsCpuPercent: input.atsCpuPercent ?? null,
    problem: field(input.problem, longestProblem),
  })
  if (input.lines.length > 0) live.poke(proxyId)
  return known
}

function lineOf(line: LogLineInput): LogLine {
  return {
    epoch: line.epoch,
    offset: line.offset,
    source: line.source,
    at: line.at ?? null,
    text: storable(inertText(line.text).slice(0, 4 * longestText)),
    transaction: field(line.transaction),
    client: field(line.client),
    method: field(line.method),
    url: field(line.url, longestText),
    host: field(line.host),
    ruleLine: line.ruleLine ?? null,
    parent: field(line.parent),
    status: line.status ?? null,
    durationMs: line.durationMs ?? null,
    gap: line.gap ?? null,
    lost: line.lost ?? null,
  }
}

function field(text: string | null | undefined, longest = longestField): string | null {
  return text == null ? null : storable(inertText(text).slice(0, longest))
}

function problemsOf({ lines, ...cost }: ReportLogLinesInput): readonly Problem[] {
  if (lines.length > logLimits.linesPerReport) {
    return [{ path: 'lines', code: 'TOO_MANY', message: `At most ${logLimits.linesPerReport} lines.` }]
  }
  const isCost = [cost.linesPerSecond, cost.bytesPerSecond, cost.atsCpuPercent ?? 0].every(
    (each) => each >= 0 && each < 1e12,
  )
  const costs: Problem[] = isCost
    ? []
    : [{ path: 'linesPerSecond', code: 'OUT_OF_RANGE', message: 'What it costs can’t be negative.' }]
  return [
    ...costs,
    ...lines.flatMap(({ epoch, offset, text, status, durationMs, ruleLine, lost }, index): Problem[] => {
      const path = `lines.${index}`
      if (text.length > longestText) {
        return [{ path: `${path}.text`, code: 'TOO_LONG', message: `At most ${longestText} characters.` }]
      }
      const isPlace = [epoch, offset].every((each) => Number.isSafeInteger(each) && each >= 0)
      const isSmall = [status, durationMs, ruleLine, lost].every(
        (each) => each == null || Number.isInteger(each),
      )
      const isStatus = status == null || (status >= 0 && status < 1_000)
      if (isPlace && isSmall && isStatus) return []
      return [
        {
          path,
          code: 'LINE_MALFORMED',
          message: 'Epoch and offset are whole numbers from 0, a status has three digits.',
        },
      ]
    }),
  ]
}
