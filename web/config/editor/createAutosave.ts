/** Keeps a draft's unsaved edits in this browser while they are typed, and says how that goes. */
import { createEffect, createSignal, on, onCleanup, untrack } from 'solid-js'
import type { Draft } from './draft.ts'
import { type DraftOwner, forgetDraft, keepDraft } from './kept-drafts.ts'

export type KeepState =
  | { readonly kind: 'clean' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'kept'; readonly at: number }
  | { readonly kind: 'failed' }

/** Pause in typing before the edits are written. */
const typingMs = 500
/** Longest time for which edits that never pause go unwritten. */
const longestMs = 3_000

/** `keptAt`: when the edits that the draft begins with were kept, if it begins with some. */
export function createAutosave(owner: DraftOwner, draft: Draft, keptAt?: number) {
  const [state, setState] = createSignal<KeepState>(
    keptAt === undefined ? { kind: 'clean' } : { kind: 'kept', at: keptAt },
  )
  let timer: ReturnType<typeof setTimeout> | undefined
  let waitingSince: number | undefined
  let writing: Promise<void> = Promise.resolve()

  /** One at a time and in order: an older state must not be written over a newer one. */
  const enqueue = (work: () => Promise<KeepState>) => {
    writing = writing.then(work).then(
      (next) => void setState(next),
      () => void setState({ kind: 'failed' }),
    )
    return writing
  }
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    waitingSince = undefined
    if (!untrack(draft.isDirty)) {
      return enqueue(async () => {
        await forgetDraft(owner)
        return { kind: 'clean' }
      })
    }
    const buffer = untrack(draft.buffer)
    const kept = {
      base: untrack(draft.base),
      content: untrack(draft.content),
      text: buffer && buffer.unreadable.length > 0 ? buffer.text.toString() : null,
      keptAt: Date.now(),
    }
    return enqueue(async () => {
      await keepDraft(owner, kept)
      return { kind: 'kept', at: kept.keptAt }
    })
  }
  createEffect(
    on(
      [draft.content, draft.buffer, draft.base],
      () => {
        setState({ kind: 'pending' })
        waitingSince ??= Date.now()
        clearTimeout(timer)
        timer = setTimeout(flush, Math.min(typingMs, Math.max(0, waitingSince + longestMs - Date.now())))
      },
      { defer: true },
    ),
  )
  const onHide = () => {
    if (timer !== undefined) void flush()
  }
  document.addEventListener('visibilitychange', onHide)
  window.addEventListener('pagehide', onHide)
  onCleanup(() => {
    onHide()
    document.removeEventListener('visibilitychange', onHide)
    window.removeEventListener('pagehide', onHide)
  })
  return {
    state,
    flush,
    /** Forgets what was kept, and writes no more of what was typed before. */
    forget: () => {
      clearTimeout(timer)
      timer = undefined
      return enqueue(async () => {
        await forgetDraft(owner)
        return { kind: 'clean' }
      })
    },
  }
}
export type Autosave = ReturnType<typeof createAutosave>
