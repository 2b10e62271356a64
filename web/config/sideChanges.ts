/** What differs between two sides: settings as a whole, rules counted and page by page, compared by the server. */

import type { ConfigDocument } from '#core/config-document'
import {
  changedFields,
  type DocumentChange,
  diffDocuments,
  type RuleChange,
  RuleChangeKind,
} from '#core/diff'
import { client } from '../client.ts'
import type { RuleCounts } from '../diff/groups.ts'
import { rulesPerPage } from '../diff/rulePages.ts'
import { type FragmentOf, graphql, type VariablesOf } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { ruleFields, settingsFields, toRule, toSettings, versionSettingsFields } from './document.ts'
import { createFetched, type Fetched } from './fetched.ts'
import type { Side } from './sides.ts'

const ruleChangeFields = graphql(
  `fragment RuleChangeFields on RuleChange @_unmask {
    kind row fromRow before { ...RuleFields } after { ...RuleFields }
  }`,
  [ruleFields],
)
const sideChangesDocument = graphql(
  `
  query SideChanges(
    $id: ID!, $from: ID!, $to: ID!, $first: Int!, $isFromVersion: Boolean!, $isToVersion: Boolean!
  ) {
    config(id: $id) {
      id revision ...SettingsFields
      ruleChanges(from: $from, to: $to, first: $first) {
        removedCount addedCount changedCount movedCount changes { ...RuleChangeFields }
      }
    }
    before: configVersion(id: $from) @include(if: $isFromVersion) { id number ...VersionSettingsFields }
    after: configVersion(id: $to) @include(if: $isToVersion) { id number ...VersionSettingsFields }
  }
`,
  [settingsFields, versionSettingsFields, ruleChangeFields],
)
const ruleChangesDocument = graphql(
  `
  query RuleChanges($id: ID!, $from: ID!, $to: ID!, $offset: Int!, $first: Int!) {
    config(id: $id) {
      id ruleChanges(from: $from, to: $to, offset: $offset, first: $first) { changes { ...RuleChangeFields } }
    }
  }
`,
  [ruleChangeFields],
)

export interface SideChanges {
  readonly beforeLabel: string
  readonly afterLabel: string
  /** There was nothing before. */
  readonly isContent: boolean
  /** What the later side holds, without its rules. */
  readonly after: ConfigDocument
  /** Of all but the rules. */
  readonly settings: readonly DocumentChange[]
  readonly counts: RuleCounts
  /** The first page of the changes of rules. */
  readonly firstRules: readonly RuleChange[]
  /** Another page; undefined: it could not be had. */
  readonly fetchRules: (offset: number) => Promise<readonly RuleChange[] | undefined>
}

/**
 * The changes, fetched anew when a side is another one.
 * @param from null: not known yet
 * @param keyOf what has to differ for a side to be asked for again; by default the side itself
 */
export function createSideChanges(
  configId: () => string,
  from: () => Side | null,
  to: () => Side | null,
  keyOf: (side: Side) => string = (side) => side,
) {
  return createFetched(
    () => {
      const [before, after] = [from(), to()]
      return before === null || after === null ? null : `${keyOf(before)} ${keyOf(after)}`
    },
    () => fetchChanges(configId(), from() ?? 'none', to() ?? 'working'),
  )
}

async function fetchChanges(id: string, from: Side, to: Side): Promise<Fetched<SideChanges>> {
  const { data, error } = await client
    .query(sideChangesDocument, {
      id,
      from,
      to,
      first: rulesPerPage,
      isFromVersion: isVersion(from),
      isToVersion: isVersion(to),
    })
    .toPromise()
  if (!data) return { error }
  const { config, before, after } = data
  const { changes, removedCount, addedCount, changedCount, movedCount } = config.ruleChanges
  const workingLabel = t('compare.working', { revision: config.revision })
  const labelOf = (version: typeof before) =>
    version ? t('config.versionNumber', { number: version.number }) : workingLabel
  const settingsAfter = toSettings(after ?? config)
  return {
    data: {
      beforeLabel: from === 'none' ? t('compare.nothing') : labelOf(before),
      afterLabel: labelOf(after),
      isContent: from === 'none',
      after: settingsAfter,
      settings: diffDocuments(from === 'none' ? null : toSettings(before ?? config), settingsAfter),
      counts: { removed: removedCount, added: addedCount, changed: changedCount, moved: movedCount },
      firstRules: changes.map(toChange),
      fetchRules: (offset) => fetchRules({ id, from, to, offset, first: rulesPerPage }),
    },
  }
}

async function fetchRules(
  page: VariablesOf<typeof ruleChangesDocument>,
): Promise<readonly RuleChange[] | undefined> {
  const { data } = await client.query(ruleChangesDocument, page).toPromise()
  return data?.config.ruleChanges.changes.map(toChange)
}

function isVersion(side: Side): boolean {
  return side !== 'none' && side !== 'working'
}

function toChange({ kind, row, fromRow, before, after }: FragmentOf<typeof ruleChangeFields>): RuleChange {
  const [old, fresh] = [before && toRule(before), after && toRule(after)]
  if (kind === 'REMOVED' && old) return { kind: RuleChangeKind.REMOVED, rule: old, row }
  if (kind === 'ADDED' && fresh) return { kind: RuleChangeKind.ADDED, rule: fresh, row }
  if (kind === 'MOVED' && fresh) {
    return { kind: RuleChangeKind.MOVED, rule: fresh, fromRow: fromRow ?? 0, toRow: row }
  }
  if (!old || !fresh) throw new Error(`a change of row ${row} names no rule`)
  return { kind: RuleChangeKind.CHANGED, before: old, after: fresh, fields: changedFields(old, fresh), row }
}
