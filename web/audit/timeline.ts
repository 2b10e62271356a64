/** The order of a page of entries for reading: days, and entries in a row that say the same folded into one. */
import type { Entry } from './feed.ts'

export interface Place {
  /** The day that begins with this entry; undefined within a day. */
  readonly day: string | undefined
  /** Entries folded under this one. */
  readonly folded: readonly Entry[]
  readonly isFolded: boolean
}

/** More alike than this are folded under the first of them. */
const alikeShown = 3

/**
 * By entry id. Alike are the entries of one request with the same action, such as the thousand proxies of one
 * approval, and those of agents with the same outcome; a group in `opened` (ids of first entries) and one that holds
 * `marked` stay open.
 */
export function placesOf(
  entries: readonly Entry[],
  opened: ReadonlySet<string>,
  marked: string | undefined,
): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>()
  let lastDay: string | undefined
  for (let at = 0; at < entries.length; ) {
    const group = alikeFrom(entries, at)
    const [first] = group
    const isOpen =
      group.length <= alikeShown || opened.has(first?.id ?? '') || group.some(({ id }) => id === marked)
    group.forEach((entry, index) => {
      const today = dayOf(entry.at)
      const isHead = index === 0
      places.set(entry.id, {
        day: today !== lastDay && (isOpen || isHead) ? today : undefined,
        folded: isHead && !isOpen ? group.slice(1) : [],
        isFolded: !isHead && !isOpen,
      })
      lastDay = today
    })
    at += group.length
  }
  return places
}

function alikeFrom(entries: readonly Entry[], from: number): readonly Entry[] {
  const first = entries[from]
  if (first === undefined) return []
  const rest = entries.slice(from + 1)
  const count = rest.findIndex((entry) => !isAlike(first, entry))
  return [first, ...(count < 0 ? rest : rest.slice(0, count))]
}

function isAlike(a: Entry, b: Entry): boolean {
  if (a.action !== b.action || outcomeOf(a) !== outcomeOf(b)) return false
  return a.requestId === b.requestId || (a.channel === 'AGENT' && b.channel === 'AGENT')
}

/** A failure must not hide among successes. */
function outcomeOf({ newValue }: Entry): unknown {
  return typeof newValue === 'object' && newValue !== null && 'outcome' in newValue
    ? newValue.outcome
    : undefined
}

/** The reader's calendar day, `2026-11-23`. */
function dayOf(at: string): string {
  const day = new Date(at)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}

/** `Today`, `Yesterday`, else the whole date. */
export function dayWords(locale: string, day: string, nowMs: number): string {
  const at = new Date(`${day}T12:00:00`)
  const today = new Date(nowMs).setHours(12, 0, 0, 0)
  const days = Math.round((at.getTime() - today) / 86_400_000)
  if (days > 0 || days < -1) return new Intl.DateTimeFormat(locale, { dateStyle: 'full' }).format(at)
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day')
  return words.charAt(0).toLocaleUpperCase(locale) + words.slice(1)
}
