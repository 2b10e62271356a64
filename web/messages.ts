/** What an API error means, as sentences of the catalogue. */
import type { CombinedError } from '@urql/core'
import type { Problem } from '#core/refusal'
import { isKey, locale, t } from './locales/i18n.ts'

/** The stable code: the API's own, or `NETWORK` when there was no answer. */
export function codeOf(error: CombinedError | undefined): string | undefined {
  if (error === undefined) return undefined
  const code = error.graphQLErrors[0]?.extensions.code
  if (typeof code === 'string') return code
  return error.graphQLErrors.length > 0 ? 'INTERNAL_SERVER_ERROR' : 'NETWORK'
}

/** One sentence that says what happened. */
export function sentenceOf(error: CombinedError): string {
  const seconds = retryAfterOf(error)
  if (codeOf(error) === 'RATE_LIMITED' && seconds !== undefined) return t('error.rateLimited', { seconds })
  const key = `error.${codeOf(error)}`
  return t(isKey(key) ? key : 'error.INTERNAL_SERVER_ERROR')
}

/** What more there is to say: the server's own words, or the reference to quote for a fault. */
export function detailOf(error: CombinedError): string | undefined {
  const code = codeOf(error)
  if (code === 'NETWORK') return undefined
  const reference = referenceOf(error)
  if (reference !== undefined) return t('error.reference', { reference })
  const isWordless = ['UNAUTHENTICATED', 'INTERNAL_SERVER_ERROR', 'RATE_LIMITED'].includes(code ?? '')
  return isWordless ? undefined : error.graphQLErrors[0]?.message
}

/** Seconds until it is worth asking again, where the server can't work for now. */
export function retryAfterOf(error: CombinedError | undefined): number | undefined {
  const seconds = error?.graphQLErrors[0]?.extensions.retryAfterSeconds
  return typeof seconds === 'number' ? seconds : undefined
}

/** What finds a fault in the server's log. */
export function referenceOf(error: CombinedError): string | undefined {
  const reference = error.graphQLErrors[0]?.extensions.referenceId
  return typeof reference === 'string' ? reference : undefined
}

/** Both in one line, for a toast. */
export function lineOf(error: CombinedError): string {
  return [sentenceOf(error), detailOf(error)].filter(Boolean).join(' ')
}

/** The problems of a BAD_USER_INPUT, by path. */
export function problemsOf(error: CombinedError | undefined): readonly Problem[] {
  const problems = error?.graphQLErrors[0]?.extensions.problems
  return Array.isArray(problems) ? problems.filter(isProblem) : []
}

/** The problem in the reader's language; in English its own sentence, which knows rows and values, says more. */
export function problemSentence(problem: Pick<Problem, 'code' | 'message'>): string {
  const key = `problem.${problem.code}`
  return locale() !== 'en' && isKey(key) ? t(key) : problem.message
}

/** How a warning is mended, in the reader's language. */
export function mendSentence({ code, mend }: { readonly code: string; readonly mend: string }): string {
  const key = `mend.${code}`
  return locale() !== 'en' && isKey(key) ? t(key) : mend
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== 'object' || value === null) return false
  const { path, code, message } = value as Record<string, unknown>
  return typeof path === 'string' && typeof code === 'string' && typeof message === 'string'
}
