/** Which problems of a draft are shown, and how a summary finds the field of a problem. */
import { createMemo, createSignal } from 'solid-js'
import type { Rule } from '#core/config-document'
import type { Problem } from '#core/refusal'
import { t } from '../../locales/i18n.ts'
import { problemSentence } from '../../messages.ts'
import { type Draft, type PlacedProblem, placed, problemAt } from './draft.ts'

export type RuleField = Exclude<keyof Rule, 'id'>

/** What the parts of the editor share. */
export interface PartProps {
  readonly draft: Draft
  readonly problems: FieldProblems
  /** Set: nothing can be edited, for this reason. */
  readonly why: string | undefined
}

/** The element id of a field, made from its key. */
export function fieldId(key: string): string {
  return `field-${key.replaceAll('.', '-')}`
}

/** Names a rule's field by the rule, not by its row, which may change. */
export function ruleKey(ruleId: string, field: RuleField): string {
  return `${ruleId}.${field}`
}

/** The key of the field that a problem is about; its path, for all but rules. */
export function keyOf({ path, ruleId }: PlacedProblem): string {
  return ruleId === undefined ? path : `${ruleId}.${path.split('.')[2] ?? 'value'}`
}

/**
 * A field complains once it was left, then live; all of them once saving was tried.
 * The server's refusals count until the next try.
 */
export function createFieldProblems(draft: Draft) {
  const [left, setLeft] = createSignal<ReadonlySet<string>>(new Set<string>())
  const [isAllShown, setAllShown] = createSignal(false)
  const [refused, setRefused] = createSignal<readonly PlacedProblem[]>([])
  const all = createMemo((): readonly PlacedProblem[] => {
    const own = draft.problems()
    return [...own, ...refused().filter(({ path }) => problemAt(own, path) === undefined)]
  })
  const byKey = createMemo(() => {
    const found = new Map<string, PlacedProblem>()
    for (const problem of all()) if (!found.has(keyOf(problem))) found.set(keyOf(problem), problem)
    return found
  })
  const shown = createMemo(() => {
    if (isAllShown()) return all()
    return all().filter((problem) => left().has(keyOf(problem)))
  })
  return {
    all,
    /** Those that stand beside their fields now. */
    shown,
    isAllShown,
    showAll: () => setAllShown(true),
    /** Takes a refusal, whose paths are those of the document that was sent. */
    refuse: (problems: readonly Problem[], rules: readonly Rule[] = []) =>
      setRefused(placed(problems, rules)),
    /** Call when the focus leaves a field. */
    leave: (key: string) => setLeft((known) => (known.has(key) ? known : new Set(known).add(key))),
    /** The sentence to show beside the field of this key. */
    sentence: (key: string): string | undefined => {
      const found = byKey().get(key)
      if (!found || !(isAllShown() || left().has(key))) return undefined
      return problemSentence(found)
    },
  }
}
export type FieldProblems = ReturnType<typeof createFieldProblems>

/** Puts the focus into the field of a key; into its section when it names no single field. False: there is none. */
export function focusField(key: string): boolean {
  const parts = key.split('.')
  for (let length = parts.length; length > 0; length -= 1) {
    const target = document.getElementById(fieldId(parts.slice(0, length).join('.')))
    if (!target) continue
    target.scrollIntoView({ block: 'center' })
    target.focus({ preventScroll: true })
    return true
  }
  return false
}

/** `rules.3.value` in words: which row of which list. */
export function placeOf(path: string): string {
  const [part, index] = path.split('.')
  const row = Number(index) + 1
  if (part === 'rules' && index !== undefined) return t('place.rule', { row })
  if (part === 'parentProxies' && index !== undefined) return t('parents.row', { row })
  if (part === 'clientRules' && index !== undefined) return t('clients.row', { row })
  if (part === 'routeTests') return t('warnings.inTests')
  if (part === 'failover') return t('failover.title')
  if (part === 'defaultAction') return t('editor.default')
  if (part === 'name') return t('config.name')
  return t('place.config')
}
