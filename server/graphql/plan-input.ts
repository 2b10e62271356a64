/**
 * Takes the variables of a planned document as graphql-js does, where they are as they should be: a plan is made once for
 * each type. Whatever is not is left to graphql-js, which says what is wrong.
 */
import {
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql'

/** Not as it should be, or not to be planned. */
export const unplanned = Symbol('unplanned')
type Take = (value: unknown) => unknown | typeof unplanned
export type TakeVariables = (
  given: Readonly<Record<string, unknown>>,
) => Readonly<Record<string, unknown>> | typeof unplanned

/** Null: these variables can't be planned (one has a default of its own, or need not be given). */
export function variablesOf(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): TakeVariables | null {
  const takes: (readonly [name: string, take: Take])[] = []
  for (const { variable, type: node, defaultValue } of variableDefinitions) {
    const type = typeFromAST(schema, node as Parameters<typeof typeFromAST>[1])
    if (!type || !isInputType(type) || !isNonNullType(type) || defaultValue) return null
    takes.push([variable.name.value, taking(type)])
  }
  return (given) => {
    const taken: Record<string, unknown> = {}
    for (const [name, take] of takes) {
      const value = take(given[name])
      if (value === unplanned) return unplanned
      taken[name] = value
    }
    return taken
  }
}

/** Types may hold themselves: what is below is planned when it is first met. */
function taking(type: GraphQLInputType): Take {
  if (isNonNullType(type)) {
    const inner = taking(type.ofType)
    return (value) => (value === null || value === undefined ? unplanned : inner(value))
  }
  const take = isListType(type)
    ? takingEach(type.ofType)
    : isInputObjectType(type)
      ? takingFields(type)
      : null
  if (take) return (value) => (value === null ? null : take(value))
  return (value) => {
    if (value === null) return null
    try {
      return (type as Extract<GraphQLInputType, { parseValue: unknown }>).parseValue(value) ?? unplanned
    } catch {
      return unplanned
    }
  }
}

function takingEach(type: GraphQLInputType): Take {
  let item: Take | null = null
  return (value) => {
    if (!Array.isArray(value)) return unplanned
    item ??= taking(type)
    const taken: unknown[] = []
    for (const each of value) {
      const one = each === undefined ? unplanned : item(each)
      if (one === unplanned) return unplanned
      taken.push(one)
    }
    return taken
  }
}

interface Field {
  readonly name: string
  readonly isRequired: boolean
  readonly defaultValue: unknown
  readonly take: Take
}

function takingFields(type: Extract<GraphQLInputType, { isOneOf: boolean }>): Take {
  let fields: readonly Field[] | null = null
  const known = type.getFields()
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || type.isOneOf) return unplanned
    fields ??= Object.values(known).map(({ name, type: of, defaultValue }) => ({
      ...{ name, defaultValue, take: taking(of) },
      isRequired: isNonNullType(of) && defaultValue === undefined,
    }))
    const given = value as Readonly<Record<string, unknown>>
    for (const name in given) if (known[name] === undefined) return unplanned
    const taken: Record<string, unknown> = {}
    for (const { name, isRequired, defaultValue, take } of fields) {
      const each = given[name]
      if (each === undefined) {
        if (isRequired) return unplanned
        if (defaultValue !== undefined) taken[name] = defaultValue
        continue
      }
      const one = take(each)
      if (one === unplanned) return unplanned
      taken[name] = one
    }
    return taken
  }
}
