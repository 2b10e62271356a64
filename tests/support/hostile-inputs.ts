/** Puts a text into every place of an operation's variables that takes one, as the schema says. */
import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isScalarType,
} from 'graphql'

export interface TextPlace {
  readonly path: readonly (string | number)[]
  /** `String`, `ID` or another scalar that is written as a text. */
  readonly scalar: string
}

/** @param input a good one: shows which branches can be taken together; places that it leaves out are listed as well */
export function textPlaces(
  schema: GraphQLSchema,
  type: GraphQLInputType,
  input: unknown,
  path: readonly (string | number)[] = [],
): readonly TextPlace[] {
  const nullable = getNullableType(type)
  if (isListType(nullable)) {
    const items = Array.isArray(input) && input.length > 0 ? input.slice(0, 2) : [undefined]
    return items.flatMap((item, index) => textPlaces(schema, nullable.ofType, item, [...path, index]))
  }
  const named = getNamedType(nullable)
  if (isScalarType(named)) {
    return ['String', 'ID', 'DateTime'].includes(named.name) ? [{ path, scalar: named.name }] : []
  }
  if (!isInputObjectType(named)) return []
  const given = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : null
  // Deeper than what the good input has, the other fields that must be there would be missing.
  if (given === null && path.length > 1) return []
  return Object.values(named.getFields()).flatMap((field) =>
    textPlaces(schema, field.type, given?.[field.name], [...path, field.name]),
  )
}

/** A copy of `value` with `text` at that place. */
export function withText(value: unknown, path: readonly (string | number)[], text: string): unknown {
  const [step, ...rest] = path
  if (step === undefined) return text
  if (typeof step === 'number') {
    const list = Array.isArray(value) ? [...value] : []
    list[step] = withText(list[step], rest, text)
    return list
  }
  const object = typeof value === 'object' && value !== null ? value : {}
  return { ...object, [step]: withText((object as Record<string, unknown>)[step], rest, text) }
}
