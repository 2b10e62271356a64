/** The proxies that a search finds, fetched by pages as they come into sight. */
import { createEffect, createSignal, on, onCleanup, untrack } from 'solid-js'
import { onChange } from '../../changes.ts'
import { client } from '../../client.ts'
import { graphql, type ResultOf } from '../../graphql.ts'

const candidatesDocument = graphql(`
  query Candidates($search: String, $configId: ID, $offset: Int) {
    proxies(first: 100, search: $search, configId: $configId, offset: $offset) {
      totalCount
      edges { node { id hostname status config { id name } } }
    }
  }
`)
export type Candidate = ResultOf<typeof candidatesDocument>['proxies']['edges'][number]['node']

export interface ProxySearch {
  readonly search: string | null
  /** Only those that the saved working copy of this config names. */
  readonly configId: string | null
}

const pageRows = 100
/** News about proxies in a burst is one reason to look again. */
const newsMs = 2_000

export function createProxyPages(asked: () => ProxySearch) {
  const [pages, setPages] = createSignal<ReadonlyMap<number, readonly Candidate[]>>(new Map())
  const [total, setTotal] = createSignal<number>()
  const [hasFailed, setFailed] = createSignal(false)
  const underway = new Set<number>()
  let round = 0
  let wanted = { from: 0, to: 0 }
  let timer: ReturnType<typeof setTimeout> | undefined

  const fetchPage = async (page: number) => {
    const mine = round
    underway.add(page)
    const { search, configId } = untrack(asked)
    const variables = { search, configId, offset: page * pageRows }
    const { data } = await client.query(candidatesDocument, variables).toPromise()
    if (mine !== round) return
    underway.delete(page)
    setFailed(data === undefined)
    if (!data) return
    setTotal(data.proxies.totalCount)
    const rows = data.proxies.edges.map(({ node }) => node)
    setPages((known) => new Map(known).set(page, rows))
  }
  const need = (from: number, to: number) => {
    wanted = { from, to }
    for (let page = Math.floor(from / pageRows); page <= Math.floor(to / pageRows); page += 1) {
      if (!untrack(pages).has(page) && !underway.has(page)) void fetchPage(page)
    }
  }
  const restart = (from: number, to: number) => {
    round += 1
    underway.clear()
    for (let page = Math.floor(from / pageRows); page <= Math.floor(to / pageRows); page += 1) {
      void fetchPage(page)
    }
  }
  createEffect(
    on(
      () => JSON.stringify(asked()),
      () => {
        setPages(new Map())
        restart(0, 0)
      },
    ),
  )
  onCleanup(
    onChange((change) => {
      if (change !== 'everything' && change.kind !== 'PROXY') return
      timer ??= setTimeout(() => {
        timer = undefined
        restart(wanted.from, wanted.to)
      }, newsMs)
    }),
  )
  onCleanup(() => {
    round += 1
    clearTimeout(timer)
  })
  return {
    /** Undefined until the first answer. */
    total,
    hasFailed,
    row: (index: number): Candidate | undefined =>
      pages().get(Math.floor(index / pageRows))?.[index % pageRows],
    /** Tells which rows are in sight. */
    need,
    retry: () => restart(wanted.from, wanted.to),
  }
}
