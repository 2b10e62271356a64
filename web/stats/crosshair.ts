/** The point that all charts of a page are asked about together, and the stretch that is being chosen for a zoom. */
import { createMemo, createSignal } from 'solid-js'

export interface Crosshair {
  /** Index of the point; undefined: none. */
  readonly at: () => number | undefined
  readonly point: (index: number | undefined) => void
  /** Indices, first and last, of a stretch that is chosen by keyboard. */
  readonly chosen: () => readonly [number, number] | undefined
  /** From where the crosshair is, by so many points. */
  readonly choose: (by: number) => void
  readonly move: (by: number) => void
}

export function createCrosshair(count: () => number): Crosshair {
  const [at, setAt] = createSignal<number>()
  const [anchor, setAnchor] = createSignal<number>()
  const within = (index: number) => Math.max(0, Math.min(count() - 1, index))
  const point = (index: number | undefined) => {
    setAnchor(undefined)
    setAt(index === undefined || count() === 0 ? undefined : within(index))
  }
  // Kept while nothing is chosen: what the mouse draws would go with every move of the crosshair.
  const chosen = createMemo((): readonly [number, number] | undefined => {
    const [from, to] = [anchor(), at()]
    if (from === undefined || to === undefined || from === to) return undefined
    return from < to ? [from, to] : [to, from]
  })
  return {
    at,
    point,
    move: (by) => point((at() ?? (by > 0 ? -1 : count())) + by),
    chosen,
    choose: (by) => {
      const from = at() ?? within(count())
      if (anchor() === undefined) setAnchor(from)
      setAt(within(from + by))
    },
  }
}
