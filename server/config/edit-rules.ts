/** Edits a long rule list by operations, so that one change does not send 100,000 rules. */
import { canonicalDocument, type Rule } from '../core/config-document.ts'
import { type Problem, refuseInput } from '../core/refusal.ts'
import type { Operation } from '../operation.ts'
import type { ConfigRow } from './config.read.ts'
import { readDocument } from './document.read.ts'
import { type RuleFields, requireStorable, ruleFrom } from './input.ts'
import { saveEdit } from './save-edit.ts'
import { requireStep, withIds } from './working-copy.ts'

/** Exactly one of the four; positions are 0-based and refer to the list as the operations before left it. */
export interface RuleOperation {
  readonly add?: { readonly rule: RuleFields; readonly at?: number | null | undefined } | undefined
  readonly update?: { readonly id: string; readonly rule: RuleFields } | undefined
  readonly remove?: { readonly id: string } | undefined
  readonly move?: { readonly id: string; readonly to: number } | undefined
}

export interface EditRulesInput {
  readonly id: string
  readonly revision: number
  readonly operations: readonly RuleOperation[]
}

/** Operations in one call; a larger edit is sent as a whole list, or in several calls. */
const operationsLimit = 10_000

/** All operations or none. @throws Refusal FORBIDDEN, NOT_FOUND, CONFLICT, BAD_USER_INPUT */
export async function editRules(op: Operation, input: EditRulesInput): Promise<ConfigRow> {
  const step = await requireStep(op, 'update', input)
  const before = await readDocument(op, step.config.id)
  if (input.operations.length > operationsLimit) {
    throw refuseInput([
      problem('operations', 'TOO_MANY', `At most ${operationsLimit} operations in one call.`),
    ])
  }
  const rules = [...before.rules]
  for (const [index, operation] of input.operations.entries()) {
    applyOperation(rules, operation, `operations.${index}`)
  }
  const after = canonicalDocument({ ...before, rules })
  requireStorable(after)
  return saveEdit(op, step, { document: { before, after } })
}

function applyOperation(rules: Rule[], operation: RuleOperation, path: string): void {
  const given = [operation.add, operation.update, operation.remove, operation.move].filter(Boolean)
  if (given.length !== 1) {
    throw refuseInput([problem(path, 'ONE_OF', 'Give exactly one of add, update, remove and move.')])
  }
  if (operation.add) {
    const at = operation.add.at ?? rules.length
    requirePosition(at, rules.length, `${path}.add.at`)
    rules.splice(at, 0, ...withIds([ruleFrom(operation.add.rule)]))
  }
  if (operation.update) {
    const index = indexOf(rules, operation.update.id, `${path}.update.id`)
    rules[index] = { ...ruleFrom(operation.update.rule), id: operation.update.id }
  }
  if (operation.remove) rules.splice(indexOf(rules, operation.remove.id, `${path}.remove.id`), 1)
  if (operation.move) {
    const from = indexOf(rules, operation.move.id, `${path}.move.id`)
    requirePosition(operation.move.to, rules.length - 1, `${path}.move.to`)
    rules.splice(operation.move.to, 0, ...rules.splice(from, 1))
  }
}

function indexOf(rules: readonly Rule[], id: string, path: string): number {
  const index = rules.findIndex((rule) => rule.id === id)
  if (index < 0) throw refuseInput([problem(path, 'NO_SUCH_RULE', 'No rule of this config has this id.')])
  return index
}

function requirePosition(position: number, last: number, path: string): void {
  if (Number.isInteger(position) && position >= 0 && position <= last) return
  throw refuseInput([problem(path, 'OUT_OF_RANGE', `Positions go from 0 to ${last} here.`)])
}

function problem(path: string, code: string, message: string): Problem {
  return { path, code, message }
}
