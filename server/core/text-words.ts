/** The words of one line of text: split at blanks, quoted where they would not come back as they were. */

export interface Word {
  /** As it stands in the line, quotes and all. */
  readonly raw: string
  /** From 1. */
  readonly column: number
  /** A quote opens it that never closes, or that something follows at once. */
  readonly isBroken: boolean
}

export interface Words {
  readonly words: readonly Word[]
  /** What follows the `#`, or null. */
  readonly note: string | null
  /** Where the `#` stands, from 1; 0 without one. */
  readonly noteColumn: number
}

const quoted = String.raw`"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"`
const nextWord = new RegExp(String.raw`\s*(?:#([^]*)|((?:[a-z]+=)?${quoted})(?!\S)|(\S+))`, 'uy')
/** Line ends of every kind, what reorders text on the screen, half characters: never seen bare. */
const hidden = /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u
const eachHidden = new RegExp(hidden, 'gu')
const bareWord = /^[^\s"#][^\s"]*$/u
const quotedNote = new RegExp(`^${quoted}$`, 'u')

/** A word that begins with `#` begins the note, which goes on to the end of the line. */
export function splitWords(line: string): Words {
  const words: Word[] = []
  nextWord.lastIndex = 0
  for (let found = nextWord.exec(line); found !== null; found = nextWord.exec(line)) {
    const [all, note, whole, bare] = found
    if (note !== undefined) {
      return { words, note: readNote(note), noteColumn: nextWord.lastIndex - note.length }
    }
    const raw = whole ?? bare ?? ''
    const isBroken = bare !== undefined && /^(?:[a-z]+=)?"/.test(bare)
    words.push({ raw, column: nextWord.lastIndex - raw.length + 1, isBroken })
    if (all === '') break
  }
  return { words, note: null, noteColumn: 0 }
}

/** A text as one word: as it is where that is safe, else in quotes with JSON's escapes. */
export function writeWord(text: string): string {
  return bareWord.test(text) && !hidden.test(text) ? text : quote(text)
}

/** What `writeWord` wrote; a word without quotes stands for itself. */
export function readWord(raw: string): string {
  return raw.startsWith('"') ? JSON.parse(raw) : raw
}

/** A text as the rest of a line. Only line breaks, invisible characters and what looks quoted need quotes. */
export function writeNote(note: string): string {
  return hidden.test(note) || readNote(note) !== note ? quote(note) : note
}

/** Quotes without an escape inside are part of the note: people write them. */
function readNote(text: string): string {
  const note = text.trim()
  return note.startsWith('"') && note.includes('\\') && quotedNote.test(note) ? JSON.parse(note) : note
}

function quote(text: string): string {
  return JSON.stringify(text).replace(
    eachHidden,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
