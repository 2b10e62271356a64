/** Two documents made ready for comparing in small steps, so that 10,000 rules never hold up the page. */
import { createEffect, createSignal, on, onCleanup } from 'solid-js'
import { type ConfigDocument, canonicalDocument } from '#core/config-document'
import type { ResultOf } from '../../graphql.ts'
import type { LiveQuery } from '../../query.ts'
import { inTurns, turn } from '../../turns.ts'
import { toDocument } from '../document.ts'
import type { rulesDocument } from './queries.ts'

export interface Comparison {
  /** Null: there was nothing before. */
  readonly before: ConfigDocument | null
  readonly after: ConfigDocument
}

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
        // Each rule's canonical form is kept with the rule: comparing finds it there.
        const isDone = await inTurns(
          document.rules,
          (rules) => canonicalDocument({ ...document, rules }),
          () => mine === newest,
        )
        if (!isDone) return
      }
      await turn()
      if (mine === newest) setComparison({ before, after })
    }),
  )
  onCleanup(() => {
    newest += 1
  })
  return { ...query, data: comparison }
}
