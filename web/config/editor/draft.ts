/** The editor's copy of a config: what was typed, what it builds on, the way back and forth, and where it is wrong. */
import { createEffect, createMemo, createSignal, on, onCleanup, untrack } from 'solid-js'
import { mergeContent } from '#core/merge'
import type { Problem } from '#core/refusal'
import { checkDocument } from '#core/rules'
import type { Key } from '../../locales/i18n.ts'
import { type ContentEdit, type DraftContent, isSameContent, shared } from './edits.ts'
import { type History, historyOf, mapped, recorded, redone, undone } from './history.ts'

/** A working copy as the server holds it. */
export interface Loaded {
  readonly revision: number
  readonly content: DraftContent
}

/** What an edit did, as a sentence of the catalogue. */
export interface EditWords {
  readonly key: Key
  readonly args?: Readonly<Record<string, string | number>>
}

/** The text view's own state: the very characters typed, and which lines of them can't be read. */
export interface TextBuffer {
  readonly text: { toString(): string }
  readonly unreadable: readonly { readonly line: number; readonly code: string; readonly message: string }[]
}

interface DraftValue {
  readonly content: DraftContent
  /** Null: the text is the one that the content gives. */
  readonly buffer: TextBuffer | null
}

/** A problem and the rule that it is about, which may have moved since. */
export interface PlacedProblem extends Problem {
  readonly ruleId: string | undefined
}

/** A list of this many rules is checked when typing pauses, not with each key. */
const bigList = 2_000
const typingMs = 150

/** `loaded` is what the server holds; `typed`, if given, are edits on top of it to go on with. */
export function createDraft(loaded: Loaded, typed: DraftContent = loaded.content, text?: TextBuffer) {
  const [base, setBase] = createSignal(loaded)
  const [history, setHistory] = createSignal<History<DraftValue, EditWords>>(
    historyOf({ content: typed, buffer: text ?? null }),
  )
  const content = createMemo(() => history().now.content)
  const document = createMemo(() => content().document)
  const buffer = createMemo(() => history().now.buffer)
  const hasUnreadable = () => (buffer()?.unreadable.length ?? 0) > 0
  const isDirty = createMemo(() => hasUnreadable() || !isSameContent(base().content, content()))
  const [checked, setChecked] = createSignal(untrack(document))
  createEffect(
    on(
      document,
      (next) => {
        if (next.rules.length < bigList) return setChecked(next)
        const timer = setTimeout(() => setChecked(next), typingMs)
        onCleanup(() => clearTimeout(timer))
      },
      { defer: true },
    ),
  )
  const problems = createMemo(() => placed(checkDocument(checked()), checked().rules))
  const checkedWithProblems = createMemo(() => ({ document: checked(), problems: problems() }))
  const record = (value: DraftValue, words: EditWords, key?: string) => {
    setHistory((before) => recorded(before, value, { words, key, atMs: Date.now() }))
  }

  return {
    base,
    content,
    document,
    buffer,
    isDirty,
    problems,
    /** The document that the problems are of: of a long list not the one of this very key. */
    checked: checkedWithProblems,
    /** One step that can be taken back. Edits with the same `key` in a row are one step. */
    change: (edit: ContentEdit, words: EditWords, key?: string) => {
      const before = untrack(content)
      const after = edit(before)
      if (after === before) return
      // What stands in the text stays as it was typed, while the document that it says is the same.
      const isSameText = after.document === before.document
      record({ content: after, buffer: isSameText ? untrack(buffer) : null }, words, key)
    },
    /** The same from the text view, whose characters are kept as they were typed. */
    write: (next: DraftContent['document'], typedText: TextBuffer, key: string) => {
      const before = untrack(content)
      const after = { ...before, document: shared(before.document, next) }
      record({ content: after, buffer: typedText }, { key: 'edit.text' }, key)
    },
    undo: () => {
      setHistory((before) => undone<DraftValue, EditWords>(before))
    },
    redo: () => {
      setHistory((before) => redone<DraftValue, EditWords>(before))
    },
    undoable: () => history().past.at(-1)?.words,
    redoable: () => history().future.at(-1)?.words,
    /** Takes what the server holds now. Nothing typed stays, and what others did can't be undone from here. */
    startOver: (fresh: Loaded) => {
      setBase(fresh)
      setHistory(historyOf<DraftValue, EditWords>({ content: fresh.content, buffer: null }))
    },
    /** Goes on from a newer revision with edits that were merged into it; the way back begins here. */
    merged: (fresh: Loaded, result: DraftContent, typedText?: TextBuffer) => {
      setBase(fresh)
      setHistory(historyOf<DraftValue, EditWords>({ content: result, buffer: typedText ?? null }))
    },
    /** The server has stored `sent` as this revision; what was typed since stays unsaved. */
    saved: (revision: number, sent: DraftContent) => {
      setBase({ revision, content: sent })
    },
    /** The server's own spelling of what it stored from here, with the ids of new rules; the way back stays. */
    settled: (fresh: Loaded) => {
      const { content: sent } = untrack(base)
      const rename = renaming(sent, fresh.content)
      const renamed = mapped(untrack(history), (value) => ({ ...value, content: rename(value.content) }))
      const now = renamed.now.content
      const isTypedSince = untrack(content) !== sent
      const own = isTypedSince ? mergeContent(rename(sent), now, fresh.content).merged : fresh.content
      const next = { ...own, document: shared(now.document, own.document) }
      setBase({ ...fresh, content: isTypedSince ? fresh.content : next })
      setHistory({ ...renamed, now: { content: next, buffer: renamed.now.buffer } })
    },
  }
}
export type Draft = ReturnType<typeof createDraft>

/** The problem of one field, by its path. */
export function problemAt<Found extends Problem>(
  problems: readonly Found[],
  path: string,
): Found | undefined {
  return problems.find((problem) => problem.path === path)
}

export function placed(
  problems: readonly Problem[],
  rules: readonly { readonly id: string }[],
): readonly PlacedProblem[] {
  return problems.map((problem) => {
    const index = /^rules\.(\d+)\./.exec(problem.path)?.[1]
    return { ...problem, ruleId: index === undefined ? undefined : rules[Number(index)]?.id }
  })
}

/** Gives the rules of `sent` the ids under which the server stored them, in any content that has them. */
function renaming(sent: DraftContent, stored: DraftContent): (content: DraftContent) => DraftContent {
  const names = new Map<string, string>()
  for (const [index, rule] of sent.document.rules.entries()) {
    const other = stored.document.rules[index]
    if (other !== undefined && other.id !== rule.id) names.set(rule.id, other.id)
  }
  if (names.size === 0) return (content) => content
  const renamed = new WeakMap<object, object>()
  const ruleOf = <R extends { readonly id: string }>(rule: R): R => {
    const id = names.get(rule.id)
    if (id === undefined) return rule
    const known = renamed.get(rule) as R | undefined
    if (known !== undefined) return known
    const fresh = { ...rule, id }
    renamed.set(rule, fresh)
    return fresh
  }
  return (content) => ({
    ...content,
    document: { ...content.document, rules: content.document.rules.map(ruleOf) },
  })
}
