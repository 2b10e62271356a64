/** Whether a person has read, in this browser, that a session of theirs was copied. */
import { createSignal } from 'solid-js'
import { copied } from '../session.ts'

const storageKey = 'apm.copiedRead'
const [read, setRead] = createSignal(remembered())

/** What they have to be told. Reactive. */
export function unreadCopy(): NonNullable<ReturnType<typeof copied>> | undefined {
  const newest = copied()
  return newest === null || newest.id === read() ? undefined : newest
}

export function understandCopy(id: string): void {
  setRead(id)
  try {
    localStorage.setItem(storageKey, id)
  } catch {
    // Storage may be forbidden; then it is told again with the next page.
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(storageKey)
  } catch {
    return null
  }
}
