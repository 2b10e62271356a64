/** Pasted route tests, one a line: in full, or a target alone, which is then expected to go where it goes now. */
import type { Problem } from '#core/refusal'
import { checkRouteTests } from '#core/route-test'
import { readRouteTestLine } from '#core/route-test-line'
import type { RouteTest } from '#core/route-test-shape'
import { splitWords } from '#core/text-words'
import type { RouteExpectation } from '#core/vocabulary'

export interface ReadTests {
  readonly tests: readonly RouteTest[]
  /** Lines that can't be read, as they stand. */
  readonly rejected: readonly { readonly text: string; readonly problem: Pick<Problem, 'code' | 'message'> }[]
}

/** @param expectOf where a request goes now; null: that can't be said of it */
export function readTestLines(
  text: string,
  expectOf: (test: Omit<RouteTest, 'expect'>) => RouteExpectation | null,
): ReadTests {
  const tests: RouteTest[] = []
  const rejected: { text: string; problem: Pick<Problem, 'code' | 'message'> }[] = []
  for (const line of text.split(/\r\n|\r|\n/).map((each) => each.trim())) {
    if (line === '' || line.startsWith('#')) continue
    const { test, problem } = readOne(line, expectOf)
    if (test === null) rejected.push({ text: line, problem })
    else tests.push(test)
  }
  return { tests, rejected }
}

type One =
  | { readonly test: RouteTest; readonly problem: null }
  | { readonly test: null; readonly problem: Pick<Problem, 'code' | 'message'> }

function readOne(line: string, expectOf: (test: Omit<RouteTest, 'expect'>) => RouteExpectation | null): One {
  const words = splitWords(line)
  const isAlone = words.words.length === 1
  // The expectation that a target alone lacks is put there to be read, and replaced by what holds now.
  const read = readRouteTestLine(
    isAlone ? splitWords(withExpectation(line, words.words[0]?.raw ?? '')) : words,
  )
  const [fault] = read.problems
  if (read.test === null) return { test: null, problem: fault ?? unreadable }
  const [wrong] = checkRouteTests([read.test])
  if (wrong) return { test: null, problem: wrong }
  if (!isAlone) return { test: read.test, problem: null }
  const expect = expectOf(read.test)
  return expect === null
    ? { test: null, problem: unreadable }
    : { test: { ...read.test, expect }, problem: null }
}

const unreadable = {
  code: 'TEST_MALFORMED',
  message: 'A route test is a target, then direct, parent, primary or denied.',
}

function withExpectation(line: string, target: string): string {
  return `${target} direct${line.slice(target.length)}`
}
