/** Relay pages by keyset: a cursor holds the sort key of its row, so that pages stay right while rows come and go. */
import { type Problem, Refusal, refuseInput } from './core/refusal.ts'

export interface PageRequest {
  /** 1–100. */
  readonly first: number
  /** Sort key of the last row seen. */
  readonly after: readonly string[] | null
}

export interface Page<T> {
  readonly rows: readonly { readonly node: T; readonly cursor: string }[]
  readonly hasNextPage: boolean
  /** Counted only when asked for. */
  totalCount(): Promise<number>
}

/**
 * @param keys how many parts this list's cursor has
 * @throws Refusal BAD_USER_INPUT for `first` outside 1–100 or a cursor that is not one of this list
 */
export function pageRequest(first: number, after: string | null | undefined, keys: number): PageRequest {
  const problems: Problem[] = []
  if (!Number.isInteger(first) || first < 1 || first > 100) {
    problems.push({ path: 'first', code: 'OUT_OF_RANGE', message: 'must be from 1 to 100.' })
  }
  const key = after ? decodeCursor(after, keys) : null
  if (after && !key) problems.push(...malformedCursor().problems)
  const [problem, ...more] = problems
  if (problem) throw refuseInput([problem, ...more])
  return { first, after: key }
}

/** For a cursor that is not one of this list, or of this order of it. */
export function malformedCursor(): Refusal {
  const message = 'is not a cursor of this list; start again without it.'
  return refuseInput([{ path: 'after', code: 'CURSOR_MALFORMED', message }])
}

/** `rows`: up to `first + 1` of them, the last one only proving that there is a next page. */
export function pageOf<T>(
  rows: readonly T[],
  request: PageRequest,
  keyOf: (row: T) => readonly string[],
  totalCount: () => Promise<number>,
): Page<T> {
  return {
    rows: rows.slice(0, request.first).map((node) => ({ node, cursor: encodeCursor(keyOf(node)) })),
    hasNextPage: rows.length > request.first,
    totalCount,
  }
}

function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

function decodeCursor(cursor: string, keys: number): readonly string[] | null {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    const isKey = Array.isArray(key) && key.length === keys && key.every((part) => typeof part === 'string')
    if (!isKey) return null
    const [number, id] = [key[0], key.at(-1)] as [string, string]
    const isRight = keys === 1 ? /^\d{1,15}$/.test(number) : isId(id)
    return isRight ? (key as string[]) : null
  } catch {
    return null
  }
}

/** Ids are opaque to callers, UUIDs to us: anything else can't name a row. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}

/** @throws Refusal NOT_FOUND naming what the id should have been of */
export function requireId(id: string, noun: string): string {
  if (!isId(id)) throw new Refusal('NOT_FOUND', `There is no ${noun} with the id "${id.slice(0, 80)}".`)
  return id
}

/** A search as a LIKE pattern that takes the text literally. */
export function likePattern(search: string): string {
  return `%${search.slice(0, 200).replace(/[\\%_]/g, '\\$&')}%`
}

export async function countOf(query: PromiseLike<readonly { n: number }[]>): Promise<number> {
  return (await query)[0]?.n ?? 0
}
