/** What the server has under a few letters: asked when typing pauses, and only the newest question is answered. */
import { createEffect, createSignal, on, onCleanup } from 'solid-js'
import { client } from '../client.ts'
import { graphql, type ResultOf } from '../graphql.ts'

const searchDocument = graphql(`
  query Palette($search: String!) {
    proxies(search: $search, first: 8) { edges { node { id hostname } } }
    configs(search: $search, first: 6) { edges { node { id name } } }
  }
`)
export type Found = ResultOf<typeof searchDocument>

export interface PaletteSearch {
  /** The newest answer; while the next is on its way, the one before. */
  readonly found: () => Found | undefined
  readonly state: () => 'idle' | 'searching' | 'failed'
}

/** Pause after the last key before the server is asked. */
const typingMs = 140

export function createPaletteSearch(text: () => string): PaletteSearch {
  const [found, setFound] = createSignal<Found>()
  const [state, setState] = createSignal<'idle' | 'searching' | 'failed'>('idle')
  let newest = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const ask = async (search: string, mine: number) => {
    const { data, error } = await client.query(searchDocument, { search }).toPromise()
    if (mine !== newest) return
    setState(error ? 'failed' : 'idle')
    setFound(error ? undefined : data)
  }
  createEffect(
    on(text, (search) => {
      clearTimeout(timer)
      newest += 1
      if (search === '') {
        setState('idle')
        setFound(undefined)
        return
      }
      setState('searching')
      const mine = newest
      timer = setTimeout(() => void ask(search, mine), typingMs)
    }),
  )
  onCleanup(() => {
    newest += 1
    clearTimeout(timer)
  })
  return { found, state }
}
