/** Undo and redo as a history of immutable values: each step knows the value before it and what was done in it. */

interface Step<Value, Words> {
  readonly value: Value
  readonly words: Words
  readonly key: string | undefined
  readonly atMs: number
}

export interface History<Value, Words> {
  readonly past: readonly Step<Value, Words>[]
  readonly now: Value
  readonly future: readonly Step<Value, Words>[]
}

/** Steps that can be taken back; the oldest is forgotten first. */
export const historyLimit = 200
/** A pause in typing that begins a new step. */
const pauseMs = 2_000

export function historyOf<Value, Words>(value: Value): History<Value, Words> {
  return { past: [], now: value, future: [] }
}

/**
 * The history after an edit that led to `value`. Edits with the same `key` that follow each other without a pause are
 * one step, so that a word typed into a field is taken back as a word.
 */
export function recorded<Value, Words>(
  history: History<Value, Words>,
  value: Value,
  edit: { readonly words: Words; readonly key?: string | undefined; readonly atMs: number },
): History<Value, Words> {
  const last = history.past.at(-1)
  const isContinued =
    last !== undefined &&
    edit.key !== undefined &&
    edit.key === last.key &&
    edit.atMs - last.atMs < pauseMs &&
    history.future.length === 0
  const past = isContinued
    ? [...history.past.slice(0, -1), { ...last, words: edit.words, atMs: edit.atMs }]
    : [
        ...history.past.slice(1 - historyLimit),
        { value: history.now, words: edit.words, key: edit.key, atMs: edit.atMs },
      ]
  return { past, now: value, future: [] }
}

/** One step back; the same history when there is none. */
export function undone<Value, Words>(history: History<Value, Words>): History<Value, Words> {
  const step = history.past.at(-1)
  if (step === undefined) return history
  return {
    past: history.past.slice(0, -1),
    now: step.value,
    future: [...history.future, { ...step, value: history.now, key: undefined }],
  }
}

/** One step forward again; the same history when there is none. */
export function redone<Value, Words>(history: History<Value, Words>): History<Value, Words> {
  const step = history.future.at(-1)
  if (step === undefined) return history
  return {
    past: [...history.past, { ...step, value: history.now, key: undefined }],
    now: step.value,
    future: history.future.slice(0, -1),
  }
}

/** The same steps over other values: after the server has given new rules their ids. */
export function mapped<Value, Words>(
  history: History<Value, Words>,
  change: (value: Value) => Value,
): History<Value, Words> {
  const step = (entry: Step<Value, Words>) => ({ ...entry, value: change(entry.value) })
  return { past: history.past.map(step), now: change(history.now), future: history.future.map(step) }
}
