/** How much room the frame has: the side bar in full, as a rail of icons, or a top bar with a drawer. */
import { createSignal } from 'solid-js'

export type FrameShape = 'full' | 'rail' | 'bar'

const storageKey = 'apm.sideBar'
const isWide = watched('(min-width: 64rem)')
const isMiddle = watched('(min-width: 48rem)')
const [isCollapsed, setSignal] = createSignal(remembered())

/** The shape that the window's width and the reader's choice give. Reactive. */
export function frameShape(): FrameShape {
  if (!isMiddle()) return 'bar'
  return isWide() && !isCollapsed() ? 'full' : 'rail'
}

/** Whether there is room for a choice at all. Reactive. */
export const canExpand = isWide

/** Chooses between the full side bar and the rail, and remembers it in this browser. */
export function toggleSideBar(): void {
  const next = !isCollapsed()
  setSignal(next)
  try {
    localStorage.setItem(storageKey, next ? 'rail' : 'full')
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

function watched(query: string): () => boolean {
  const list = window.matchMedia(query)
  const [matches, setMatches] = createSignal(list.matches)
  list.addEventListener('change', () => setMatches(list.matches))
  return matches
}

function remembered(): boolean {
  try {
    return localStorage.getItem(storageKey) === 'rail'
  } catch {
    return false
  }
}
