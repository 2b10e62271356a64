/** Two documents made ready for comparing in small steps, so that 10,000 rules never hold up the page. */
import { createEffect, createSignal, on, onCleanup } from 'solid-js'
import { type ConfigDocument, canonicalDocument } from '#core/config-document'
import type { ResultOf } from '../../graphql.ts'
import type { LiveQuery } from '../../query.ts'
import { toDocument } from '../document.ts'
import type { rulesDocument } from './queries.ts'

export interface Comparison {
  /** Null: there was nothing before. */
  readonly before: ConfigDocument | null
  readonly after: ConfigDocument
}

/** Rules that are worked out before the browser gets its turn: about 10 ms. */
const rulesPerStep = 1_000

/** The same query with its answer as documents; a newer answer ends the work on an older one. */
export function createComparison(query: LiveQuery<ResultOf<typeof rulesDocument>>): LiveQuery<Comparison> {
  const [comparison, setComparison] = createSignal<Comparison>()
  let newest = 0
  createEffect(
    on(query.data, async (answer) => {
      if (!answer) return
      newest += 1
      const mine = newest
      const before = answer.configVersion ? toDocument(answer.configVersion) : null
      await turn()
      const after = toDocument(answer.config)
      for (const document of before ? [before, after] : [after]) {
        for (let from = 0; from < document.rules.length; from += rulesPerStep) {
          await turn()
          if (mine !== newest) return
          // Each rule's canonical form is kept with the rule: comparing finds it there.
          canonicalDocument({ ...document, rules: document.rules.slice(from, from + rulesPerStep) })
        }
      }
      setComparison({ before, after })
    }),
  )
  onCleanup(() => {
    newest += 1
  })
  return { ...query, data: comparison }
}

/** Lets the browser paint and answer. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}
