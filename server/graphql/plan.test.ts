import fc from 'fast-check'
import { buildSchema, type ExecutionResult, execute, GraphQLError, type GraphQLSchema, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { planOf } from './plan.ts'

/** What the two mutations answer, or throw. */
let answers: { sync: unknown; stats: unknown }
/** What was executed, in order, with its input and context. */
let executed: unknown[]

function schemaOf(): GraphQLSchema {
  const schema = buildSchema(`
    enum Kind { ONE TWO }
    input Part { n: Int! kinds: [Kind!] }
    input Given { name: String! hash: String size: Int = 7 parts: [Part!] }
    type File { name: String! content: String kinds: [Kind!]! }
    type Deep { required: File! optional: File }
    type Offer { upToDate: Boolean! hash: String poll: Int! files: [File!] loose: [File] deep: Deep }
    type Receipt { isFull: Boolean! }
    type Query { me: String }
    type Mutation { sync(input: Given!): Offer! stats(input: Given!): Receipt echo(text: String): String }
  `)
  for (const [name, field] of Object.entries(schema.getMutationType()?.getFields() ?? {})) {
    field.resolve = async (_root, args, context) => {
      executed.push([name, args, context])
      const answer = answers[name as 'sync' | 'stats']
      if (answer instanceof Error && answer.message === 'thrown') throw answer
      return answer
    }
  }
  return schema
}

const schema = schemaOf()
const text = `mutation Both($input: Given!, $more: Given!) {
  sync(input: $input) {
    upToDate hash poll files { name content kinds } loose { name } deep { required { name } optional { content kinds } }
  }
  stats(input: $more) { isFull }
}`
const document = parse(text)
const plan = planOf(schema, document)

/** The same call by the plan and by graphql-js: answers as JSON, and what was executed. */
async function bothWays(variableValues: Record<string, unknown>): Promise<readonly [unknown, unknown]> {
  const shown = async (work: () => unknown) => {
    executed = []
    const result = (await work()) as ExecutionResult
    return JSON.parse(
      JSON.stringify({
        ...{ data: result.data, executed },
        errors: result.errors?.map((error) => [error.toJSON(), error.originalError?.message]),
      }),
    )
  }
  const contextValue = { who: 'agent' }
  return [
    await shown(() => plan?.({ variableValues, contextValue })),
    await shown(() => execute({ schema, document, variableValues, contextValue })),
  ]
}

const good = { name: 'a', hash: null }
const file = fc.record(
  {
    name: fc.constantFrom<unknown>('parent.config', 7, null, {}, new Error('in the answer')),
    content: fc.constantFrom<unknown>('text', null, undefined, Symbol.iterator),
    kinds: fc.constantFrom<unknown>(['ONE'], [], ['THREE'], [null], null, 'ONE'),
  },
  { requiredKeys: [] },
)
const sound = { upToDate: true, hash: 'h', poll: 30 }
const answer = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, new Error('thrown'), new Error('given'), sound),
  fc.record({
    upToDate: fc.constantFrom<unknown>(true, true, true, null, 'yes'),
    hash: fc.constantFrom<unknown>('h', null, undefined, []),
    poll: fc.constantFrom<unknown>(30, 30, 30, 1.5, null),
    files: fc.oneof(fc.constantFrom<unknown>(null, undefined, 'no list'), fc.array(file, { maxLength: 2 })),
    loose: fc.oneof(fc.constant(null), fc.array(fc.option(file), { maxLength: 3 })),
    deep: fc.option(fc.record({ required: fc.option(file), optional: fc.option(file) })),
  }),
)
const receipt = fc.constantFrom<unknown>({ isFull: false }, null, { isFull: null }, new Error('thrown'))

test('a plan answers as graphql-js does, whatever resolvers make of it, and executes the same', async () => {
  await fc.assert(
    fc.asyncProperty(answer, receipt, async (sync, stats) => {
      answers = { sync, stats }
      const [planned, known] = await bothWays({ input: good, more: good })
      expect(planned).toEqual(known)
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['all that is asked for', { input: { ...good, parts: [{ n: 1, kinds: ['ONE'] }], size: 8 }, more: good }],
  ['a default', { input: good, more: { name: 'b', size: null } }],
  ['nothing', {}],
  ['null', { input: null, more: good }],
  ['a field that is unknown', { input: { ...good, other: 1 }, more: good }],
  ['values of other types', { input: { name: 1, parts: [{ n: 'x', kinds: ['FOUR'] }] }, more: 'more' }],
])('a plan takes or refuses %s as graphql-js does', async (_what, variables) => {
  answers = { sync: sound, stats: null }
  const [planned, known] = await bothWays(variables)
  expect(planned).toEqual(known)
})

test('an error that a resolver throws with a path and extensions of its own keeps them', async () => {
  answers = {
    sync: new GraphQLError('thrown', { path: ['elsewhere'], extensions: { code: 'CONFLICT' } }),
    stats: null,
  }
  const [planned, known] = await bothWays({ input: good, more: good })
  expect(planned).toEqual(known)
})

describe('no plan is made for', () => {
  test.each([
    ['a query', '{ me }'],
    ['an alias', 'mutation ($i: Given!) { a: sync(input: $i) { hash } }'],
    ['a field twice', 'mutation ($i: Given!) { sync(input: $i) { hash hash } }'],
    [
      'a directive',
      'mutation ($i: Given!, $b: Boolean!) { sync(input: $i) { hash @skip(if: $b) upToDate } }',
    ],
    ['a fragment', 'mutation ($i: Given!) { sync(input: $i) { ...F } } fragment F on Offer { hash }'],
    ['an inline fragment', 'mutation ($i: Given!) { sync(input: $i) { ... on Offer { hash } } }'],
    ['a type’s name', 'mutation ($i: Given!) { sync(input: $i) { __typename hash } }'],
    ['an argument that is written out', 'mutation { sync(input: { name: "a" }) { hash } }'],
    ['an argument that may be left out', 'mutation ($t: String) { echo(text: $t) }'],
    [
      'two operations',
      'mutation A($i: Given!) { sync(input: $i) { hash } } mutation B($i: Given!) { sync(input: $i) { hash } }',
    ],
  ])('%s', (_what, query) => {
    expect(planOf(schema, parse(query))).toBeNull()
  })
})
