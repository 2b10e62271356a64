/** A large answer as one plain value: fetched when its key changes, not watched field by field as `createQuery` does. */
import type { AnyVariables, CombinedError, TypedDocumentNode } from '@urql/core'
import { createEffect, createSignal, on, onCleanup } from 'solid-js'
import { onChange } from '../../changes.ts'
import { client } from '../../client.ts'
import type { LiveQuery } from '../../query.ts'

interface SnapshotOptions<Variables> {
  /** Null: nothing to ask yet. */
  readonly variables: () => Variables | null
  /** What the answer depends on besides its variables: it is fetched again when this differs. */
  readonly key: () => string
}

/**
 * For answers of 10,000 rules or a megabyte of text, which change only with a revision: a store would make a
 * signal of every field. The last answer stays until the next one is there.
 */
export function createSnapshot<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  options: SnapshotOptions<Variables>,
): LiveQuery<Data> {
  const [data, setData] = createSignal<Data>()
  const [error, setError] = createSignal<CombinedError>()
  const [isFetching, setFetching] = createSignal(true)
  let newest = 0

  const refetch = async (): Promise<void> => {
    const variables = options.variables()
    if (variables === null) return
    newest += 1
    const mine = newest
    setFetching(true)
    const result = await client.query(document, variables).toPromise()
    if (mine !== newest) return
    setFetching(false)
    setError(result.error)
    if (result.data !== undefined && result.error === undefined) setData(() => result.data)
  }

  createEffect(
    on(
      () => `${JSON.stringify(options.variables())} ${options.key()}`,
      () => void refetch(),
    ),
  )
  onCleanup(
    onChange((change) => {
      if (change === 'everything') void refetch()
    }),
  )
  onCleanup(() => {
    newest += 1
  })
  return { data, error, isFetching, refetch }
}
