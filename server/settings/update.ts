/** Changes what belongs to the instance as a whole. */
import { parseRange } from '../core/cidr.ts'
import { limits } from '../core/config-document.ts'
import { type Problem, refuseInput } from '../core/refusal.ts'
import type { ApprovalPolicy, DriftPolicy } from '../core/vocabulary.ts'
import { settings } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import { readSettings, type SettingsRow } from './settings.read.ts'

export interface UpdateSettingsInput {
  readonly approvalPolicy?: ApprovalPolicy | undefined
  /** Addresses or ranges that proxies may connect to although they are denied by default. */
  readonly outboundExceptions?: readonly string[] | undefined
  readonly driftPolicy?: DriftPolicy | undefined
  readonly ephemeralSilenceMinutes?: number | undefined
}

/** Shorter than a restart of the server or of a host would retire what comes back. */
const silenceMinutes = { min: 5, max: 30 * 24 * 60 } as const

/** What is left out stays. @throws Refusal FORBIDDEN, BAD_USER_INPUT (a malformed or repeated range, a silence out of bounds) */
export async function updateSettings(op: Operation, input: UpdateSettingsInput): Promise<SettingsRow> {
  permit(op, 'settings.update')
  const before = await readSettings(op.read)
  const outboundExceptions = input.outboundExceptions
    ? canonicalRanges(input.outboundExceptions)
    : before.outboundExceptions
  const { min, max } = silenceMinutes
  const ephemeralSilenceMinutes = input.ephemeralSilenceMinutes ?? before.ephemeralSilenceMinutes
  if (ephemeralSilenceMinutes < min || ephemeralSilenceMinutes > max) {
    const message = `From ${min} to ${max} minutes.`
    throw refuseInput([{ path: 'ephemeralSilenceMinutes', code: 'OUT_OF_RANGE', message }])
  }
  const fields = {
    approvalPolicy: input.approvalPolicy ?? before.approvalPolicy,
    outboundExceptions,
    driftPolicy: input.driftPolicy ?? before.driftPolicy,
    ephemeralSilenceMinutes,
  }
  return op.change(async (tx) => {
    const [after] = await tx.update(settings).set(fields).returning()
    if (!after) throw new Error('the settings row is missing')
    const { id: _id, instanceId: _instanceId, ...old } = before
    return {
      result: after,
      audit: [
        {
          action: 'settings.update',
          entity: { kind: 'settings', id: after.instanceId, name: 'settings' },
          old,
          new: fields,
        },
      ],
    }
  })
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
