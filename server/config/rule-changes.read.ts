/** Which rules differ between two states of a config, page by page: the browser needn't have both documents. */
import type { ConfigDocument } from '../core/config-document.ts'
import { diffRules, type RuleChange, RuleChangeKind } from '../core/diff.ts'
import { type Problem, Refusal, refuseInput } from '../core/refusal.ts'
import type { Operation } from '../operation.ts'
import { pageRequest } from '../paging.ts'
import { readVersion } from './config.read.ts'
import { readDocument, readVersionDocument } from './document.read.ts'

export interface RuleChangesRequest {
  /** Id of a version of the config; `working`: the working copy; `none`: nothing. */
  readonly from: string
  readonly to: string
  readonly offset: number
  readonly first: number
}

export interface RuleChangesPage {
  readonly removedCount: number
  readonly addedCount: number
  readonly changedCount: number
  readonly movedCount: number
  readonly changes: readonly RuleChange[]
}

/** @throws Refusal NOT_FOUND for a version that the config doesn't have, BAD_USER_INPUT for a page that can't be */
export async function readRuleChanges(
  op: Operation,
  configId: string,
  { from, to, offset, first }: RuleChangesRequest,
): Promise<RuleChangesPage> {
  pageRequest(first, null, 1)
  const problem = (path: string, message: string): Problem => ({ path, code: 'OUT_OF_RANGE', message })
  if (offset < 0) throw refuseInput([problem('offset', 'must not be below 0.')])
  if (to === 'none') throw refuseInput([problem('to', 'must be a version or the working copy.')])
  const [before, after] = await Promise.all([documentOf(op, configId, from), documentOf(op, configId, to)])
  const changes = after === null ? [] : changesBetween(before, after)
  const count = (kind: RuleChangeKind) => changes.filter((change) => change.kind === kind).length
  return {
    removedCount: count(RuleChangeKind.REMOVED),
    addedCount: count(RuleChangeKind.ADDED),
    changedCount: count(RuleChangeKind.CHANGED),
    movedCount: count(RuleChangeKind.MOVED),
    changes: changes.slice(offset, offset + first),
  }
}

async function documentOf(op: Operation, configId: string, side: string): Promise<ConfigDocument | null> {
  if (side === 'none') return null
  if (side === 'working') return readDocument(op, configId)
  const version = await readVersion(op, side)
  if (version.configId !== configId) throw new Refusal('NOT_FOUND', 'The config has no such version.')
  return readVersionDocument(op, side)
}

/** Stands for a document that isn't there. */
const nothing = {}
const known = new WeakMap<ConfigDocument, WeakMap<object, readonly RuleChange[]>>()

/** Worked out once for all pages, for as long as both documents are kept (kept-documents.ts). */
function changesBetween(before: ConfigDocument | null, after: ConfigDocument): readonly RuleChange[] {
  const ofAfter = known.get(after) ?? new WeakMap<object, readonly RuleChange[]>()
  known.set(after, ofAfter)
  const changes = ofAfter.get(before ?? nothing) ?? diffRules(before, after)
  ofAfter.set(before ?? nothing, changes)
  return changes
}
