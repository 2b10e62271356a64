/** Which problems of a draft are shown, and how a summary finds the field of a problem. */
import { createSignal } from 'solid-js'
import type { Problem } from '#core/refusal'
import { t } from '../../locales/i18n.ts'
import { problemSentence } from '../../messages.ts'
import { type Draft, problemAt } from './draft.ts'

/** The element id of a field, made from its path in the document. */
export function fieldId(path: string): string {
  return `field-${path.replaceAll('.', '-')}`
}

/**
 * A field complains once it was left, then live; all of them once saving was tried.
 * `refused` are the server's problems, true until the next try.
 */
export function createFieldProblems(draft: Draft) {
  const [left, setLeft] = createSignal<ReadonlySet<string>>(new Set<string>())
  const [isAllShown, setAllShown] = createSignal(false)
  const [refused, setRefused] = createSignal<readonly Problem[]>([])
  const all = (): readonly Problem[] => {
    const own = draft.problems()
    return [...own, ...refused().filter(({ path }) => problemAt(own, path) === undefined)]
  }
  return {
    all,
    isAllShown,
    showAll: () => setAllShown(true),
    refuse: (problems: readonly Problem[]) => setRefused(problems),
    /** Call when the focus leaves a field. */
    leave: (key: string) => setLeft((known) => (known.has(key) ? known : new Set(known).add(key))),
    /** The sentence to show at `path`; `key` is what `leave` was called with. */
    sentence: (path: string, key = path): string | undefined => {
      if (!isAllShown() && !left().has(key)) return undefined
      const found = problemAt(all(), path)
      return found && problemSentence(found)
    },
  }
}
export type FieldProblems = ReturnType<typeof createFieldProblems>

/** Puts the focus into the field of a problem; into its section when the problem names no single field. */
export function jumpTo(path: string): void {
  const parts = path.split('.')
  for (let length = parts.length; length > 0; length -= 1) {
    const target = document.getElementById(fieldId(parts.slice(0, length).join('.')))
    if (!target) continue
    target.scrollIntoView({ block: 'center' })
    target.focus({ preventScroll: true })
    return
  }
}

/** `rules.3.value` in words: which row of which list. */
export function placeOf(path: string): string {
  const [part, index] = path.split('.')
  const row = Number(index) + 1
  if (part === 'rules' && index !== undefined) return t('place.rule', { row })
  if (part === 'parentProxies' && index !== undefined) return t('parents.row', { row })
  if (part === 'clientRules' && index !== undefined) return t('clients.row', { row })
  if (part === 'failover') return t('failover.title')
  if (part === 'defaultAction') return t('editor.default')
  if (part === 'name') return t('config.name')
  return t('place.config')
}
