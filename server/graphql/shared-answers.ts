/**
 * Subscriptions whose news is the same for everybody: who asks for it in the same words gets the same answer, made once.
 *
 * To make an answer takes far longer than to send it: of ten viewers of a busy log nine cost next to nothing.
 */
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  Kind,
  visit,
} from 'graphql'

/** By news, then by document. */
const answers = new WeakMap<object, Map<DocumentNode, Promise<ExecutionResult>>>()

/** Data of answers that are made once for all who ask. */
const forAll = new WeakSet<object>()

/** Whether this is the data of an answer that others get as well, the same object. */
export function isForAll(data: object): boolean {
  return forAll.has(data)
}

/** Says that what this news answers depends on the document alone: on no person, no time and no variable. */
export function shared<News extends object>(
  source: AsyncIterableIterator<News>,
): AsyncIterableIterator<News> {
  const next = source.next.bind(source)
  source.next = async () => {
    const { value, done } = await next()
    if (done) return { value: undefined, done }
    if (!answers.has(value)) answers.set(value, new Map())
    return { value, done: false }
  }
  return source
}

/** As `subscribe` of graphql-js, for the news that is `shared` with one execution. */
export async function subscribe(
  args: ExecutionArgs,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const news = await createSourceEventStream(args)
  if (!(Symbol.asyncIterator in news)) return news
  const source = news[Symbol.asyncIterator]() as AsyncIterator<unknown>
  const results: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => results,
    async next() {
      const { value, done } = await source.next()
      if (done) return { value: undefined, done }
      return { value: await answerOf(args, value), done: false }
    },
    async return() {
      await source.return?.()
      return { value: undefined, done: true }
    },
  }
  return results
}

function answerOf(args: ExecutionArgs, news: unknown): ReturnType<typeof execute> {
  const make = () => execute({ ...args, rootValue: news })
  const known = typeof news === 'object' && news !== null ? answers.get(news) : undefined
  if (known === undefined || !isConstant(args.document)) return make()
  const answer = known.get(args.document) ?? noted(make())
  known.set(args.document, answer)
  return answer
}

async function noted(made: ReturnType<typeof execute>): Promise<ExecutionResult> {
  const result = await made
  if (result.data) forAll.add(result.data)
  return result
}

const constants = new WeakMap<DocumentNode, boolean>()

/** One operation, in which variables stand only where its root fields take them. */
function isConstant(document: DocumentNode): boolean {
  const known = constants.get(document)
  if (known !== undefined) return known
  let isFree = true
  let operations = 0
  const refuse = {
    Variable() {
      isFree = false
    },
  }
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) {
      visit(definition, refuse)
      continue
    }
    operations += 1
    for (const selection of definition.selectionSet.selections) {
      if (selection.kind !== Kind.FIELD || selection.directives?.length) isFree = false
      else if (selection.selectionSet) visit(selection.selectionSet, refuse)
    }
  }
  const is = isFree && operations === 1
  constants.set(document, is)
  return is
}
