/** Keyboard shortcuts of the app and of its pages: one listener, one list for the help, one switch for single keys. */
import { createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js'
import { createKeybindingsHandler } from 'tinykeys'
import { createRegistry } from './registry.ts'

export interface Shortcut {
  /** tinykeys syntax: `j`, `g f`, `$mod+k`, `[Shift]+?`. */
  readonly keys: string
  /** What it does, for the help. */
  readonly label: string
  readonly run: (event: KeyboardEvent) => void
  /** Works also in fields, menus and dialogs. */
  readonly isGlobal?: boolean
  /** Of the app's frame, not of a page: the help lists these apart. */
  readonly isApp?: boolean
}

const registry = createRegistry<Shortcut>()
const storageKey = 'apm.singleKeys'
const [hasSingleKeys, setSignal] = createSignal(remembered())

/** Has these shortcuts while the calling component is mounted; where two have the same keys, the newest. */
export const useShortcuts = registry.use
/** All that work now, one per keys, for the help. Reactive. */
export const shortcuts = (): readonly Shortcut[] => {
  const byKeys = new Map<string, Shortcut>()
  for (const shortcut of registry.all()) {
    if (!byKeys.has(shortcut.keys)) byKeys.set(shortcut.keys, shortcut)
  }
  return [...byKeys.values()]
}
/** Whether shortcuts of one printable key are on (WCAG 2.1.4); remembered by this browser. */
export { hasSingleKeys }

export function setSingleKeys(isOn: boolean): void {
  setSignal(isOn)
  try {
    localStorage.setItem(storageKey, isOn ? 'on' : 'off')
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

/** Listens to the keyboard; call once, in the app's frame. */
export function listenToShortcuts(): void {
  const keys = createMemo(() => shortcuts().map((shortcut) => shortcut.keys))
  createEffect(
    // By the keys alone: new words for the same shortcut must not interrupt a sequence half typed.
    on(
      () => keys().join('\n'),
      () => {
        const run = (name: string) => (event: KeyboardEvent) => {
          const shortcut = shortcuts().find((each) => each.keys === name)
          if (!shortcut || isResting(shortcut, event)) return
          event.preventDefault()
          shortcut.run(event)
        }
        const handle = createKeybindingsHandler(Object.fromEntries(keys().map((name) => [name, run(name)])), {
          ignore: (event) => event.isComposing,
        })
        window.addEventListener('keydown', handle)
        onCleanup(() => window.removeEventListener('keydown', handle))
      },
    ),
  )
}

/** `$mod+k` as it is written on this keyboard: `Ctrl+K`, or `⌘+K` on a Mac. */
export function writtenKeys(keys: string): string {
  const isMac = /Mac|iP(hone|ad)/.test(navigator.platform)
  const words: Readonly<Record<string, string>> = {
    $mod: isMac ? '⌘' : 'Ctrl',
    Control: 'Ctrl',
    Alt: isMac ? '⌥' : 'Alt',
    ArrowDown: '↓',
    ArrowUp: '↑',
    ArrowLeft: '←',
    ArrowRight: '→',
    Escape: 'Esc',
  }
  return keys
    .replaceAll(/\[\w+\]\+|Shift\+(?=\?)/g, '')
    .split(' ')
    .map((press) => {
      const parts = press.split('+').map((part) => words[part] ?? part)
      return parts.length > 1
        ? parts.map((part) => (part.length === 1 ? part.toUpperCase() : part)).join('+')
        : parts[0]
    })
    .join(' ')
}

/** True where the keys mean something else: in fields, in menus and dialogs, and when single keys are off. */
function isResting(shortcut: Shortcut, event: KeyboardEvent): boolean {
  if (!hasSingleKeys() && isSingleKey(shortcut.keys)) return true
  if (shortcut.isGlobal) return false
  const target = event.target
  if (!(target instanceof HTMLElement)) return false
  const takesText =
    target.isContentEditable ||
    target.matches('textarea, select, input:not([type=checkbox], [type=radio], [type=button])')
  return (
    (takesText && !hasModifier(shortcut.keys)) ||
    target.closest('[role=dialog], [role=alertdialog], [role=menu]') !== null
  )
}

const modifier = /(\$mod|Control|Alt|Meta)\+/
const hasModifier = (keys: string) => modifier.test(keys)

function isSingleKey(keys: string): boolean {
  return keys
    .split(' ')
    .every((press) => !modifier.test(press) && (press.split('+').at(-1) ?? '').length <= 1)
}

function remembered(): boolean {
  try {
    return localStorage.getItem(storageKey) !== 'off'
  } catch {
    return true
  }
}
