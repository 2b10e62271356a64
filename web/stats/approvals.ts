/** Approvals in a stretch of time, for the marks on its charts; a fault here costs the marks, not the charts. */
import { graphql } from '../graphql.ts'
import { createQuery } from '../query.ts'
import type { Approval } from './markers.ts'
import type { Range, Span } from './range.ts'

const approvalsDocument = graphql(`
  query Approvals($entityId: ID, $since: DateTime!, $until: DateTime) {
    auditEntries(action: "config.approve", entityId: $entityId, since: $since, until: $until, first: 100) {
      totalCount
      edges { node { id at entityId entityName actor { name } } }
    }
  }
`)

/** The newest of them, at most a page. */
export interface Approvals {
  readonly marked: () => readonly (Approval & { readonly id: string; readonly at: string })[]
  /** Older ones of the same time, for which there was no room. */
  readonly leftOut: () => number
}

/** @param configId null: nobody's; undefined: those of all configs */
export function createApprovals(
  span: () => Span,
  range: () => Range,
  configId: () => string | null | undefined,
): Approvals {
  const query = createQuery(approvalsDocument, {
    variables: () => {
      const entityId = configId()
      if (entityId === null) return null
      const { since, until } = span()
      return {
        entityId: entityId ?? null,
        since: new Date(since).toISOString(),
        // What is approved right now is shown at once, not when the numbers are renewed.
        until: range().kind === 'fixed' ? new Date(until).toISOString() : null,
      }
    },
    subjects: ['CONFIG'],
  })
  const found = () => query.data()?.auditEntries
  return {
    marked: () =>
      found()?.edges.map(({ node }) => ({
        id: node.id,
        at: node.at,
        configId: node.entityId ?? '',
        name: node.entityName,
        by: node.actor.name,
      })) ?? [],
    leftOut: () => (found()?.totalCount ?? 0) - (found()?.edges.length ?? 0),
  }
}
