/** The reader's language: which one, its texts area by area, and the two functions that turn a key into words. */
import { resolveTemplate } from '@solid-primitives/i18n'
import { batch, createSignal } from 'solid-js'
import { formatNumber, pluralCategory } from '../format.ts'
import type { en } from './en.ts'

export type Key = keyof typeof en
type TemplateArgs = Readonly<Record<string, string | number>>
export type Locale = 'en' | 'pt-BR'
/** Keys that exist as `<stem>.one` and `<stem>.other`. */
export type PluralStem = Key extends infer K ? (K extends `${infer Stem}.other` ? Stem : never) : never

export const localeNames: Readonly<Record<Locale, string>> = { en: 'English', 'pt-BR': 'Português (Brasil)' }

type Texts = Readonly<Record<string, string>>

/** By area and language, beside the page that needs them; areas that go together are one file (vite.config.ts). */
const loaders = {
  shell: {
    en: () => import('./en/shell.ts').then((file) => file.shell),
    'pt-BR': () => import('./pt-BR/shell.ts').then((file) => file.shell),
  },
  fleet: {
    en: () => import('./en/fleet.ts').then((file) => file.fleet),
    'pt-BR': () => import('./pt-BR/fleet.ts').then((file) => file.fleet),
  },
  proxy: {
    en: () => import('./en/proxy.ts').then((file) => file.proxy),
    'pt-BR': () => import('./pt-BR/proxy.ts').then((file) => file.proxy),
  },
  logs: {
    en: () => import('./en/logs.ts').then((file) => file.logs),
    'pt-BR': () => import('./pt-BR/logs.ts').then((file) => file.logs),
  },
  parents: {
    en: () => import('./en/parents.ts').then((file) => file.parents),
    'pt-BR': () => import('./pt-BR/parents.ts').then((file) => file.parents),
  },
  document: {
    en: () => import('./en/document.ts').then((file) => file.document),
    'pt-BR': () => import('./pt-BR/document.ts').then((file) => file.document),
  },
  editor: {
    en: () => import('./en/editor.ts').then((file) => file.editor),
    'pt-BR': () => import('./pt-BR/editor.ts').then((file) => file.editor),
  },
  review: {
    en: () => import('./en/review.ts').then((file) => file.review),
    'pt-BR': () => import('./pt-BR/review.ts').then((file) => file.review),
  },
  configs: {
    en: () => import('./en/configs.ts').then((file) => file.configs),
    'pt-BR': () => import('./pt-BR/configs.ts').then((file) => file.configs),
  },
  import: {
    en: () => import('./en/import.ts').then((file) => file.importing),
    'pt-BR': () => import('./pt-BR/import.ts').then((file) => file.importing),
  },
  audit: {
    en: () => import('./en/audit.ts').then((file) => file.audit),
    'pt-BR': () => import('./pt-BR/audit.ts').then((file) => file.audit),
  },
  route: {
    en: () => import('./en/route.ts').then((file) => file.route),
    'pt-BR': () => import('./pt-BR/route.ts').then((file) => file.route),
  },
  stats: {
    en: () => import('./en/stats.ts').then((file) => file.stats),
    'pt-BR': () => import('./pt-BR/stats.ts').then((file) => file.stats),
  },
  users: {
    en: () => import('./en/users.ts').then((file) => file.users),
    'pt-BR': () => import('./pt-BR/users.ts').then((file) => file.users),
  },
  settings: {
    en: () => import('./en/settings.ts').then((file) => file.settings),
    'pt-BR': () => import('./pt-BR/settings.ts').then((file) => file.settings),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Locale, () => Promise<Texts>>>>>

export type Area = keyof typeof loaders
export const areas = Object.keys(loaders) as readonly Area[]

const storageKey = 'apm.locale'
const [locale, setCurrentLocale] = createSignal<Locale>('en')
const [texts, setTexts] = createSignal<Texts>({})
const loaded = new Set<Area>()

export { locale }

/** The words for `key`, with `{{ name }}` replaced; their area must have been loaded. Reactive. */
export function t(key: Key, args?: TemplateArgs): string {
  return resolveTemplate(texts()[key] ?? key, args)
}

/** The words for `count` things, by the plural rules of the language; `{{ count }}` is the number. Reactive. */
export function plural(stem: PluralStem, count: number, args: TemplateArgs = {}): string {
  const category = pluralCategory(locale(), count)
  // Portuguese has a category `many` for millions, which our sentences don't tell from `other`; and it counts none as
  // one, where people write `0 proxies`.
  const key = `${stem}.${category === 'one' && count !== 0 ? 'one' : 'other'}` as Key
  return t(key, { count: formatNumber(locale(), count), ...args })
}

/** True for a key that is known only at run time, such as one made from a server's code. */
export function isKey(key: string): key is Key {
  return key in texts()
}

/** Fetches the texts of these areas in the reader's language; a page asks before it is shown. */
export async function loadTexts(...wanted: readonly Area[]): Promise<void> {
  const missing = wanted.filter((area) => !loaded.has(area))
  if (missing.length === 0) return
  const language = locale()
  const parts = await Promise.all(missing.map((area) => loaders[area][language]()))
  for (const area of missing) loaded.add(area)
  // Switched meanwhile: the new language has fetched only what was loaded then.
  if (language !== locale()) return setLocale(locale())
  setTexts((known) => Object.assign({}, known, ...parts))
}

/** A part of the page waits for its texts; both are fetched side by side. */
export async function withTexts<Part>(part: Promise<Part>, ...wanted: readonly Area[]): Promise<Part> {
  const [loaded] = await Promise.all([part, loadTexts(...wanted)])
  return loaded
}

/** Switches the language, fetching first what is on the screen, and remembers it. */
export async function setLocale(next: Locale): Promise<void> {
  const parts = await Promise.all([...loaded].map((area) => loaders[area][next]()))
  batch(() => {
    setCurrentLocale(next)
    setTexts(Object.assign({}, ...parts))
  })
  document.documentElement.lang = next
  try {
    localStorage.setItem(storageKey, next)
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

/** The remembered language, else the browser's. */
export function preferredLocale(): Locale {
  const isPortuguese = (tag: string | null) => tag?.toLowerCase().startsWith('pt') ?? false
  try {
    const remembered = localStorage.getItem(storageKey)
    if (remembered !== null) return isPortuguese(remembered) ? 'pt-BR' : 'en'
  } catch {
    // As above.
  }
  return isPortuguese(navigator.language) ? 'pt-BR' : 'en'
}
