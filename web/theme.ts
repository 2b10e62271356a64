/** Light, dark, or as the system says; `index.html` applies the remembered choice before the first paint. */
import { createSignal } from 'solid-js'

export type Theme = 'system' | 'light' | 'dark'
const storageKey = 'apm.theme'

const [theme, setSignal] = createSignal<Theme>(remembered())

export { theme }

export function setTheme(next: Theme): void {
  setSignal(next)
  if (next === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = next
  try {
    if (next === 'system') localStorage.removeItem(storageKey)
    else localStorage.setItem(storageKey, next)
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

function remembered(): Theme {
  const applied = document.documentElement.dataset.theme
  return applied === 'light' || applied === 'dark' ? applied : 'system'
}
