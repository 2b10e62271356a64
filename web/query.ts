/**
 * A query that a page shows: kept while it is renewed, and looked at again when its subjects change, or when a server that
 * could not work wants to be asked again.
 */
import type { AnyVariables, CombinedError, TypedDocumentNode } from '@urql/core'
import { createEffect, createSignal, on, onCleanup } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import { type ChangeKind, onChange } from './changes.ts'
import { client } from './client.ts'
import { retryAfterOf } from './messages.ts'

interface QueryOptions<Variables> {
  /** Null: nothing to ask yet. */
  readonly variables: () => Variables | null
  /** Kinds whose changes may show in the answer. */
  readonly subjects: readonly ChangeKind[]
  /** Also every so many seconds: for what changes without anybody doing anything, such as freshness. */
  readonly pollSeconds?: number
  /** The answer takes the place of the one before as a whole: for thousands of numbers, which have no ids. */
  readonly isReplaced?: boolean
}

export interface LiveQuery<Data> {
  /** The newest answer; kept, when a renewal fails, next to its error. */
  readonly data: () => Data | undefined
  readonly error: () => CombinedError | undefined
  readonly isFetching: () => boolean
  readonly refetch: () => Promise<void>
}

/** A burst of changes costs one query; a steady stream of them one each second. */
const burstMs = 120
const streamMs = 1_000

export function createQuery<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  options: QueryOptions<Variables>,
): LiveQuery<Data> {
  // A store, reconciled by id: rows that stay the same keep their elements, and so focus and scroll.
  const [answer, setAnswer] = createStore<{ data: Data | undefined }>({ data: undefined })
  const [error, setError] = createSignal<CombinedError>()
  const [isFetching, setFetching] = createSignal(true)
  let newest = 0
  let fetchedAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const refetch = async (): Promise<void> => {
    const variables = options.variables()
    if (variables === null) return
    newest += 1
    const mine = newest
    fetchedAt = Date.now()
    setFetching(true)
    const result = await client.query(document, variables).toPromise()
    if (mine !== newest) return
    setFetching(false)
    setError(result.error)
    const seconds = retryAfterOf(result.error)
    if (seconds !== undefined) refetchAfter(seconds * 1_000)
    if (result.data !== undefined && result.error === undefined) {
      const { data } = result
      if (options.isReplaced) setAnswer({ data })
      else setAnswer('data', reconcile(data as never, { key: 'id', merge: false }))
    }
  }
  const refetchAfter = (ms: number) => {
    timer ??= setTimeout(() => {
      timer = undefined
      void refetch()
    }, ms)
  }
  const refetchSoon = () => refetchAfter(Math.max(burstMs, fetchedAt + streamMs - Date.now()))

  createEffect(
    on(
      () => JSON.stringify(options.variables()),
      () => void refetch(),
    ),
  )
  onCleanup(
    onChange((change) => {
      if (change === 'everything' || options.subjects.includes(change.kind)) refetchSoon()
    }),
  )
  if (options.pollSeconds !== undefined) {
    const poll = setInterval(() => {
      if (globalThis.document.visibilityState === 'visible') refetchSoon()
    }, options.pollSeconds * 1_000)
    onCleanup(() => clearInterval(poll))
  }
  onCleanup(() => {
    newest += 1
    clearTimeout(timer)
  })
  return { data: () => answer.data, error, isFetching, refetch }
}
