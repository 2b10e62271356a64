/** Lines of plain lists: one or many items with any separator, as people and programs write them. */
import { isAddressLike, parseRange } from './cidr.ts'
import type { Found, FoundLine } from './paste-formats.ts'
import { longestItem, prefixOfNetmask } from './paste-item.ts'
import type { Route, RuleKind } from './vocabulary.ts'

/** `no_proxy=` of the environment and its relatives in Windows, Java and JSON: what follows goes direct. */
const bypassList = /^.*?\b(?:no_?proxy|proxyoverride|nonproxyhosts|proxy-bypass-list)["']?\s*[:=]\s*/i
const bullet = /^\s*(?:[-•–*+]|\d+[.)])\s+/
const separators = /[\s,;|"'`]+/
const kindOfWord: ReadonlyMap<string, RuleKind> = new Map([
  ['domain', 'domain'],
  ['host', 'host'],
  ['range', 'ip_range'],
])
const routeOfWord: ReadonlyMap<string, Route> = new Map([
  ['direct', 'direct'],
  ['parent', 'parent'],
  ['proxy', 'parent'],
])

/** The items of a line; its comment is taken off before. */
export function readListLine(line: string): FoundLine {
  const bare = line.replace(bypassList, '')
  const body = bare.replace(bullet, '')
  const isDelimited = bare !== line || /[,;|"'`]/.test(body)
  const split = joinNetmasks(
    joinRanges(
      body
        .split(separators)
        .map(unwrap)
        .filter((word) => word !== ''),
    ),
  )
  const { items, kind, action } = takeWords(split)
  const listed = bare === line ? action : 'direct'
  const [first, ...rest] = items
  if (
    first !== undefined &&
    rest.length > 0 &&
    !isDelimited &&
    isOneAddress(first) &&
    !rest.some(isAddressLike)
  ) {
    const names = rest.map((text): Found => ({ text, kind: 'host' }))
    return { found: [{ text: first, reason: 'NOT_A_RULE' }, ...names], action: listed }
  }
  if (isDelimited || items.length === 1 || kind !== undefined) {
    return { found: items.map((text) => (kind === undefined ? { text } : { text, kind })), action: listed }
  }
  const words = items.map((text): Found => (loneWord.test(text) ? notAName(text) : { text }))
  const isSentence = words.length > 0 && words.every((item) => 'code' in item)
  return { found: isSentence ? [notAName(line.trim())] : words, action: listed }
}

/** Blanks separate names, and also the words of a sentence: `Please open corp.example for us`. */
const loneWord = /^[\p{L}’]+[.:!?]?$/u

function notAName(text: string): Found {
  const message = `Is “${text}” a name, or a piece of a sentence? Names without a dot need a line each, or commas.`
  return { text, code: 'MAYBE_NO_NAME', message }
}

/** A kind before the items, an action before or after them. */
function takeWords(words: readonly string[]): {
  readonly items: readonly string[]
  readonly kind: RuleKind | undefined
  readonly action: Route | null
} {
  let items = words
  const take = <Value>(known: ReadonlyMap<string, Value>, at: number): Value | undefined => {
    const found = items.length > 1 ? known.get(items.at(at)?.toLowerCase() ?? '') : undefined
    if (found !== undefined) items = at === 0 ? items.slice(1) : items.slice(0, -1)
    return found
  }
  const last = take(routeOfWord, -1)
  const first = last === undefined ? take(routeOfWord, 0) : undefined
  const kind = take(kindOfWord, 0)
  return { items, kind, action: last ?? first ?? null }
}

/** `10.0.0.1 - 10.0.0.9`, with any dash, is one item; other dashes between blanks are punctuation. */
function joinRanges(words: readonly string[]): string[] {
  const joined: string[] = []
  for (const [index, word] of words.entries()) {
    const plain = rangeEnds.test(word) ? word.replace(/[–—]/g, '-') : word
    const before = joined.at(-1) ?? ''
    const isAfterEnd = rangeEnds.test(before)
    if (isAfterEnd && before.endsWith('-') && rangeEnds.test(plain))
      joined[joined.length - 1] = before + plain
    else if (!loneDash.test(word)) joined.push(plain)
    else if (isAfterEnd && rangeEnds.test(words[index + 1] ?? '')) joined[joined.length - 1] = `${before}-`
  }
  return joined
}

const loneDash = /^[-–—]$/
/** One address, or both with their dash. */
const rangeEnds = /^[0-9a-f]*[.:][0-9a-f.:–—-]*$/i

/** `10.0.0.0 255.0.0.0` and `10.0.0.0 mask 255.0.0.0` are one item. */
function joinNetmasks(words: readonly string[]): string[] {
  const joined: string[] = []
  for (const word of words) {
    const prefix = prefixOfNetmask(word)
    if (prefix !== undefined && /^(net)?mask$/i.test(joined.at(-1) ?? '')) joined.pop()
    const before = joined.at(-1)
    if (prefix !== undefined && before !== undefined && isOneAddress(before))
      joined[joined.length - 1] = `${before}/${word}`
    else joined.push(word)
  }
  return joined
}

function isOneAddress(text: string): boolean {
  return /^[0-9a-f.:]+$/i.test(text) && parseRange(text).ok
}

/** Brackets of a list around its first and last item; those of `[fd00::1]:443` and `<local>` stay. */
function unwrap(word: string): string {
  if (word.length > longestItem) return word
  const opened = /^[[({]+/.exec(word)?.[0].length ?? 0
  const closed = /[\])}]+$/.exec(word)?.[0].length ?? 0
  if (opened > 0 && closed > 0 && opened + closed < word.length && opened === closed) {
    return /^\[[0-9a-f:.]+\]$/i.test(word) && word.includes(':') ? word : word.slice(opened, -closed)
  }
  const hasPair = /^\[[^\]]+\]:/.test(word)
  return hasPair ? word : word.slice(opened, word.length - closed)
}
