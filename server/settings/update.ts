/** Changes what belongs to the instance as a whole. */
import { parseRange } from '../core/cidr.ts'
import { limits } from '../core/config-document.ts'
import { type Problem, refuseInput } from '../core/refusal.ts'
import type { ApprovalPolicy, DriftPolicy } from '../core/vocabulary.ts'
import { settings } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import type { SettingsRow } from './settings.read.ts'

export interface UpdateSettingsInput {
  readonly approvalPolicy?: ApprovalPolicy | undefined
  /** Addresses or ranges that proxies may connect to although they are denied by default. */
  readonly outboundExceptions?: readonly string[] | undefined
  readonly driftPolicy?: DriftPolicy | undefined
  readonly sessionHours?: number | undefined
  readonly confirmApprovals?: boolean | undefined
  readonly ephemeralSilenceMinutes?: number | undefined
  readonly statsSampleHours?: number | undefined
  readonly statsMinuteHours?: number | undefined
  readonly statsHourDays?: number | undefined
  readonly statsDayDays?: number | undefined
  readonly logHours?: number | undefined
  readonly logLinesPerCapture?: number | undefined
}

/** Numbers that may be set, and from where to where. */
const bounds = {
  sessionHours: { min: 1, max: 30 * 24, unit: 'hours' },
  /** Shorter than a restart of the server or of a host would retire what comes back. */
  ephemeralSilenceMinutes: { min: 5, max: 30 * 24 * 60, unit: 'minutes' },
  /** Samples are taken until they are an hour old, and must still be there when they are summed up. */
  statsSampleHours: { min: 2, max: 48, unit: 'hours' },
  statsMinuteHours: { min: 6, max: 14 * 24, unit: 'hours' },
  statsHourDays: { min: 2, max: 400, unit: 'days' },
  statsDayDays: { min: 30, max: 3_650, unit: 'days' },
  logHours: { min: 1, max: 30 * 24, unit: 'hours' },
  logLinesPerCapture: { min: 1_000, max: 5_000_000, unit: 'lines' },
} as const
type BoundedSetting = keyof typeof bounds
const boundedSettings = Object.keys(bounds) as readonly BoundedSetting[]

/** What is left out stays. @throws Refusal FORBIDDEN, BAD_USER_INPUT (a malformed or repeated range, a number out of bounds) */
export async function updateSettings(op: Operation, input: UpdateSettingsInput): Promise<SettingsRow> {
  permit(op, 'settings.update')
  const [problem, ...problems] = boundedSettings.flatMap((name) => problemsOf(name, input[name]))
  if (problem) throw refuseInput([problem, ...problems])
  const ranges = input.outboundExceptions && { outboundExceptions: canonicalRanges(input.outboundExceptions) }
  const given = Object.fromEntries(
    Object.entries({ ...input, ...ranges }).filter(([, value]) => value != null),
  )
  return op.change(async (tx) => {
    // Held from here on: whoever sets something else at the same time must not set this back.
    const [before] = await tx.select().from(settings).for('update')
    if (!before) throw new Error('the settings row is missing')
    const [after] = await tx
      .update(settings)
      .set({ approvalPolicy: before.approvalPolicy, ...given })
      .returning()
    if (!after) throw new Error('the settings row is missing')
    return {
      result: after,
      audit: [
        {
          action: 'settings.update',
          entity: { kind: 'settings', id: after.instanceId, name: 'settings' },
          old: before,
          new: after,
        },
      ],
    }
  })
}

function problemsOf(name: BoundedSetting, value: number | null | undefined): Problem[] {
  const { min, max, unit } = bounds[name]
  if (value == null || (value >= min && value <= max)) return []
  return [{ path: name, code: 'OUT_OF_RANGE', message: `From ${min} to ${max} ${unit}.` }]
}

function canonicalRanges(texts: readonly string[]): string[] {
  const problems: Problem[] = []
  const ranges: string[] = []
  texts.forEach((text, index) => {
    const path = `outboundExceptions.${index}`
    const parsed = parseRange(text)
    if (!parsed.ok) problems.push({ path, code: parsed.code, message: parsed.message })
    else if (ranges.includes(parsed.range.text)) {
      problems.push({ path, code: 'DUPLICATE_RANGE', message: `${parsed.range.text} is listed twice.` })
    } else ranges.push(parsed.range.text)
  })
  if (texts.length > limits.outboundExceptions) {
    const message = `At most ${limits.outboundExceptions} ranges; you sent ${texts.length}.`
    problems.push({ path: 'outboundExceptions', code: 'TOO_MANY', message })
  }
  const [first, ...rest] = problems
  if (first) throw refuseInput([first, ...rest])
  return ranges
}
