/** The requests that a person tried last, remembered by this browser for each person apart. */
import { createSignal } from 'solid-js'
import { session } from '../session.ts'
import { type Asked, isSameAsked } from './asked.ts'

const longest = 12

/** The newest first; reactive. */
export function createRecentTries() {
  const [tries, setTries] = createSignal(stored())
  const keep = (next: readonly Asked[]) => {
    setTries(next)
    const key = storageKey()
    if (key === undefined) return
    try {
      localStorage.setItem(key, JSON.stringify(next))
    } catch {
      // Storage may be forbidden or full; they last as long as the page then.
    }
  }
  return {
    tries,
    note: (asked: Asked) => {
      if (asked.url.trim() === '') return
      keep([asked, ...tries().filter((each) => !isSameAsked(each, asked))].slice(0, longest))
    },
    forget: () => keep([]),
  }
}

function stored(): readonly Asked[] {
  const key = storageKey()
  try {
    const kept: unknown = key === undefined ? null : JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isAsked).slice(0, longest) : []
  } catch {
    return []
  }
}

function storageKey(): string | undefined {
  const state = session()
  return state.kind === 'active' ? `apm.tries.${state.user.id}` : undefined
}

function isAsked(value: unknown): value is Asked {
  if (typeof value !== 'object' || value === null) return false
  const { url, method, client, resolved } = value as Record<string, unknown>
  return [url, method, client, resolved].every((part) => typeof part === 'string')
}
