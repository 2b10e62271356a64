/** "Not now": what a server that is there, but can't work, tells whoever asks. */
import { GraphQLError, type GraphQLErrorOptions } from 'graphql'
import { retryAfterSeconds } from '../admission.ts'

/** `retryAfterSeconds`, drawn anew for each, is among the extensions: an answer over a socket has no headers. */
export function unavailable(why: string, at: GraphQLErrorOptions = {}): GraphQLError {
  const seconds = retryAfterSeconds(Math.random())
  return new GraphQLError(`${why} Come back in ${seconds} s.`, {
    ...at,
    extensions: { code: 'UNAVAILABLE', retryAfterSeconds: seconds },
  })
}

/** The seconds to wait, and the HTTP status that goes with them, where one of these errors says so. */
export function waitOf(
  errors: readonly { readonly extensions?: Readonly<Record<string, unknown>> }[] | undefined,
): { readonly status: 429 | 503; readonly seconds: number } | null {
  const told = errors?.find(({ extensions }) => typeof extensions?.retryAfterSeconds === 'number')
  if (!told) return null
  const { code, retryAfterSeconds } = told.extensions ?? {}
  return { status: code === 'RATE_LIMITED' ? 429 : 503, seconds: Number(retryAfterSeconds) }
}
