/** Changes of rules by their place among all of them, fetched page by page as they come into sight. */
import { createSignal, onCleanup } from 'solid-js'
import type { RuleChange } from '#core/diff'

/** The API's longest page. */
export const rulesPerPage = 100
/** A scroll has to rest this long before the pages that it has come to are asked for. */
const restMs = 60

interface RulePagesParts {
  readonly firstRules: readonly RuleChange[]
  /** Undefined: the page could not be had; it is asked for again when it next comes into sight. */
  readonly fetchRules: (offset: number) => Promise<readonly RuleChange[] | undefined>
}

export function createRulePages(parts: RulePagesParts) {
  const [pages, setPages] = createSignal<ReadonlyMap<number, readonly RuleChange[]>>(
    new Map([[0, parts.firstRules]]),
  )
  const underWay = new Set<number>()
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))

  const fetchPage = async (page: number) => {
    if (pages().has(page) || underWay.has(page)) return
    underWay.add(page)
    const changes = await parts.fetchRules(page * rulesPerPage)
    underWay.delete(page)
    if (changes) setPages((known) => new Map(known).set(page, changes))
  }
  return {
    /** Undefined: its page is not there yet. Reactive. */
    at: (place: number) => pages().get(Math.floor(place / rulesPerPage))?.[place % rulesPerPage],
    /** Says which places are in sight, both inclusive. */
    show: (first: number, last: number) => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        for (let page = Math.floor(first / rulesPerPage); page * rulesPerPage <= last; page += 1) {
          void fetchPage(page)
        }
      }, restMs)
    },
  }
}
