/** A line as the page has it, and several proxies' lines as one list by time. */
import type { ResultOf } from '../graphql.ts'
import { graphql } from '../graphql.ts'
import type { Gap } from './words.ts'

export const logLinesDocument = graphql(`
  subscription LogLines($proxyId: ID!, $after: String, $last: Int!) {
    logLines(proxyId: $proxyId, after: $after, last: $last) {
      dropped
      deleted
      hasEarlier
      edges {
        cursor
        node { at storedAt source text transaction client method url host ruleLine parent status durationMs gap lost }
      }
    }
  }
`)
export type Batch = ResultOf<typeof logLinesDocument>['logLines']

export interface ShownProxy {
  readonly id: string
  readonly hostname: string
}

export type ShownLine = Omit<Batch['edges'][number]['node'], 'gap'> & {
  readonly gap: Gap | null
  readonly proxyId: string
  /** Names the line among its proxy's. */
  readonly cursor: string
  /** Names the line on this page, also in its address. */
  readonly key: string
  /** By its host's clock, milliseconds since the epoch; without a time of its own, that of the line before. */
  readonly atMs: number
}

/** Gaps that the page itself has, before the first line of a batch. */
export function gapsBefore(line: ShownLine, { dropped, deleted, hasEarlier }: Batch): readonly ShownLine[] {
  return [
    ...(hasEarlier ? [gapBefore(line, 'EARLIER', null)] : []),
    ...(deleted > 0 ? [gapBefore(line, 'DELETED', deleted)] : []),
    ...(dropped > 0 ? [gapBefore(line, 'SKIPPED', dropped)] : []),
  ]
}

function gapBefore(line: ShownLine, gap: Gap, lost: number | null): ShownLine {
  const nothing = { transaction: null, client: null, method: null, url: null, host: null, ruleLine: null }
  return {
    ...{ ...line, ...nothing, parent: null, status: null, durationMs: null, text: '', source: 'ACCESS' },
    ...{ cursor: `${line.cursor} ${gap}`, key: `${line.key} ${gap}`, gap, lost },
  }
}

/** Says when each line of one proxy was, in their order: one without a time of its own came with the line before. */
export function createTiming(): (line: { readonly at: string | null; readonly storedAt: string }) => number {
  let atMs = 0
  return ({ at, storedAt }) => {
    atMs = at === null ? atMs || Date.parse(storedAt) : Date.parse(at)
    return atMs
  }
}

/**
 * Both lists as one, by time; lines of the same moment stay in their order. What is fresh is mostly newer than all that
 * is known, so only the end of a long list is put in order anew.
 */
export function merged<Line extends { readonly atMs: number }>(
  known: readonly Line[],
  fresh: readonly Line[],
): readonly Line[] {
  const sorted = [...fresh].sort((a, b) => a.atMs - b.atMs)
  const [first] = sorted
  if (first === undefined) return known
  let from = known.length
  while (from > 0 && (known[from - 1]?.atMs ?? 0) > first.atMs) from -= 1
  const end = [...known.slice(from), ...sorted].sort((a, b) => a.atMs - b.atMs)
  return [...known.slice(0, from), ...end]
}
