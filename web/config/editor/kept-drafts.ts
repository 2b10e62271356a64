/** Unsaved edits kept in this browser, per person, config and tab: they outlive a reload, a crash and a login. */
import { createStore, del, entries, get, set, type UseStore } from 'idb-keyval'
import type { ConfigDocument, Rule } from '#core/config-document'
import type { Loaded } from './draft.ts'
import type { DraftContent } from './edits.ts'

export interface KeptDraft {
  /** The revision that the edits build on. */
  readonly base: Loaded
  readonly content: DraftContent
  /** The text view's characters, where they hold lines that can't be read; else null. */
  readonly text: string | null
  /** Milliseconds since the epoch, by this browser's clock. */
  readonly keptAt: number
}

/** A draft of an earlier visit, or of another tab. */
export interface OtherDraft extends KeptDraft {
  readonly key: string
  /** Its tab is open now, and goes on writing it. */
  readonly isOpen: boolean
}

/** Names what belongs to one person's edits of one config. */
export interface DraftOwner {
  readonly userId: string
  readonly configId: string
}

/** As stored: JSON, which is far cheaper to hand over than ten thousand objects. */
interface Stored {
  readonly base: string
  /** A `StoredContent`: its size, and the time that it takes, are those of the edits. */
  readonly content: string
  readonly text: string | null
  readonly keptAt: number
}

/** A content whose rules are, where they are those of the base, runs of it: `[from, to]`, without the last. */
interface StoredContent extends Omit<DraftContent, 'document'> {
  readonly document: Omit<ConfigDocument, 'rules'> & {
    readonly rules: readonly (Rule | readonly [from: number, to: number])[]
  }
}

const tabKey = 'apm.tab'
const lockName = (tab: string) => `apm.draft.${tab}`
const prefixOf = ({ userId, configId }: DraftOwner) => `${userId}/${configId}/`
let opened: UseStore | undefined
const store = () => {
  opened ??= createStore('apm-edits', 'drafts')
  return opened
}

/** This tab's name: the same after a reload, another one in a duplicate of the tab. */
export const thisTab: Promise<string> = nameTab()

async function nameTab(): Promise<string> {
  const remembered = read(tabKey)
  if (remembered !== null && (await hold(remembered))) return remembered
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint32Array(2))
  const fresh = `${a.toString(36)}${b.toString(36)}`
  await hold(fresh)
  try {
    sessionStorage.setItem(tabKey, fresh)
  } catch {
    // Storage may be forbidden; a reload then finds its draft as one of an earlier visit.
  }
  return fresh
}

/** Locks this tab's name until the tab is gone; false when another tab has it. */
function hold(tab: string): Promise<boolean> {
  // Locks need a secure context; without them a duplicated tab can't be told from its original.
  if (!('locks' in navigator)) return Promise.resolve(true)
  return new Promise((resolve) => {
    void navigator.locks.request(lockName(tab), { ifAvailable: true }, (lock) => {
      resolve(lock !== null)
      return lock === null ? undefined : new Promise<never>(() => undefined)
    })
  })
}

/** Keeps this tab's edits. @throws when this browser does not store them */
export async function keepDraft(owner: DraftOwner, draft: KeptDraft): Promise<void> {
  const stored: Stored = {
    base: baseText(draft.base),
    content: JSON.stringify(packed(draft)),
    text: draft.text,
    keptAt: draft.keptAt,
  }
  await set(prefixOf(owner) + (await thisTab), stored, store())
}

/** Forgets this tab's edits, which were saved or discarded. @throws when this browser does not store */
export async function forgetDraft(owner: DraftOwner): Promise<void> {
  await del(prefixOf(owner) + (await thisTab), store())
}

export async function deleteDraft(key: string): Promise<void> {
  await del(key, store())
}

/** This tab's edits from before a reload; undefined: none. @throws when this browser does not store */
export async function keptDraft(owner: DraftOwner): Promise<KeptDraft | undefined> {
  const stored = await get<Stored>(prefixOf(owner) + (await thisTab), store())
  return stored && parsed(stored)
}

/** The same person's edits of this config from other tabs and earlier visits, newest first. */
export async function otherDrafts(owner: DraftOwner): Promise<readonly OtherDraft[]> {
  const [tab, all, open] = [await thisTab, await entries<string, Stored>(store()), await openTabs()]
  const prefix = prefixOf(owner)
  return all
    .filter(([key]) => key.startsWith(prefix) && key !== prefix + tab)
    .map(([key, stored]) => ({ ...parsed(stored), key, isOpen: open.has(key.slice(prefix.length)) }))
    .sort((a, b) => b.keptAt - a.keptAt)
}

async function openTabs(): Promise<ReadonlySet<string>> {
  if (!('locks' in navigator)) return new Set()
  const { held = [] } = await navigator.locks.query()
  const prefix = lockName('')
  return new Set(held.flatMap(({ name }) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : [])))
}

/** The base changes with each save only: its text is made once. */
let lastBase: { readonly base: Loaded; readonly text: string } | undefined
function baseText(base: Loaded): string {
  if (lastBase?.base !== base) lastBase = { base, text: JSON.stringify(base) }
  return lastBase.text
}

function parsed({ base: baseJson, content, text, keptAt }: Stored): KeptDraft {
  const base = withTests(JSON.parse(baseJson) as Loaded)
  return { base, content: unpacked(JSON.parse(content) as StoredContent, base), text, keptAt }
}

function packed({ base, content }: KeptDraft): StoredContent {
  const places = new Map(base.content.document.rules.map((rule, place) => [rule, place]))
  const rules: (Rule | [from: number, to: number])[] = []
  for (const rule of content.document.rules) {
    const place = places.get(rule)
    const last = rules.at(-1)
    if (place === undefined) rules.push(rule)
    else if (Array.isArray(last) && last[1] === place) last[1] = place + 1
    else rules.push([place, place + 1])
  }
  return { ...content, document: { ...content.document, rules } }
}

function unpacked(content: StoredContent, base: Loaded): DraftContent {
  const rules = content.document.rules.flatMap((part) =>
    'id' in part ? [part] : base.content.document.rules.slice(...part),
  )
  return {
    ...content,
    document: {
      ...content.document,
      routeTests: content.document.routeTests ?? base.content.document.routeTests,
      rules,
    },
  }
}

/** What was kept before there were route tests has none. */
function withTests(base: Loaded): Loaded {
  const { content } = base
  return {
    ...base,
    content: { ...content, document: { ...content.document, routeTests: content.document.routeTests ?? [] } },
  }
}

function read(key: string): string | null {
  try {
    return sessionStorage.getItem(key)
  } catch {
    return null
  }
}
