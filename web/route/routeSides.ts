/** The two documents that the page of routes asks: their rules, whether they can be asked, and where rules are shown. */
import { checkDocument } from '#core/rules'
import { createFetched, type Fetched } from '../config/fetched.ts'
import { fetchDocument, type Side } from '../config/sides.ts'
import { paths } from '../paths.ts'
import type { LiveQuery } from '../query.ts'
import { turn } from '../turns.ts'
import { answerable } from './answerable.ts'
import type { RuleTarget } from './ruleLinks.tsx'
import type { TrySide } from './TryOne.tsx'

export interface RouteSide {
  readonly label: string
  /** Null: nothing is compared with. */
  readonly side: TrySide | null
}

/** @param key differs whenever the side's rules may */
export function createRouteSide(
  configId: () => string,
  side: () => Side,
  key: () => string,
): LiveQuery<RouteSide> {
  return createFetched(
    () => `${configId()} ${key()}`,
    () => fetchSide(configId(), side()),
  )
}

async function fetchSide(configId: string, side: Side): Promise<Fetched<RouteSide>> {
  const { data, error } = await fetchDocument(configId, side)
  if (data === undefined) return { error }
  const { label, document } = data
  if (document === null) return { data: { label, side: null } }
  await turn()
  // A version was approved: only the working copy may have problems.
  const known = answerable(document, side === 'working' ? checkDocument(document) : [])
  return {
    data: { label, side: { document, answerable: known, links: { href: hrefOf(configId, side) } } },
  }
}

/** The working copy's rules stand in the editor; a version's are read where nothing is compared with it. */
function hrefOf(configId: string, side: Side): (target: RuleTarget) => string {
  if (side !== 'working') return () => paths.compare(configId, 'none', side)
  return (target) =>
    target.kind === 'rule' ? paths.configRule(configId, target.row) : paths.config(configId)
}
