/** How errors leave the server: refusals as they are, an absent database named, faults masked, logged, with a reference. */
import { randomUUID } from 'node:crypto'
import { GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import { Refusal } from '../core/refusal.ts'
import { isDatabaseUnreachable } from '../database/unreachable.ts'
import { unavailable } from './unavailable.ts'

/** Apollo's and graphql-js's own refusals of a request that never reached the domain. */
const requestCodes: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
])

/** A connection may also break after a commit, before its answer. */
const databaseWords =
  'The server’s database does not answer at the moment. After a mutation, look first whether it was carried out.'

/** The error that a caller sees for whatever was thrown. */
export function presentError(error: unknown, log: Logger): GraphQLError {
  const cause = rootOf(error)
  const at = error instanceof GraphQLError ? { nodes: error.nodes ?? null, path: error.path ?? null } : {}
  if (cause instanceof Refusal) {
    const { code, problems, retryAfterSeconds } = cause
    const wait = retryAfterSeconds === null ? {} : { retryAfterSeconds }
    return new GraphQLError(cause.message, { ...at, extensions: { code, problems, ...wait } })
  }
  if (cause instanceof GraphQLError) {
    const code = cause.extensions.code
    if (requestCodes.has(code))
      return new GraphQLError(cause.message, { ...at, extensions: { ...cause.extensions } })
    // Thrown by graphql-js itself, before any resolver: a variable of the wrong type, an unknown operation name.
    if (code === undefined) {
      return new GraphQLError(cause.message, { ...at, extensions: { code: 'BAD_USER_INPUT', problems: [] } })
    }
  }
  if (isDatabaseUnreachable(cause)) {
    log.error({ err: cause, path: at.path ?? null }, 'database unreachable')
    return unavailable(databaseWords, at)
  }
  const referenceId = randomUUID()
  log.error({ err: cause, referenceId, path: at.path ?? null }, 'fault')
  const message = `Something went wrong on our side. Quote ${referenceId} when you report it.`
  return new GraphQLError(message, { ...at, extensions: { code: 'INTERNAL_SERVER_ERROR', referenceId } })
}

/** Apollo wraps graphql-js's own error and adds the code: there the outer one is wanted. */
function rootOf(error: unknown): unknown {
  if (!(error instanceof GraphQLError) || !error.originalError) return error
  const { code } = error.extensions
  const isOfRequest = requestCodes.has(code) && code !== 'BAD_USER_INPUT'
  return isOfRequest ? error : rootOf(error.originalError)
}
