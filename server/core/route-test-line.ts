/** One route test as one line of text, both ways: `*.corp.example direct client=10.1.2.3 # why`. */

import type { RouteTest } from './route-test-shape.ts'
import { endOf, type LineProblem } from './rule-line.ts'
import { readWord, type Word, type Words, writeNote, writeWord } from './text-words.ts'
import { RouteExpectation } from './vocabulary.ts'

export interface RouteTestLine {
  /** Null where the line can't be read. */
  readonly test: RouteTest | null
  readonly problems: readonly LineProblem<'TEST_MALFORMED' | 'OPTION_REPEATED'>[]
}

/** Expectations stand below each other up to this width. */
const targetWidth = 39
const usualMethod = 'GET'
const optionNames = ['method', 'client', 'address']

/** The line of a canonical test, without a line end. */
export function writeRouteTestLine(test: RouteTest): string {
  const { target, method, clientAddress, resolvedAddress, expect, note } = test
  return [
    `${writeWord(target).padEnd(targetWidth)} ${expect}`,
    ...(method === usualMethod ? [] : [`method=${writeWord(method)}`]),
    ...(clientAddress === null ? [] : [`client=${writeWord(clientAddress)}`]),
    ...(resolvedAddress === null ? [] : [`address=${writeWord(resolvedAddress)}`]),
    ...(note === '' ? [] : [`# ${writeNote(note)}`]),
  ].join(' ')
}

/** Reads a line whose quotes are closed; what its values mean is for `checkRouteTests` to judge. */
export function readRouteTestLine(line: Words): RouteTestLine {
  const [target, expected, ...options] = line.words
  const expect = Object.values(RouteExpectation).find((known) => known === expected?.raw.toLowerCase())
  if (target === undefined || expect === undefined) {
    const message = 'A route test is a target, then direct, parent, primary or denied.'
    const column = expected?.column ?? endOf(line)
    return { test: null, problems: [{ column, code: 'TEST_MALFORMED', message }] }
  }
  const read = new Map<string, string>()
  for (const word of options) {
    const [name, value] = optionOf(word)
    if (value === null) {
      const message = `${word.raw}: after what is expected come method=, client= and address=.`
      return { test: null, problems: [{ column: word.column, code: 'TEST_MALFORMED', message }] }
    }
    if (read.has(name)) {
      const message = `${name} stands here twice.`
      return { test: null, problems: [{ column: word.column, code: 'OPTION_REPEATED', message }] }
    }
    read.set(name, value)
  }
  const test = {
    target: readWord(target.raw),
    method: read.get('method') ?? usualMethod,
    clientAddress: read.get('client') ?? null,
    resolvedAddress: read.get('address') ?? null,
    expect,
    note: (line.note ?? '').trim(),
  }
  return { test, problems: [] }
}

function optionOf({ raw }: Word): readonly [name: string, value: string | null] {
  const equals = raw.indexOf('=')
  const name = raw.slice(0, Math.max(0, equals)).toLowerCase()
  return [name, optionNames.includes(name) ? readWord(raw.slice(equals + 1)) : null]
}
