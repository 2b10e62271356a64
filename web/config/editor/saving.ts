/** Sends a draft to the server as one revision: only what differs, and a long list as operations where that is less. */
import type { CombinedError } from '@urql/core'
import { limits, type Rule } from '#core/config-document'
import { client } from '../../client.ts'
import { graphql } from '../../graphql.ts'
import { type DocumentInput, toInput, toRuleInput, updateConfigDocument } from '../document.ts'
import type { Loaded } from './draft.ts'
import { type DraftContent, isSameList, isSameRule, isSameSet, isShallowSame } from './edits.ts'

export type Saved =
  | { readonly kind: 'saved'; readonly revision: number }
  | { readonly kind: 'refused'; readonly error: CombinedError }
  | { readonly kind: 'too-big'; readonly bytes: number }

const editRulesDocument = graphql(`
  mutation EditRules($input: EditRulesInput!) { editRules(input: $input) { config { id revision } } }
`)
/** Beyond so many operations a whole list is quicker for the server than looking up each rule. */
const operationsLimit = 500
/** Room in a body for the query around the variables. */
const bodyMarginBytes = 4_096

/** Saves `typed` on top of `base`. Nothing is sent when the list of rules can't fit into one request. */
export async function saveDraft(id: string, base: Loaded, typed: DraftContent): Promise<Saved> {
  const fields = changedFields(base.content, typed)
  const hasOnlyRules = Object.keys(fields).join() === 'rules'
  const operations = hasOnlyRules
    ? ruleOperations(base.content.document.rules, typed.document.rules)
    : undefined
  const input = { id, revision: base.revision }
  const variables = operations ? { input: { ...input, operations } } : { input: { ...input, ...fields } }
  const bytes = new TextEncoder().encode(JSON.stringify(variables)).length
  if (bytes > limits.bodyBytes - bodyMarginBytes) return { kind: 'too-big', bytes }
  if (operations) {
    const answer = await client
      .mutation(editRulesDocument, { input: { ...input, operations: [...operations] } })
      .toPromise()
    return outcome(answer.data?.editRules.config.revision, answer.error)
  }
  const answer = await client.mutation(updateConfigDocument, { input: { ...input, ...fields } }).toPromise()
  return outcome(answer.data?.updateConfig.config.revision, answer.error)
}

function outcome(revision: number | undefined, error: CombinedError | undefined): Saved {
  if (revision !== undefined) return { kind: 'saved', revision }
  if (error) return { kind: 'refused', error }
  throw new Error('An answer has data or an error')
}

type ChangedFields = Partial<DocumentInput> & {
  name?: string
  description?: string
  proxyIds?: string[]
}

/** The fields of the input that differ; the others stay as they are on the server. */
export function changedFields(before: DraftContent, after: DraftContent): ChangedFields {
  const [old, next] = [before.document, after.document]
  const input = toInput(next)
  return {
    ...(after.name.trim() !== before.name && { name: after.name.trim() }),
    ...(after.description !== before.description && { description: after.description }),
    ...(next.defaultAction !== old.defaultAction && { defaultAction: input.defaultAction }),
    ...(!isSameList(old.rules, next.rules, isSameRule) && { rules: input.rules }),
    ...(!isSameList(old.parentProxies, next.parentProxies, isShallowSame) && {
      parentProxies: input.parentProxies,
    }),
    ...(!isSameList(old.clientRules, next.clientRules, isShallowSame) && { clientRules: input.clientRules }),
    ...(!isSameList(old.routeTests, next.routeTests, isShallowSame) && { routeTests: input.routeTests }),
    ...(!isShallowSame(old.failover, next.failover) && { failover: input.failover }),
    ...(!isSameSet(before.proxyIds, after.proxyIds) && { proxyIds: [...after.proxyIds] }),
  }
}

type RuleInput = ReturnType<typeof toRuleInput>
type RuleOperation =
  | { readonly remove: { readonly id: string } }
  | { readonly update: { readonly id: string; readonly rule: RuleInput } }
  | { readonly move: { readonly id: string; readonly to: number } }
  | { readonly add: { readonly rule: RuleInput; readonly at: number } }

/**
 * The operations that make `after` of `before`; undefined when a whole list is the better way. Removals come first,
 * then every place from the top gets its rule, so that positions mean what the server takes them for.
 */
export function ruleOperations(
  before: readonly Rule[],
  after: readonly Rule[],
): readonly RuleOperation[] | undefined {
  const kept = new Set(after.map(({ id }) => id))
  const known = new Map(before.map((rule) => [rule.id, rule]))
  const operations: RuleOperation[] = before.flatMap(({ id }) => (kept.has(id) ? [] : [{ remove: { id } }]))
  if (operations.length > operationsLimit) return undefined
  const list = before.flatMap(({ id }) => (kept.has(id) ? [id] : []))
  for (const [place, rule] of after.entries()) {
    if (operations.length > operationsLimit) return undefined
    const old = known.get(rule.id)
    if (old === undefined) {
      operations.push({ add: { rule: toRuleInput(rule), at: place } })
      list.splice(place, 0, rule.id)
      continue
    }
    if (!isSameRule(old, rule)) operations.push({ update: { id: rule.id, rule: toRuleInput(rule) } })
    if (list[place] === rule.id) continue
    // A rule that only went further down is moved itself, rather than everything that it passed.
    const passed = list[place]
    const target = Math.min(
      after.findIndex(({ id }) => id === passed),
      list.length - 1,
    )
    if (passed !== undefined && list[place + 1] === rule.id && target > place) {
      list.splice(place, 1)
      list.splice(target, 0, passed)
      operations.push({ move: { id: passed, to: target } })
      continue
    }
    list.splice(list.indexOf(rule.id), 1)
    list.splice(place, 0, rule.id)
    operations.push({ move: { id: rule.id, to: place } })
  }
  return operations
}
