/** The page of routes in its address: which rules, what is asked, and what is shown. */
import { useSearchParams } from '@solidjs/router'
import { createEffect, createSignal, on, onCleanup, untrack } from 'solid-js'
import type { Side } from '../config/sides.ts'
import { type Asked, isSameAsked } from './asked.ts'

type Search = {
  [Name in
    | 'config'
    | 'proxy'
    | 'from'
    | 'to'
    | 'view'
    | 'url'
    | 'method'
    | 'client'
    | 'resolved'
    | 'show'
    | 'change'
    | 'find']?: string | undefined
}

/** Pause after the last key before the address follows. */
const typingMs = 250

export function createRouteSearch() {
  const [search, setSearch] = useSearchParams<Search>()
  const change = (next: Partial<Record<keyof Search, string | null>>) =>
    setSearch(next, { replace: true, scroll: false })
  const inAddress = (): Asked => ({
    url: search.url ?? '',
    method: search.method ?? '',
    client: search.client ?? '',
    resolved: search.resolved ?? '',
  })
  // What is typed is kept here: an address that follows late must not put older letters back.
  const [asked, setAsked] = createSignal<Asked>(untrack(inAddress))
  let written = untrack(asked)
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  createEffect(
    on(inAddress, (now) => {
      if (isSameAsked(now, written)) return
      written = now
      setAsked(now)
    }),
  )
  const ask = (next: Asked) => {
    setAsked(next)
    clearTimeout(timer)
    timer = setTimeout(() => {
      written = next
      change({
        url: next.url || null,
        method: next.method || null,
        client: next.client || null,
        resolved: next.resolved || null,
      })
    }, typingMs)
  }
  return {
    configId: () => search.config,
    proxyId: () => search.proxy,
    from: (): Side | undefined => search.from,
    to: (): Side | undefined => search.to,
    isMany: () => search.view === 'many',
    asked,
    ask,
    isAll: () => search.show === 'all',
    change: () => search.change ?? '',
    find: () => search.find ?? '',
    chooseConfig: (id: string | null) => change({ config: id, proxy: null, from: null, to: null }),
    chooseProxy: (id: string | null) => change({ proxy: id, config: null, from: null, to: null }),
    /** Another side than the one that a proxy runs is no longer about that proxy. */
    chooseSide: (which: 'from' | 'to', side: Side, configId: string) =>
      change(which === 'to' ? { to: side, proxy: null, config: configId } : { from: side }),
    showMany: (isMany: boolean) => change({ view: isMany ? 'many' : null }),
    explain: (next: Asked) => {
      setAsked(next)
      written = next
      change({
        view: null,
        url: next.url,
        method: next.method || null,
        client: next.client || null,
        resolved: next.resolved || null,
      })
    },
    filter: (next: { readonly show?: 'all' | null; readonly change?: string; readonly find?: string }) =>
      change({
        ...('show' in next && { show: next.show ?? null }),
        ...(next.change !== undefined && { change: next.change || null }),
        ...(next.find !== undefined && { find: next.find || null }),
      }),
  }
}
export type RouteSearch = ReturnType<typeof createRouteSearch>
