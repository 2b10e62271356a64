/** The proxies and configs that a person looked at last, remembered by this browser for each person apart. */
import { session } from './session.ts'

export interface Visit {
  readonly path: string
  readonly title: string
}

const longest = 8
/** The page of one thing, or a part of it. */
const isOfThing = (path: string) => /^\/(proxies|configs)\/[^/]+/.test(path)

/** Puts a page on top of the list, if it is about one thing. */
export function noteVisit(path: string, title: string): void {
  const key = storageKey()
  if (key === undefined || !isOfThing(path)) return
  const visits = [{ path, title }, ...recentVisits().filter((visit) => visit.path !== path)]
  try {
    localStorage.setItem(key, JSON.stringify(visits.slice(0, longest)))
  } catch {
    // Storage may be forbidden or full; there are no recents then.
  }
}

/** The newest first. */
export function recentVisits(): readonly Visit[] {
  const key = storageKey()
  try {
    const stored: unknown = key === undefined ? null : JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isVisit) : []
  } catch {
    return []
  }
}

function storageKey(): string | undefined {
  const state = session()
  return state.kind === 'active' ? `apm.recents.${state.user.id}` : undefined
}

function isVisit(value: unknown): value is Visit {
  if (typeof value !== 'object' || value === null) return false
  const { path, title } = value as Record<string, unknown>
  return typeof path === 'string' && isOfThing(path) && typeof title === 'string'
}
