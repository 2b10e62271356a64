import { buildSchema, type ExecutionResult, parse } from 'graphql'
import { beforeEach, expect, test } from 'vitest'
import { isForAll, shared, subscribe } from './shared-answers.ts'

const schema = buildSchema(`
  type Query { me: String }
  type News { text(loud: Boolean): String }
  type Subscription { news(of: String): News }
`)
let made = 0
/** Of all answers that were heard. */
let datas: object[] = []
beforeEach(() => {
  made = 0
  datas = []
})
const piece = (words: string) => ({
  text({ loud }: { loud?: boolean }) {
    made += 1
    return loud ? words.toUpperCase() : words
  },
})
async function* stream(pieces: readonly unknown[]) {
  for (const each of pieces) yield each as object
}
const documents = {
  all: parse('subscription ($of: String) { news(of: $of) { text } }'),
  loud: parse('subscription ($loud: Boolean) { news { text(loud: $loud) } }'),
  included: parse('subscription ($is: Boolean!) { news { text @include(if: $is) } }'),
}

/** All that a viewer of these hears. */
async function heard(
  document: (typeof documents)[keyof typeof documents],
  source: AsyncIterableIterator<object>,
  variableValues: Record<string, unknown> = {},
): Promise<unknown[]> {
  const rootValue = { news: () => source }
  const results = await subscribe({ schema, document, rootValue, variableValues })
  const answers: unknown[] = []
  for await (const { data } of results as AsyncIterable<ExecutionResult>) {
    if (data) datas.push(data)
    answers.push(data?.news)
  }
  return answers
}

test('news that is shared is answered once for all who ask in the same words', async () => {
  const pieces = [{ news: piece('one') }, { news: piece('two') }]
  for (let viewer = 0; viewer < 10; viewer += 1) {
    const answers = await heard(documents.all, shared(stream(pieces)), { of: `viewer ${viewer}` })
    expect(answers).toEqual([{ text: 'one' }, { text: 'two' }])
  }
  expect(made).toBe(2)
  expect(datas).toHaveLength(20)
  expect(new Set(datas).size).toBe(2)
  expect(datas.every(isForAll)).toBe(true)
})

test('what depends on a variable, or is not shared, is answered for each', async () => {
  const pieces = [{ news: piece('one') }]
  expect(await heard(documents.loud, shared(stream(pieces)), { loud: true })).toEqual([{ text: 'ONE' }])
  expect(await heard(documents.loud, shared(stream(pieces)), { loud: false })).toEqual([{ text: 'one' }])
  expect(await heard(documents.included, shared(stream(pieces)), { is: false })).toEqual([{}])
  expect(await heard(documents.included, shared(stream(pieces)), { is: true })).toEqual([{ text: 'one' }])
  const own = [{ news: piece('two') }]
  await heard(documents.all, stream(own))
  await heard(documents.all, stream(own))
  expect(made).toBe(5)
  expect(datas.some(isForAll)).toBe(false)
})
