/** Named views of the fleet: a few that everybody has, and one's own, which this browser keeps for each user. */
import { createSignal, onCleanup } from 'solid-js'
import { type Key } from '../locales/i18n.ts'

export interface SavedView {
  readonly id: string
  readonly name: string
  /** As in the URL, without the question mark. */
  readonly query: string
}

export interface BuiltInView {
  readonly id: string
  readonly name: Key
  readonly query: string
}

/** What people look for when they come: what went wrong, what is silent, what is new. */
export const builtInViews: readonly BuiltInView[] = [
  { id: 'all', name: 'fleetView.all', query: '' },
  { id: 'failed', name: 'fleetView.failed', query: 'status=FAILED&sort=LAST_SEEN&desc=1' },
  { id: 'drifted', name: 'fleetView.drifted', query: 'status=DRIFTED' },
  { id: 'silent', name: 'fleetView.silent', query: 'status=UNKNOWN&sort=LAST_SEEN&desc=1' },
  { id: 'unassigned', name: 'fleetView.unassigned', query: 'status=UNASSIGNED' },
  {
    id: 'newest',
    name: 'fleetView.newest',
    query: 'sort=ENROLLED_AT&desc=1&cols=status%2ClastSeen%2Cconfig%2Cats%2Cenrolled',
  },
]

export interface SavedViews {
  readonly all: () => readonly SavedView[]
  /** A name that is taken is given the new query. False: the browser did not keep it, all is as it was. */
  readonly save: (name: string, query: string) => boolean
  /** False, as above. */
  readonly rename: (id: string, name: string) => boolean
  /** @returns what puts it back where it was; undefined: the browser did not keep it, it is still there */
  readonly remove: (id: string) => (() => void) | undefined
}

export const longestViewName = 60
const mostViews = 50

export function createSavedViews(userId: string): SavedViews {
  const storageKey = `apm.fleetViews.${userId}`
  const [all, setAll] = createSignal(stored(storageKey))
  /** Shown at once; taken back when the storage is full or closed, as a view that is gone tomorrow was not saved. */
  const keep = (views: readonly SavedView[]): boolean => {
    const before = all()
    setAll(views)
    try {
      localStorage.setItem(storageKey, JSON.stringify(views))
      return true
    } catch {
      setAll(before)
      return false
    }
  }
  const follow = (event: StorageEvent) => {
    if (event.key === storageKey) setAll(stored(storageKey))
  }
  window.addEventListener('storage', follow)
  onCleanup(() => window.removeEventListener('storage', follow))
  return {
    all,
    save: (name, query) => {
      const others = all().filter((view) => view.name !== name)
      return keep([...others, { id: crypto.randomUUID(), name, query }].slice(-mostViews))
    },
    rename: (id, name) => keep(all().map((view) => (view.id === id ? { ...view, name } : view))),
    remove: (id) => {
      const place = all().findIndex((view) => view.id === id)
      const view = all()[place]
      if (!keep(all().filter((each) => each.id !== id))) return undefined
      return () => {
        if (view) keep(all().toSpliced(Math.min(place, all().length), 0, view))
      }
    },
  }
}

/** What is not ours, or no longer, is left out. */
function stored(storageKey: string): readonly SavedView[] {
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]')
    return Array.isArray(parsed) ? parsed.filter(isSavedView).slice(0, mostViews) : []
  } catch {
    return []
  }
}

function isSavedView(value: unknown): value is SavedView {
  if (typeof value !== 'object' || value === null) return false
  const { id, name, query } = value as Record<string, unknown>
  return typeof id === 'string' && typeof name === 'string' && typeof query === 'string'
}
