/** How large a GraphQL document is, in every way that costs something: one walk, before anything else looks at it. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'

/** Fragments count wherever they are spread. */
export interface DocumentSize {
  /** Fields within fields. */
  readonly depth: number
  readonly fields: number
  readonly aliases: number
  readonly directives: number
  /** `__schema` and `__type`. */
  readonly introspections: number
  /** Fields that the answer may have: what lies in a page counts as often as the page has rows. */
  readonly cost: number
}

export type Variables = Readonly<Record<string, unknown>>

/** How long pages are whose size a variable gives: as these say, or whatever they say. */
export type PageSizes = Variables | 'shortest' | 'longest'

/** Rows of a list that has no pages: most of them hold few. */
const rowsOfList = 10
/** Those that may hold many, by type and field. */
export const longLists: ReadonlyMap<string, number> = new Map([
  ['Config.rules', 500],
  ['ConfigVersion.rules', 500],
  ['Proxy.statsHistory', 100],
  ['Query.fleetStats', 100],
])
/** Of a page whose size is known to nobody: as many as there can be. */
const rowsAtMost = 100

const nothing: DocumentSize = {
  depth: 0,
  fields: 0,
  aliases: 0,
  directives: 0,
  introspections: 0,
  cost: 0,
}

export function sizeOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  sizes: PageSizes,
): DocumentSize {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  /** Each is measured once, however often it is spread; one that holds itself is nothing, and validation refuses it. */
  const measured = new Map<string, DocumentSize>()

  function ofSelections(
    { selections }: SelectionSetNode,
    parent: GraphQLNamedType | undefined,
  ): DocumentSize {
    let size = nothing
    for (const selection of selections) {
      let part: DocumentSize
      if (selection.kind === Kind.FIELD) part = ofField(selection, parent)
      else if (selection.kind === Kind.FRAGMENT_SPREAD) part = ofFragment(selection.name.value)
      else {
        const name = selection.typeCondition?.name.value
        part = ofSelections(selection.selectionSet, name === undefined ? parent : schema.getType(name))
      }
      size = together(size, part, selection.directives?.length ?? 0)
    }
    return size
  }

  function ofFragment(name: string): DocumentSize {
    const known = measured.get(name)
    if (known) return known
    const fragment = fragments.get(name)
    if (!fragment) return nothing
    measured.set(name, nothing)
    const inside = ofSelections(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value))
    const size = together(inside, nothing, fragment.directives?.length ?? 0)
    measured.set(name, size)
    return size
  }

  function ofField(node: FieldNode, parent: GraphQLNamedType | undefined): DocumentSize {
    const name = node.name.value
    const own = { ...nothing, depth: 1, fields: 1, aliases: node.alias ? 1 : 0, cost: 1 }
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined
    const isIntrospection = name === '__schema' || name === '__type'
    if (!node.selectionSet) return isIntrospection ? { ...own, introspections: 1 } : own
    const inside = ofSelections(node.selectionSet, field && getNamedType(field.type))
    const { fields, aliases, directives } = inside
    const whole = { ...own, fields: 1 + fields, aliases: own.aliases + aliases, directives }
    // Its depth is limited by graphql-js, and it says nothing that costs a statement.
    if (isIntrospection) return { ...whole, introspections: 1 }
    const rows = field && parent ? rowsOf(node, field, parent.name, operation, sizes) : 1
    return {
      ...whole,
      introspections: inside.introspections,
      depth: 1 + inside.depth,
      cost: 1 + rows * inside.cost,
    }
  }

  const ofVariables = (operation.variableDefinitions ?? []).reduce(
    (sum, { directives }) => sum + (directives?.length ?? 0),
    operation.directives?.length ?? 0,
  )
  return together(ofSelections(operation.selectionSet, rootType(schema, operation)), nothing, ofVariables)
}

function together(a: DocumentSize, b: DocumentSize, directives: number): DocumentSize {
  return {
    depth: Math.max(a.depth, b.depth),
    fields: a.fields + b.fields,
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives + directives,
    introspections: a.introspections + b.introspections,
    cost: a.cost + b.cost,
  }
}

function rootType(schema: GraphQLSchema, { operation }: OperationDefinitionNode) {
  return schema.getRootType(operation) ?? undefined
}

function rowsOf(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  parent: string,
  operation: OperationDefinitionNode,
  sizes: PageSizes,
): number {
  const page = field.args.find(({ name }) => name === 'first' || name === 'last')
  if (page) return firstOf(node, page.name, page.defaultValue, operation, sizes)
  const isList = isListType(getNullableType(field.type)) && isCompositeType(getNamedType(field.type))
  // The rows of a page are counted where the page is asked for.
  if (!isList || parent.endsWith('Connection')) return 1
  return longLists.get(`${parent}.${field.name}`) ?? rowsOfList
}

function firstOf(
  node: FieldNode,
  name: string,
  preset: unknown,
  operation: OperationDefinitionNode,
  sizes: PageSizes,
): number {
  const given = node.arguments?.find((argument) => argument.name.value === name)?.value
  if (!given) return rows(preset)
  if (given.kind === Kind.INT) return rows(Number(given.value))
  if (given.kind !== Kind.VARIABLE) return rowsAtMost
  if (sizes === 'shortest') return 1
  if (sizes === 'longest') return rowsAtMost
  const variable = given.name.value
  if (Object.hasOwn(sizes, variable)) return rows(sizes[variable])
  const definition = operation.variableDefinitions?.find((each) => each.variable.name.value === variable)
  const { defaultValue } = definition ?? {}
  return defaultValue?.kind === Kind.INT ? rows(Number(defaultValue.value)) : rows(preset)
}

/** What no page can be is refused later; until then it is the longest. */
function rows(value: unknown): number {
  return typeof value === 'number' && value >= 1 && value <= rowsAtMost ? value : rowsAtMost
}
