/** What Apollo is told to do beside executing: who may, what is refused, and with which status. */
import { type ApolloServerPlugin, type BaseContext, HeaderMap } from '@apollo/server'
import { type GraphQLError, Kind, type OperationDefinitionNode } from 'graphql'
import type { Logger } from 'pino'
import { noteRefusal } from '../audit/note-refusal.ts'
import { Refusal } from '../core/refusal.ts'
import type { Operation } from '../operation.ts'
import type { Context } from './context.ts'
import type { Documents } from './documents.ts'
import { presentError } from './errors.ts'
import type { Caller, Gate } from './gate.ts'
import { waitOf } from './unavailable.ts'

export interface HttpContext extends Context, BaseContext {
  readonly caller: Caller
}
type Plugin = ApolloServerPlugin<HttpContext>

/** What may be called without a token: beacon and logout know the browser by its cookie, choosePassword by its link. */
const publicMutations: ReadonlySet<string> = new Set([
  'login',
  'enrolAgent',
  'beacon',
  'logout',
  'choosePassword',
])

export const requireToken: Plugin = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation, contextValue: { caller } }) {
        if (caller.actor.kind !== 'anonymous' || isPublic(operation)) return
        throw caller.failure ?? new Refusal('UNAUTHENTICATED', 'Log in, or send a valid token.')
      },
    }
  },
}

function isPublic(operation: OperationDefinitionNode | undefined): boolean {
  if (operation?.operation !== 'mutation') return false
  const fields = operation.selectionSet.selections
  return fields.every(
    (field) =>
      field.kind === Kind.FIELD &&
      (publicMutations.has(field.name.value) || field.name.value === '__typename'),
  )
}

/** In Apollo's own place it would come before the token is asked for, and before the document is measured. */
export function checkDocument(documents: Documents, log: Logger): Plugin {
  return {
    async requestDidStart() {
      return {
        async responseForOperation({ document, request, contextValue: { caller } }) {
          const errors = documents.check(document, request, caller.actor.kind === 'agent' ? 'agent' : 'other')
          if (errors.length === 0) return null
          const presented = errors.map((error) => presentError(error, log).toJSON())
          const http = { status: 400, headers: new HeaderMap() }
          return { http, body: { kind: 'single', singleResult: { errors: presented } } }
        },
      }
    },
  }
}

/**
 * Errors that were met: they are written down where that is due, and remembered with their request's log. Apollo
 * formats them without a context, and a fault's line has to name its request all the same. Not with an
 * AsyncLocalStorage: its first use makes every promise of the process dearer, those of the agents' sockets as well.
 */
export function noteErrors(
  log: Logger,
  gate: Gate,
): { readonly plugin: Plugin; logOf(error: unknown): Logger } {
  const logs = new WeakMap<object, Logger>()
  const plugin: Plugin = {
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors, contextValue: { op, caller } }) {
          const own = log.child({ requestId: op.origin.requestId })
          for (const error of errors) logs.set(error, own)
          if (caller.actor.kind === 'anonymous' && caller.failure === null) gate.noteRefusal(caller.address)
          await noteAll(op, errors, own)
        },
      }
    },
  }
  return { plugin, logOf: (error) => logs.get(Object(error)) ?? log }
}

/** The answer is the same when the trail can't be written: nothing was done. */
export async function noteAll(op: Operation, errors: readonly GraphQLError[], log: Logger): Promise<void> {
  for (const { originalError, path } of errors) {
    await noteRefusal(op, originalError, String(path?.[0] ?? '')).catch((error: unknown) =>
      log.error({ err: error }, 'fault'),
    )
  }
}

/** A token that is missing or dead is 401, whatever else went well; who has to wait is told so in HTTP's words. */
export const statusOfErrors: Plugin = {
  async requestDidStart() {
    return {
      async willSendResponse({ response }) {
        const { body, http } = response
        const errors = body.kind === 'single' ? body.singleResult.errors : undefined
        if (errors?.some((error) => error.extensions?.code === 'UNAUTHENTICATED')) http.status = 401
        const wait = waitOf(errors)
        if (wait === null) return
        http.status = wait.status
        http.headers.set('retry-after', String(wait.seconds))
      },
    }
  },
}
