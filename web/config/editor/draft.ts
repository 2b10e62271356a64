/** The editor's copy of a config: what was typed, whether it differs from what was loaded, and where it is wrong. */
import { createMemo, createSignal } from 'solid-js'
import { createStore, produce, reconcile, unwrap } from 'solid-js/store'
import type { ConfigDocument, Failover, ParentProxy, Rule } from '#core/config-document'
import type { Problem } from '#core/refusal'
import { checkDocument } from '#core/rules'

/** Everything that the editor edits. */
export interface DraftContent {
  readonly name: string
  readonly description: string
  readonly proxyIds: readonly string[]
  readonly document: ConfigDocument
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }
export interface WritableContent {
  name: string
  description: string
  proxyIds: string[]
  document: {
    defaultAction: ConfigDocument['defaultAction']
    rules: Writable<Rule>[]
    parentProxies: Writable<ParentProxy>[]
    clientRules: Writable<ConfigDocument['clientRules'][number]>[]
    failover: Writable<Failover>
  }
}

let lastNewId = 0

export function newRule(): Rule {
  lastNewId += 1
  const id = `new-${lastNewId}`
  return {
    id,
    kind: 'domain',
    value: '',
    action: 'direct',
    enabled: true,
    note: '',
    owner: '',
    expiresAt: null,
  }
}

/** A parent in the last place of the order. */
export function newParent(parents: readonly ParentProxy[]): ParentProxy {
  const last = Math.max(0, ...parents.map(({ priority }) => priority))
  return { host: '', port: 3128, priority: last + 1, enabled: true }
}

/**
 * `loaded` is what the server holds; `typed`, if given, are edits to go on with.
 * Problems are those of what is typed now.
 */
export function createDraft(loaded: DraftContent, typed: DraftContent = loaded) {
  const [content, setContent] = createStore<WritableContent>(copyOf(typed))
  const [original, setOriginal] = createSignal(fingerprint(loaded))
  const isDirty = createMemo(() => fingerprint(content) !== original())
  const problems = createMemo((): readonly Problem[] => checkDocument(content.document))

  return {
    content,
    isDirty,
    problems,
    /** A plain copy, for sending and for keeping. */
    snapshot: (): DraftContent => copyOf(unwrap(content)),
    change: (edit: (content: WritableContent) => void) => setContent(produce(edit)),
    /** Starts over from what the server holds now. */
    rebase: (fresh: DraftContent) => {
      setOriginal(fingerprint(fresh))
      setContent(reconcile(copyOf(fresh), { key: 'id', merge: false }))
    },
    /** Moves the rule at `index` by one place; false at either end. */
    moveRule: (index: number, step: -1 | 1): boolean => {
      const to = index + step
      if (to < 0 || to >= content.document.rules.length) return false
      setContent(
        produce((draft) => {
          const [moved] = draft.document.rules.splice(index, 1)
          if (moved) draft.document.rules.splice(to, 0, moved)
        }),
      )
      return true
    },
  }
}
export type Draft = ReturnType<typeof createDraft>

/** The problem of one field, by its path. */
export function problemAt(problems: readonly Problem[], path: string): Problem | undefined {
  return problems.find((problem) => problem.path === path)
}

/** Equal for equal content: the proxies' order means nothing. */
function fingerprint({ name, description, proxyIds, document }: DraftContent): string {
  return JSON.stringify([name, description, [...proxyIds].sort(), document])
}

function copyOf(content: DraftContent): WritableContent {
  return JSON.parse(JSON.stringify(content))
}

const storageKey = (configId: string) => `apm.draft.${configId}`

/** Unsaved edits, which outlive a reload and the login page, in this tab only. */
export interface KeptDraft {
  readonly revision: number
  readonly content: DraftContent
}

export function keepDraft(configId: string, kept: KeptDraft | null): void {
  try {
    if (kept === null) sessionStorage.removeItem(storageKey(configId))
    else sessionStorage.setItem(storageKey(configId), JSON.stringify(kept))
  } catch {
    // Full or forbidden: the edits then live as long as the page.
  }
}

export function keptDraft(configId: string): KeptDraft | undefined {
  try {
    const text = sessionStorage.getItem(storageKey(configId))
    return text === null ? undefined : (JSON.parse(text) as KeptDraft)
  } catch {
    return undefined
  }
}
