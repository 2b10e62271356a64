/** Changes what belongs to the instance as a whole: the approval policy, and which denied ranges are open. */
import { parseRange } from '../core/cidr.ts'
import { limits } from '../core/config-document.ts'
import { type Problem, refuseInput } from '../core/refusal.ts'
import type { ApprovalPolicy } from '../core/vocabulary.ts'
import { settings } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import { readSettings, type SettingsRow } from './settings.read.ts'

export interface UpdateSettingsInput {
  readonly approvalPolicy?: ApprovalPolicy | undefined
  /** Addresses or ranges that proxies may connect to although they are denied by default. */
  readonly outboundExceptions?: readonly string[] | undefined
}

/** @throws Refusal BAD_USER_INPUT for a malformed or repeated range */
export async function updateSettings(op: Operation, input: UpdateSettingsInput): Promise<SettingsRow> {
  permit(op, 'settings.update')
  const before = await readSettings(op)
  const outboundExceptions = input.outboundExceptions
    ? canonicalRanges(input.outboundExceptions)
    : before.outboundExceptions
  const approvalPolicy = input.approvalPolicy ?? before.approvalPolicy
  return op.change(async (tx) => {
    const [after] = await tx.update(settings).set({ approvalPolicy, outboundExceptions }).returning()
    if (!after) throw new Error('the settings row is missing')
    const fields = ({ approvalPolicy, outboundExceptions }: SettingsRow) => ({
      approvalPolicy,
      outboundExceptions,
    })
    return {
      result: after,
      audit: [
        {
          action: 'settings.update',
          entity: { kind: 'settings', id: after.instanceId, name: 'settings' },
          old: fields(before),
          new: fields(after),
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
