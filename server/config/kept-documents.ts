/** Documents that were read lately: 10,000 rules take longer to read than everything that is done with them. */
import type { ConfigDocument } from '../core/config-document.ts'
import type { ReadDatabase } from '../database/connect.ts'

/** Of one database. Nothing has to be taken out after an edit: every edit raises the revision. */
export interface KeptDocuments {
  /** @param id of a config or a version @param revision the one that was read just now */
  get(id: string, revision: number): ConfigDocument | undefined
  set(id: string, revision: number, document: ConfigDocument): void
}

/** About 100 MB, with what is worked out from the rules and kept beside them. */
const most = { documents: 32, rules: 100_000 } as const

const keptIn = new WeakMap<ReadDatabase, KeptDocuments>()

export function documentsIn(database: ReadDatabase): KeptDocuments {
  const known = keptIn.get(database)
  if (known) return known
  const kept = keepDocuments(most)
  keptIn.set(database, kept)
  return kept
}

/** The least recently used go first; one that is too large alone is not kept. */
export function keepDocuments(limit: { readonly documents: number; readonly rules: number }): KeptDocuments {
  // A Map lists its keys in the order in which they were set.
  const kept = new Map<string, { readonly revision: number; readonly document: ConfigDocument }>()
  let rules = 0
  const drop = (id: string) => {
    rules -= kept.get(id)?.document.rules.length ?? 0
    kept.delete(id)
  }
  return {
    get(id, revision) {
      const entry = kept.get(id)
      if (entry?.revision !== revision) return undefined
      kept.delete(id)
      kept.set(id, entry)
      return entry.document
    },
    set(id, revision, document) {
      drop(id)
      kept.set(id, { revision, document })
      rules += document.rules.length
      for (const oldest of kept.keys()) {
        if (kept.size <= limit.documents && rules <= limit.rules) break
        drop(oldest)
      }
    },
  }
}
