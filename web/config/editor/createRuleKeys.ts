/** The keyboard in the list of rules: up and down a column, moving, selecting, adding and removing. */
import { t } from '../../locales/i18n.ts'
import { useShortcuts } from '../../shortcuts.ts'
import type { RuleField } from './fields.ts'
import type { Selection } from './selection.ts'

interface RuleKeysParts {
  readonly ids: () => readonly string[]
  readonly places: () => ReadonlyMap<string, number>
  readonly selection: Selection
  readonly isReadOnly: () => boolean
  readonly onFocus: (id: string, field: RuleField) => void
  readonly onStep: (id: string, by: -1 | 1) => void
  readonly onAddBelow: (id: string) => void
  readonly onRemove: (ids: ReadonlySet<string>) => void
}

/** The id of the rule in whose row an element is. */
export function rowAround(element: Element | null): string | undefined {
  return element?.closest<HTMLElement>('[data-rule]')?.dataset.rule
}

export function createRuleKeys(parts: RuleKeysParts) {
  const { selection } = parts
  const onRow = (run: (id: string) => void) => () => {
    const id = rowAround(document.activeElement)
    if (id !== undefined) run(id)
  }
  useShortcuts(() => [
    { keys: 'Alt+ArrowUp', label: t('rules.keyUp'), run: onRow((id) => parts.onStep(id, -1)) },
    { keys: 'Alt+ArrowDown', label: t('rules.keyDown'), run: onRow((id) => parts.onStep(id, 1)) },
    { keys: '$mod+Enter', label: t('rules.keyBelow'), run: onRow((id) => parts.onAddBelow(id)) },
  ])
  /** True when the key was taken. */
  const take = (event: KeyboardEvent, target: Element, id: string, field: string): boolean => {
    const isText = target instanceof HTMLInputElement && target.type === 'text'
    const hasMod = event.ctrlKey || event.metaKey
    switch (event.key) {
      case 'ArrowUp':
      case 'ArrowDown': {
        // A choice and a date change by these keys themselves.
        if (target instanceof HTMLSelectElement || field === 'expiresAt' || hasMod) return false
        const place = parts.places().get(id) ?? 0
        const next = parts.ids()[place + (event.key === 'ArrowUp' ? -1 : 1)]
        if (next === undefined) return false
        if (event.shiftKey && !isText) selection.mark(next, true, true)
        parts.onFocus(next, field as RuleField)
        return true
      }
      case 'f':
        if (hasMod) document.getElementById('rule-search')?.focus()
        return hasMod
      case 'a':
        if (hasMod && !isText) selection.all()
        return hasMod && !isText
      case 'Delete':
        if (field !== 'select' || parts.isReadOnly()) return false
        parts.onRemove(selection.has(id) ? selection.ids() : new Set([id]))
        return true
      case 'Escape':
        if (selection.ids().size === 0) return false
        selection.clear()
        return true
      default:
        return false
    }
  }
  return {
    onKeyDown: (event: KeyboardEvent & { readonly target: Element }) => {
      const id = rowAround(event.target)
      const field = event.target.getAttribute('data-field')
      if (id === undefined || field === null || event.altKey) return
      if (take(event, event.target, id, field)) event.preventDefault()
    },
  }
}
