/** The audit trail as a list that grows at its end when asked, and tells what is new at its top without jumping. */
import { createEffect, createMemo, createSignal, on } from 'solid-js'
import { unwrap } from 'solid-js/store'
import { client } from '../client.ts'
import { graphql, type ResultOf, type VariablesOf } from '../graphql.ts'
import { lineOf } from '../messages.ts'
import { createQuery } from '../query.ts'
import { toast } from '../ui/toast.tsx'

export const auditDocument = graphql(`
  query Audit(
    $first: Int!, $after: String, $entityId: ID, $actorId: ID, $action: String, $since: DateTime, $until: DateTime,
    $text: String
  ) {
    auditEntries(
      first: $first, after: $after, entityId: $entityId, actorId: $actorId, action: $action,
      since: $since, until: $until, text: $text
    ) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node {
        id at action actor { kind id name } entityKind entityId entityName oldValue newValue address channel requestId
      } }
    }
  }
`)
type Page = ResultOf<typeof auditDocument>['auditEntries']
export type Entry = Page['edges'][number]['node']
/** Times are ISO instants; what is left out does not narrow. */
export type AuditFilter = Readonly<Omit<VariablesOf<typeof auditDocument>, 'first' | 'after'>>

/** The API's largest page. */
const pageSize = 100

interface Shown {
  readonly entries: readonly Entry[]
  readonly cursor: string | null
  readonly hasOlder: boolean
}

/** Of one narrowing; another one is another feed. */
export function createFeed(filter: AuditFilter) {
  const head = createQuery(auditDocument, {
    variables: () => ({ ...filter, first: pageSize, after: null }),
    subjects: ['CONFIG', 'PROXY', 'USER', 'SESSION', 'API_TOKEN', 'ENROLMENT_TOKEN', 'SETTINGS', 'AUDIT'],
  })
  const [shown, setShown] = createSignal<Shown>()
  const [isLoadingOlder, setLoadingOlder] = createSignal(false)

  const newest = createMemo(() => {
    const page = head.data()?.auditEntries
    return page ? entriesOf(page) : []
  })
  /** Those at the top that are not shown yet; a whole page of them may mean more. */
  const fresh = createMemo(() => {
    const before = shown()
    if (before === undefined) return []
    const first = before.entries[0]?.id
    const known = newest().findIndex(({ id }) => id === first)
    return known < 0 ? newest() : newest().slice(0, known)
  })
  const startOver = () => {
    const page = head.data()?.auditEntries
    if (!page) return
    const { endCursor, hasNextPage } = page.pageInfo
    setShown({ entries: entriesOf(page), cursor: endCursor, hasOlder: hasNextPage })
  }
  // The first answer is what is shown; later answers only tell how many more there are.
  createEffect(
    on(
      () => head.data() !== undefined,
      (isAnswered) => isAnswered && startOver(),
    ),
  )

  return {
    head,
    /** Undefined until the first answer. */
    entries: () => shown()?.entries,
    totalCount: () => head.data()?.auditEntries.totalCount ?? 0,
    freshCount: () => fresh().length,
    isFreshFull: () => fresh().length >= pageSize,
    reveal: () => {
      const before = shown()
      const come = fresh()
      if (before === undefined || come.length >= pageSize) return startOver()
      setShown({ ...before, entries: [...come, ...before.entries] })
    },
    hasOlder: () => shown()?.hasOlder ?? false,
    isLoadingOlder,
    loadOlder: async () => {
      const before = shown()
      if (before === undefined || !before.hasOlder || isLoadingOlder()) return
      setLoadingOlder(true)
      const variables = { ...filter, first: pageSize, after: before.cursor }
      const { data, error } = await client.query(auditDocument, variables).toPromise()
      setLoadingOlder(false)
      if (error) return void toast('bad', lineOf(error))
      if (!data) return
      const { endCursor, hasNextPage } = data.auditEntries.pageInfo
      setShown((now) => ({
        entries: [...(now?.entries ?? []), ...entriesOf(data.auditEntries)],
        cursor: endCursor,
        hasOlder: hasNextPage,
      }))
    },
  }
}
export type Feed = ReturnType<typeof createFeed>

/** Plain copies: an entry never changes, but the query's store reuses its places for others. */
function entriesOf(page: Page): readonly Entry[] {
  return page.edges.map(({ node }) => ({ ...unwrap(node) }))
}
