/** What PostgreSQL can keep as text or in JSON: no NUL, no half of a character. */
export function isStorable(text: string): boolean {
  return !unstorable.test(text)
}

/** The same text without what can't be kept. */
export function storable(text: string): string {
  return isStorable(text) ? text : text.replaceAll(new RegExp(unstorable, 'gu'), '')
}

const unstorable = /\0|\p{Surrogate}/u
