/** Pasted requests, one a line: what can be asked, and what can't be read. */
import type { Problem } from '#core/refusal'
import { parseRouteRequest, type RouteRequest } from '#core/route'
import { requestOf } from './asked.ts'

export type BulkLine =
  | { readonly ok: true; readonly line: number; readonly request: RouteRequest }
  | { readonly ok: false; readonly line: number; readonly text: string; readonly problem: Problem }

/** Looked at in one go; further lines are left, and told. */
export const mostLines = 10_000

/** Lines with something to ask, with their numbers in the text, from 1; empty ones and comments (`#`) are not. */
export function linesOf(text: string): readonly { readonly line: number; readonly text: string }[] {
  return text.split(/\r\n|\r|\n/).flatMap((line, index) => {
    const trimmed = line.trim()
    return trimmed === '' || trimmed.startsWith('#') ? [] : [{ line: index + 1, text: trimmed }]
  })
}

/** `URL client resolved`, parted by blanks or tabs; the last two may be missing, or `-`. */
export function readLine({ line, text }: { readonly line: number; readonly text: string }): BulkLine {
  const [url = '', client = '-', resolved = '-', ...rest] = text.split(/\s+/)
  const given = (column: string) => (column === '-' ? '' : column)
  const request = requestOf({ url, method: '', client: given(client), resolved: given(resolved) })
  const parsed = parseRouteRequest(request)
  if (!parsed.ok) return { ok: false, line, text, problem: parsed.problem }
  if (rest.length > 0) {
    const message = 'After the URL come the client’s address and the address of the name, and no more.'
    return { ok: false, line, text, problem: { path: 'line', code: 'TOO_MANY_COLUMNS', message } }
  }
  return { ok: true, line, request }
}
