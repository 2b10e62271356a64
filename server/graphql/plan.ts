/**
 * Executes plain mutations, as agents send them ten thousand times a minute, by a plan that is made once for a document.
 *
 * graphql-js finds out anew with every execution which fields a document asks for and how each is resolved; for an
 * unchanged sync that costs more than all else that we do (docs/decisions/0030). The answer is the same, errors too. What
 * a plan can't carry (fragments, directives, aliases, arguments below the first level, fields with resolvers of their
 * own) has none, and graphql-js executes it.
 */
import {
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  type GraphQLError,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getVariableValues,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  locatedError,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql'

import { type TakeVariables, unplanned, variablesOf } from './plan-input.ts'

/** What an execution of the planned document is given. */
export interface PlannedCall {
  readonly variableValues?: { readonly [name: string]: unknown } | null | undefined
  readonly contextValue?: unknown
}
export type Plan = (call: PlannedCall) => Promise<ExecutionResult> | ExecutionResult

/** Where in the answer something is; made only where it goes deeper. */
interface Place {
  readonly above: Place | null
  readonly key: string | number
}
/**
 * Makes of what a resolver answered what goes out. What may be null and is broken becomes null, with an error.
 * @throws what is broken and may not be null
 */
type Complete = (value: unknown, above: Place | null, key: Place['key'], errors: GraphQLError[]) => unknown

interface PlannedField {
  readonly name: string
  readonly node: FieldNode
  readonly isNullable: boolean
  readonly complete: Complete
}
interface RootField extends PlannedField {
  /** Argument by the variable that it is. */
  readonly args: readonly (readonly [argument: string, variable: string])[]
  readonly resolve: (args: Readonly<Record<string, unknown>>, contextValue: unknown) => unknown
}

/** The plan of each document that is executed, made once. */
export function createPlans(schema: GraphQLSchema): (document: DocumentNode) => Plan | null {
  const plans = new WeakMap<DocumentNode, Plan | null>()
  return (document) => {
    const known = plans.get(document)
    if (known !== undefined) return known
    const plan = planOf(schema, document)
    plans.set(document, plan)
    return plan
  }
}

/** Null: this document has no plan. It must have been validated. */
export function planOf(schema: GraphQLSchema, document: DocumentNode): Plan | null {
  const [operation, ...others] = document.definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION || others.length > 0) return null
  const mutation = schema.getMutationType()
  if (operation.operation !== OperationTypeNode.MUTATION || !mutation || isSpecial(operation)) return null
  const fields = planned(operation.selectionSet, (node) => rootField(mutation, node))
  const take = variablesOf(schema, operation)
  return fields && take && ((call) => execute(schema, operation, take, fields, call))
}

async function execute(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  take: TakeVariables,
  fields: readonly RootField[],
  { variableValues, contextValue }: PlannedCall,
): Promise<ExecutionResult> {
  const given = variableValues ?? {}
  let variables = take(given)
  if (variables === unplanned) {
    const { coerced, errors } = getVariableValues(schema, variableDefinitions, given, { maxErrors: 50 })
    if (coerced === undefined) return { errors }
    variables = coerced
  }
  const data: Record<string, unknown> = {}
  const errors: GraphQLError[] = []
  for (const field of fields) {
    const { name, isNullable, resolve, complete } = field
    try {
      const args: Record<string, unknown> = {}
      for (const [argument, variable] of field.args) args[argument] = variables[variable]
      data[name] = complete(await resolve(args, contextValue), null, name, errors)
    } catch (error) {
      errors.push(located(error, field, null, name))
      // The fields after one that may not be null are not executed.
      if (!isNullable) return { errors, data: null }
      data[name] = null
    }
  }
  return errors.length > 0 ? { errors, data } : { data }
}

function rootField(type: GraphQLObjectType, node: FieldNode): RootField | null {
  const field = type.getFields()[node.name.value]
  const args: (readonly [string, string])[] = []
  for (const argument of field?.args ?? []) {
    const value = node.arguments?.find(({ name }) => name.value === argument.name)?.value
    // Then the variable has a value, or all was refused.
    if (value?.kind !== Kind.VARIABLE || !isNonNullType(argument.type)) return null
    args.push([argument.name, value.name.value])
  }
  const complete = field && completing(field.type, type, node)
  if (!field?.resolve || !complete) return null
  const { name, resolve } = field
  return {
    ...{ name, node, args, complete, isNullable: !isNonNullType(field.type) },
    // No resolver of ours asks which document it answers.
    resolve: (given, contextValue) => resolve(undefined, given, contextValue, undefined as never),
  }
}

function nestedField(type: GraphQLObjectType, node: FieldNode): PlannedField | null {
  const field = type.getFields()[node.name.value]
  const complete = field && completing(field.type, type, node)
  if (!field || field.resolve || field.args.length > 0 || !complete) return null
  return { name: field.name, node, complete, isNullable: !isNonNullType(field.type) }
}

function completing(type: GraphQLOutputType, parent: GraphQLObjectType, node: FieldNode): Complete | null {
  if (isNonNullType(type)) {
    const inner = completing(type.ofType, parent, node)
    return inner && notNull(inner, `${parent.name}.${node.name.value}`)
  }
  if (isListType(type)) {
    const item = completing(type.ofType, parent, node)
    const name = `${parent.name}.${node.name.value}`
    return item && eachOf({ name, node, complete: item, isNullable: !isNonNullType(type.ofType) })
  }
  if (isLeafType(type)) return leaf(type)
  if (!isObjectType(type) || !node.selectionSet) return null
  const fields = planned(node.selectionSet, (selection) => nestedField(type, selection))
  return fields && object(fields)
}

function notNull(inner: Complete, name: string): Complete {
  return (value, above, key, errors) => {
    const completed = inner(value, above, key, errors)
    if (completed === null) throw new Error(`Cannot return null for non-nullable field ${name}.`)
    return completed
  }
}

function leaf(type: GraphQLLeafType): Complete {
  return (value) => {
    if (value === null || value === undefined) return null
    if (value instanceof Error) throw value
    const serialized = type.serialize(value)
    if (serialized === null || serialized === undefined)
      throw new Error(`${type.name} makes nothing of what was answered.`)
    return serialized
  }
}

function object(fields: readonly PlannedField[]): Complete {
  return (value, above, key, errors) => {
    if (value === null || value === undefined) return null
    if (value instanceof Error) throw value
    const place = { above, key }
    const source = value as Readonly<Record<string, unknown>>
    const completed: Record<string, unknown> = {}
    for (const field of fields) {
      completed[field.name] = within(field, source[field.name], place, field.name, errors)
    }
    return completed
  }
}

function eachOf(item: PlannedField): Complete {
  return (value, above, key, errors) => {
    if (value === null || value === undefined) return null
    if (value instanceof Error) throw value
    const place = { above, key }
    if (!isIterable(value))
      throw new Error(`Expected Iterable, but did not find one for field "${item.name}".`)
    return Array.from(value, (each, index) => within(item, each, place, index, errors))
  }
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}

function within(
  field: PlannedField,
  value: unknown,
  above: Place,
  key: Place['key'],
  errors: GraphQLError[],
): unknown {
  try {
    return field.complete(value, above, key, errors)
  } catch (error) {
    const broken = located(error, field, above, key)
    if (!field.isNullable) throw broken
    errors.push(broken)
    return null
  }
}

function located(
  error: unknown,
  { node }: PlannedField,
  above: Place | null,
  key: Place['key'],
): GraphQLError {
  const path = [key]
  for (let at = above; at; at = at.above) path.unshift(at.key)
  return locatedError(error, node, path)
}

/** Null as soon as one of them has no plan. */
function planned<Field>(
  { selections }: SelectionSetNode,
  plan: (node: FieldNode) => Field | null,
): readonly Field[] | null {
  const fields: Field[] = []
  const names = new Set<string>()
  for (const node of selections) {
    if (node.kind !== Kind.FIELD || node.alias || isSpecial(node) || names.has(node.name.value)) return null
    const field = plan(node)
    if (field === null) return null
    names.add(node.name.value)
    fields.push(field)
  }
  return fields
}

function isSpecial({ directives = [] }: FieldNode | OperationDefinitionNode): boolean {
  return directives.length > 0
}
