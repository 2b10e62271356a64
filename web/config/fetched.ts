/**
 * An answer kept as it came, and asked for again when its key is another.
 *
 * Beside `createQuery` for whole documents: ten thousand rules in its reconciled store would cost a second at every
 * change of any config, and what is asked for here changes only with its key.
 */
import type { CombinedError } from '@urql/core'
import { createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js'
import type { LiveQuery } from '../query.ts'

export interface Fetched<Data> {
  readonly data?: Data | undefined
  readonly error?: CombinedError | undefined
}

/**
 * @param key null: nothing to ask yet
 * @param fetch what to ask for with a key; the newest answer stays until the next key's is there
 */
export function createFetched<Key extends string, Data>(
  key: () => Key | null,
  fetch: (key: Key) => Promise<Fetched<Data>>,
): LiveQuery<Data> {
  const [data, setData] = createSignal<Data>()
  const [error, setError] = createSignal<CombinedError>()
  const [isFetching, setFetching] = createSignal(true)
  let newest = 0
  const refetch = async () => {
    const wanted = key()
    if (wanted === null) return
    newest += 1
    const mine = newest
    setFetching(true)
    const answer = await fetch(wanted)
    if (mine !== newest) return
    setFetching(false)
    setError(answer.error)
    if (answer.data !== undefined) setData(() => answer.data)
  }
  createEffect(on(createMemo(key), () => void refetch()))
  onCleanup(() => {
    newest += 1
  })
  return { data, error, isFetching, refetch }
}

/** Two answers as one: there when both are, wrong when one is. */
export function both<Before, After>(
  before: LiveQuery<Before>,
  after: LiveQuery<After>,
): LiveQuery<{ readonly before: Before; readonly after: After }> {
  const data = createMemo(() => {
    const [first, second] = [before.data(), after.data()]
    return first !== undefined && second !== undefined ? { before: first, after: second } : undefined
  })
  return {
    data,
    error: () => before.error() ?? after.error(),
    isFetching: () => before.isFetching() || after.isFetching(),
    refetch: async () => {
      await Promise.all([before.refetch(), after.refetch()])
    },
  }
}
