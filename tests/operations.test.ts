/** The limits on documents, from both sides: everything of our own fits with room to spare, one step beyond does not. */
import { type GraphQLError, Kind, parse, printSchema, type TypeNode } from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import { longLists, sizeOf } from '../server/graphql/document-size.ts'
import { createDocuments, type Documents, documentLimits } from '../server/graphql/documents.ts'
import { buildApiSchema } from '../server/graphql/schema.ts'
import { operationTexts } from './support/operation-texts.ts'

let schema: Awaited<ReturnType<typeof buildApiSchema>>
let documents: Documents
beforeAll(async () => {
  schema = await buildApiSchema()
  documents = createDocuments(schema)
})

const own = operationTexts(['web', 'agent', 'scripts', 'docs'])

/** What is wrong with it: problem codes, or the code itself. */
function faultsOf(text: string, variables: Record<string, unknown> = {}): readonly string[] {
  const parsed = documents.parse(text)
  const errors = 'kind' in parsed ? documents.check(parsed, { variables }, 'other') : parsed
  return errors.map(codeOf)
}
function codeOf({ extensions, originalError }: GraphQLError): string {
  const refusal = originalError as { problems?: readonly { code: string }[] } | undefined
  return refusal?.problems?.[0]?.code ?? String(extensions.code)
}

test('the sources were found', () => {
  expect(own.length).toBeGreaterThan(60)
  for (const folder of ['web/', 'agent/', 'scripts/']) {
    expect(own.some(({ file }) => file.startsWith(folder))).toBe(true)
  }
})

test.each(own)('$file: $text', ({ text }) => {
  const longestPages: Record<string, number> = {}
  for (const definition of parse(text).definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    for (const { variable, type } of definition.variableDefinitions ?? []) {
      if (nameOf(type) === 'Int') longestPages[variable.name.value] = 100
    }
    const size = sizeOf(schema, parse(text), definition, longestPages)
    // Half of each, so that a page may grow.
    for (const [name, value] of Object.entries(size)) {
      expect([name, value]).toEqual([name, Math.min(value, documentLimits[name as keyof typeof size] / 2)])
    }
  }
  expect(faultsOf(text, longestPages)).toEqual([])
})

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type)
}

test('the lists that may be long are in the schema', () => {
  for (const name of longLists.keys()) {
    const [type = '', field = ''] = name.split('.')
    expect(printSchema(schema)).toContain(`type ${type} {`)
    const found = schema.getType(type)
    expect(found && 'getFields' in found && Object.keys(found.getFields())).toContain(field)
  }
})

describe('the last that is allowed, and the first that is not', () => {
  /** `activeVersion { config { activeVersion { … } } }`: as deep as one likes. */
  const deep = (levels: number) => {
    const inner = levels - 2
    const open = Array.from({ length: inner }, (_, level) => (level % 2 === 0 ? 'activeVersion' : 'config'))
    return `{ config(id: "1") { ${open.map((name) => `${name} { `).join('')}id${' }'.repeat(inner)} } }`
  }
  const repeat = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => text(index)).join(' ')

  test.each<[limit: string, good: string, bad: string, code: string]>([
    ['depth', deep(documentLimits.depth), deep(documentLimits.depth + 1), 'DEPTH_EXCEEDED'],
    [
      'fields',
      `{ me { ${repeat(documentLimits.fields - 1, () => 'id')} } }`,
      `{ me { ${repeat(documentLimits.fields, () => 'id')} } }`,
      'FIELDS_EXCEEDED',
    ],
    [
      'aliases',
      `{ ${repeat(documentLimits.aliases, (index) => `a${index}: me { id }`)} }`,
      `{ ${repeat(documentLimits.aliases + 1, (index) => `a${index}: me { id }`)} }`,
      'ALIASES_EXCEEDED',
    ],
    [
      'directives',
      `{ ${repeat(documentLimits.directives, () => 'me @include(if: true) { id }')} }`,
      `{ ${repeat(documentLimits.directives + 1, () => 'me @include(if: true) { id }')} }`,
      'DIRECTIVES_EXCEEDED',
    ],
    [
      'introspections',
      '{ __schema { queryType { name } } __type(name: "Config") { name } }',
      '{ __schema { queryType { name } } a: __type(name: "Config") { name } b: __type(name: "Proxy") { name } }',
      'INTROSPECTIONS_EXCEEDED',
    ],
    [
      'cost, by pages in the text',
      '{ configs(first: 10) { edges { node { versions(first: 100) { edges { node { id } } } } } } }',
      '{ configs(first: 100) { edges { node { versions(first: 100) { edges { node { id number approvedAt since: approvedAt configHash again: number hash: configHash at: approvedAt } } } } } } }',
      'COST_EXCEEDED',
    ],
    [
      'cost, by pages that come without a word',
      '{ configs(first: 5) { edges { node { versions { edges { node { id } } } } } } }',
      '{ configs { edges { node { proxies { edges { node { parentEvents { edges { node { at } } } } } } } } } }',
      'COST_EXCEEDED',
    ],
    [
      'cost, by long lists',
      '{ configs(first: 10) { edges { node { rules { value } } } } }',
      '{ configs(first: 100) { edges { node { rules { id value } } } } }',
      'COST_EXCEEDED',
    ],
    [
      'tokens',
      `{ me { ${repeat(450, () => 'id')} } }`,
      `{ me { ${repeat(documentLimits.tokens, () => 'id')} } }`,
      'GRAPHQL_PARSE_FAILED',
    ],
  ])('%s', (_limit, good, bad, code) => {
    expect(faultsOf(good)).toEqual([])
    expect(faultsOf(bad)).toEqual([code])
  })

  test('cost, by pages that a variable gives: the same text is cheap or dear', () => {
    const text =
      'query ($first: Int! = 1, $inner: Int) { configs(first: $first) { edges { node { versions(first: $inner) { edges { node { id number status again: id other: number hash: configHash at: approvedAt which: id } } } } } } }'
    expect(faultsOf(text, { first: 1, inner: 100 })).toEqual([])
    expect(faultsOf(text, { inner: 100 })).toEqual([])
    expect(faultsOf(text, { first: 100, inner: 100 })).toEqual(['COST_EXCEEDED'])
    for (const first of [1e9, -1, '100', null, Number.NaN]) {
      expect([first, faultsOf(text, { first, inner: 100 })]).toEqual([first, ['COST_EXCEEDED']])
    }
  })

  test('what is spread counts wherever it is spread, and is counted at once', () => {
    const bomb = repeat(
      25,
      (index) => `fragment F${index} on Config { ...F${index + 1} ...F${index + 1} ...F${index + 1} }`,
    )
    expect(faultsOf(`{ config(id: "1") { ...F0 } } ${bomb} fragment F25 on Config { id }`)).toEqual([
      'FIELDS_EXCEEDED',
    ])
    const circle = '{ config(id: "1") { ...A } } fragment A on Config { ...B } fragment B on Config { ...A }'
    expect(faultsOf(circle)).toContain('GRAPHQL_VALIDATION_FAILED')
  })
})
