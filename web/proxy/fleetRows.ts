/** The fleet's rows, fetched page by page as they come into sight, and renewed only where somebody looks. */
import type { CombinedError } from '@urql/core'
import { batch, createEffect, createSignal, on, onCleanup } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import { onChange } from '../changes.ts'
import { client } from '../client.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { type FleetView, filterArguments } from './fleetView.ts'

const fleetDocument = graphql(`
  query Fleet(
    $offset: Int!, $first: Int!, $search: String, $status: ProxyStatus, $runsConfigId: ID,
    $atsGeneration: AtsGeneration, $live: LiveNumbersFilter, $sort: ProxySort!, $descending: Boolean!
  ) {
    proxies(
      offset: $offset, first: $first, search: $search, status: $status, runsConfigId: $runsConfigId,
      atsGeneration: $atsGeneration, live: $live, sort: $sort, descending: $descending
    ) {
      totalCount
      edges { node {
        id hostname status statusReason lastSeenAt enrolledAt atsVersion atsGeneration runningHash
        config { id name }
        version { id number }
        attempted { outcome }
      } }
    }
  }
`)
export type FleetProxy = ResultOf<typeof fleetDocument>['proxies']['edges'][number]['node']

export interface FleetRows {
  /** How many proxies the view has; undefined until the first answer. */
  readonly total: () => number | undefined
  /** Counts up each time another view's rows have taken the place of these. */
  readonly generation: () => number
  /** The proxy at this place of the view; undefined while its page is not there. */
  readonly idAt: (index: number) => string | undefined
  /** A proxy that was seen in any page; it stays known. */
  readonly proxy: (id: string) => FleetProxy | undefined
  /** Where a proxy is now; -1 if no page that is there has it. */
  readonly indexOf: (id: string) => number
  /** Says which rows are in sight, both inclusive. */
  readonly show: (first: number, last: number) => void
  /** The ids from one place to another, both inclusive and in any order; fetches what is missing. */
  readonly idsBetween: (one: number, other: number) => Promise<readonly string[]>
  /** Another view was asked for and is not there yet. */
  readonly isSwitching: () => boolean
  readonly error: () => CombinedError | undefined
  readonly refetch: () => void
}

/** The API's longest page. */
const pageSize = 100
/** A scroll has to rest this long before the pages that it passes are asked for. */
const restMs = 60
/** A burst of changes costs one round; a steady stream of them one each second. */
const burstMs = 120
const streamMs = 1_000
/** Freshness changes without anybody doing anything. */
const pollMs = 15_000

export function createFleetRows(view: () => FleetView): FleetRows {
  const [proxies, setProxies] = createStore<Record<string, FleetProxy>>({})
  const [pages, setPages] = createSignal<ReadonlyMap<number, readonly string[]>>(new Map())
  const [total, setTotal] = createSignal<number>()
  const [generation, setGeneration] = createSignal(0)
  const [isSwitching, setSwitching] = createSignal(true)
  const [error, setError] = createSignal<CombinedError>()

  /** Raised by all that may have changed rows; a page older than that is fetched again once it is in sight. */
  let epoch = 0
  let epochOf = new Map<number, number>()
  let underWay = new Map<number, Promise<void>>()
  let wanted: readonly number[] = [0]
  let roundAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let dueAt = 0
  /** An answer to a question of an earlier view is dropped. */
  let asked = 0

  const fetchPage = (page: number): Promise<void> => {
    const known = underWay.get(page)
    if (known) return known
    const fetching = receivePage(page).finally(() => {
      if (underWay.get(page) === fetching) underWay.delete(page)
    })
    underWay.set(page, fetching)
    return fetching
  }
  const receivePage = async (page: number): Promise<void> => {
    const mine = asked
    const atEpoch = epoch
    const { sort, isDescending, ...filter } = view()
    const { data, error: fault } = await client
      .query(fleetDocument, {
        offset: page * pageSize,
        first: pageSize,
        sort,
        descending: isDescending,
        ...filterArguments(filter),
      })
      .toPromise()
    if (mine !== asked) return
    batch(() => {
      setError(fault)
      if (!data || fault) return
      const nodes = data.proxies.edges.map((edge) => edge.node)
      for (const node of nodes) setProxies(node.id, reconcile(node, { key: 'id' }))
      const ids = nodes.map((node) => node.id)
      epochOf.set(page, atEpoch)
      setTotal(data.proxies.totalCount)
      setPages((before) => new Map(isSwitching() ? [] : before).set(page, ids))
      if (isSwitching()) setGeneration((count) => count + 1)
      setSwitching(false)
    })
  }
  const round = async (): Promise<void> => {
    const mine = asked
    roundAt = Date.now()
    const due = wanted.filter((page) => (epochOf.get(page) ?? -1) < epoch)
    await Promise.all(due.map(fetchPage))
    // What changed while the answer was on its way, or came into sight meanwhile, is asked for again.
    const isBehind = wanted.some((page) => (epochOf.get(page) ?? -1) < epoch)
    if (mine === asked && isBehind && error() === undefined)
      roundIn(Math.max(0, roundAt + streamMs - Date.now()))
  }
  /** The earliest wish wins. */
  const roundIn = (waitMs: number) => {
    const at = Date.now() + waitMs
    if (timer !== undefined && dueAt <= at) return
    clearTimeout(timer)
    dueAt = at
    timer = setTimeout(() => {
      timer = undefined
      void round()
    }, waitMs)
  }
  const begin = () => {
    asked += 1
    epochOf = new Map()
    underWay = new Map()
    wanted = [0]
    setSwitching(true)
    void round()
  }
  const lookAgain = (waitMs: number) => {
    epoch += 1
    roundIn(waitMs)
  }

  createEffect(
    on(() => {
      const { sort, isDescending, ...filter } = view()
      return JSON.stringify([sort, isDescending, filterArguments(filter)])
    }, begin),
  )
  onCleanup(
    onChange((change) => {
      const isOurs = change === 'everything' || change.kind === 'PROXY' || change.kind === 'CONFIG'
      if (isOurs) lookAgain(Math.max(burstMs, roundAt + streamMs - Date.now()))
    }),
  )
  const poll = setInterval(() => {
    if (document.visibilityState === 'visible') lookAgain(0)
  }, pollMs)
  onCleanup(() => {
    asked += 1
    clearInterval(poll)
    clearTimeout(timer)
  })

  const idAt = (index: number) => pages().get(Math.floor(index / pageSize))?.[index % pageSize]
  return {
    total,
    generation,
    idAt,
    proxy: (id) => proxies[id],
    indexOf: (id) => {
      for (const [page, ids] of pages()) {
        const at = ids.indexOf(id)
        if (at >= 0) return page * pageSize + at
      }
      return -1
    },
    show: (first, last) => {
      if (last < first) return
      wanted = pagesBetween(first, last)
      if (wanted.some((page) => (epochOf.get(page) ?? -1) < epoch)) roundIn(restMs)
    },
    idsBetween: async (one, other) => {
      const [first, last] = one < other ? [one, other] : [other, one]
      await Promise.all(
        pagesBetween(first, last)
          .filter((page) => !pages().has(page))
          .map(fetchPage),
      )
      const ids = Array.from({ length: last - first + 1 }, (_, step) => idAt(first + step))
      return ids.filter((id) => id !== undefined)
    },
    isSwitching,
    error,
    refetch: () => lookAgain(0),
  }
}

function pagesBetween(first: number, last: number): readonly number[] {
  const from = Math.floor(first / pageSize)
  return Array.from({ length: Math.floor(last / pageSize) - from + 1 }, (_, step) => from + step)
}
