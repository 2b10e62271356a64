/** The reader's language: which one, its dictionary, and the two functions that turn a key into words. */
import { resolveTemplate, translator } from '@solid-primitives/i18n'
import { createSignal } from 'solid-js'
import { en } from './en.ts'

export type Key = keyof typeof en
export type Dictionary = Readonly<Record<Key, string>>
type TemplateArgs = Readonly<Record<string, string | number>>
export type Locale = 'en' | 'pt-BR'
/** Keys that exist as `<stem>.one` and `<stem>.other`. */
export type PluralStem = Key extends infer K ? (K extends `${infer Stem}.other` ? Stem : never) : never

export const localeNames: Readonly<Record<Locale, string>> = { en: 'English', 'pt-BR': 'Português (Brasil)' }

const storageKey = 'apm.locale'
const [current, setCurrent] = createSignal<{ locale: Locale; dictionary: Dictionary }>({
  locale: 'en',
  dictionary: en,
})

export const locale = (): Locale => current().locale

/** The words for `key`, with `{{ name }}` replaced. Reactive. */
export const t: (key: Key, args?: TemplateArgs) => string = translator(
  () => current().dictionary,
  resolveTemplate,
)

/** The words for `count` things, by the plural rules of the language; `{{ count }}` is the number. Reactive. */
export function plural(stem: PluralStem, count: number, args: TemplateArgs = {}): string {
  const { dictionary } = current()
  const category = new Intl.PluralRules(locale()).select(count)
  // Portuguese has a category `many` for millions, which our sentences don't tell from `other`.
  const template = category === 'one' ? dictionary[`${stem}.one`] : dictionary[`${stem}.other`]
  return resolveTemplate(template, { count: new Intl.NumberFormat(locale()).format(count), ...args })
}

/** True for a key that is known only at run time, such as one made from a server's code. */
export function isKey(key: string): key is Key {
  return key in en
}

/** Switches the language, fetching its dictionary first, and remembers it. */
export async function setLocale(next: Locale): Promise<void> {
  const dictionary: Dictionary = next === 'en' ? en : (await import('./pt-BR.ts')).ptBr
  setCurrent({ locale: next, dictionary })
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
