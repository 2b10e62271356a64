/** Documents that callers wrote: parsed, measured and validated, in this order, and kept when they are good. */
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
  visit,
} from 'graphql'
import { type Problem, Refusal, refuseInput } from '../core/refusal.ts'
import { isStorable } from '../core/stored-text.ts'
import { type DocumentSize, type PageSizes, sizeOf, type Variables } from './document-size.ts'

/** Nothing of the console's or the agent's comes to half of any (`tests/operations.test.ts`). */
export const documentLimits = {
  /** Of the text, before it is parsed to the end. */
  tokens: 2_000,
  depth: 12,
  fields: 500,
  aliases: 50,
  directives: 50,
  introspections: 2,
  cost: 100_000,
} as const satisfies Readonly<Record<keyof DocumentSize | 'tokens', number>>

/** Kept parsed and validated; clients choose the key, so the number is bounded. */
const documentsKept = 500

export interface Request {
  readonly operationName?: string | null | undefined
  readonly variables?: Variables | null | undefined
}

/** Agents send what ATS wrote, whatever it is: their verbs look at each text themselves, and a sync has no time for it. */
export type AsksAs = 'agent' | 'other'

export interface Documents {
  /** From its text: for sockets. The document, or what is wrong with it. */
  parse(query: string): DocumentNode | readonly GraphQLError[]
  /** What is wrong with running it so; none: nothing. */
  check(document: DocumentNode, request: Request, as: AsksAs): readonly GraphQLError[]
}

/**
 * Measured first: graphql-js compares fields of one name with each other when it validates, so that a document within
 * the tokens can keep it busy many times longer than it took to send (docs/decisions/0033).
 */
export function createDocuments(schema: GraphQLSchema): Documents {
  const byText = new Map<string, DocumentNode>()
  /** Apollo keeps documents, too: whatever holds one, it is looked at once. */
  const checked = new WeakMap<DocumentNode, Checked>()

  function checkOnce(document: DocumentNode): Checked {
    const known = checked.get(document)
    if (known) return known
    const tooLarge = refusalOf(schema, document, 'shortest')
    const errors = tooLarge ? [tooLarge] : [...validationErrors(schema, document), ...literalErrors(document)]
    const isByVariables = errors.length === 0 && refusalOf(schema, document, 'longest') !== null
    const found = { errors, isByVariables }
    checked.set(document, found)
    return found
  }

  return {
    parse(query) {
      const known = byText.get(query)
      if (known) return known
      const parsed = tryParse(query)
      if (!('kind' in parsed) || checkOnce(parsed).errors.length > 0) return parsed
      if (byText.size >= documentsKept) byText.delete(byText.keys().next().value ?? '')
      byText.set(query, parsed)
      return parsed
    },
    check(document, { operationName, variables }, as) {
      const { errors, isByVariables } = checkOnce(document)
      if (errors.length > 0) return errors
      const operation = isByVariables ? getOperationAST(document, operationName) : null
      const refusal = operation && refusalOfOperation(schema, document, operation, variables ?? {})
      if (refusal) return [refusal]
      const path = as === 'agent' ? null : unstorablePath(variables)
      return path === null ? errors : [notText(path)]
    },
  }
}

interface Checked {
  readonly errors: readonly GraphQLError[]
  /** How much it costs depends on what it is run with; most documents are cheap with whatever there can be. */
  readonly isByVariables: boolean
}

/** Of the first of its operations that is too large. */
function refusalOf(schema: GraphQLSchema, document: DocumentNode, sizes: PageSizes): GraphQLError | null {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    const refusal = refusalOfOperation(schema, document, definition, sizes)
    if (refusal) return refusal
  }
  return null
}

function refusalOfOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  sizes: PageSizes,
): GraphQLError | null {
  const size = sizeOf(schema, document, operation, sizes)
  const names = Object.keys(size) as (keyof DocumentSize)[]
  const over = names.find((name) => size[name] > documentLimits[name])
  return over === undefined ? null : tooLarge(over, size[over])
}

const words: Readonly<Record<keyof DocumentSize, readonly [code: string, what: string]>> = {
  depth: ['DEPTH_EXCEEDED', 'fields within fields'],
  fields: ['FIELDS_EXCEEDED', 'fields'],
  aliases: ['ALIASES_EXCEEDED', 'aliases'],
  directives: ['DIRECTIVES_EXCEEDED', 'directives'],
  introspections: ['INTROSPECTIONS_EXCEEDED', 'looks at the schema'],
  cost: ['COST_EXCEEDED', 'fields in its answer (fields times rows of each page, `first`)'],
}

function tooLarge(limit: keyof DocumentSize, found: number): GraphQLError {
  const [code, what] = words[limit]
  const message = `The operation has ${found} ${what}; at most ${documentLimits[limit]} are allowed.`
  const problem: Problem = { path: 'query', code, message }
  return new GraphQLError(message, { originalError: new Refusal('BAD_USER_INPUT', message, [problem]) })
}

function validationErrors(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[] {
  return validate(schema, document).map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED'))
}

/** PostgreSQL keeps no NUL and no half of a character: said at the door, for every field there is. */
function notText(path: string): GraphQLError {
  const message = 'Must be text, without NUL and without half a character.'
  const refusal = refuseInput([{ path: path.replace(/^input\./, ''), code: 'NOT_TEXT', message }])
  return new GraphQLError(refusal.message, { originalError: refusal })
}

function literalErrors(document: DocumentNode): readonly GraphQLError[] {
  let isText = true
  visit(document, {
    StringValue({ value }) {
      isText &&= isStorable(value)
    },
  })
  return isText ? [] : [notText('query')]
}

/** No input has so many; what lies deeper is refused by its type. */
const levelsOfInput = 32

/** Where the first text lies that can't be kept, dotted; null: nowhere. */
function unstorablePath(value: unknown, path: readonly string[] = []): string | null {
  if (typeof value === 'string') return isStorable(value) ? null : path.join('.')
  if (typeof value !== 'object' || value === null || path.length > levelsOfInput) return null
  for (const [key, each] of Object.entries(value)) {
    const found = unstorablePath(each, [...path, key])
    if (found !== null) return found
  }
  return null
}

function tryParse(query: string): DocumentNode | readonly GraphQLError[] {
  try {
    return parse(query, { maxTokens: documentLimits.tokens })
  } catch (error) {
    // Within the tokens, lists within lists can still be more than the parser's stack holds.
    if (error instanceof RangeError)
      return [withCode(new GraphQLError('Nested too deeply.'), 'GRAPHQL_PARSE_FAILED')]
    if (error instanceof GraphQLError) return [withCode(error, 'GRAPHQL_PARSE_FAILED')]
    throw error
  }
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(error.message, { nodes: error.nodes ?? null, extensions: { code } })
}
