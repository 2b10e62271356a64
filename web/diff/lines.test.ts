import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changedSpans, countLines, diffLines, type Hunk, linesOf } from './lines.ts'
import { diffRows, piecesOf } from './rows.ts'

const diffOf = (before: string, after: string) => diffLines(linesOf(before), linesOf(after))
const line = fc.constantFrom('a', 'b', 'c', 'd', '', ' a')
const text = fc
  .tuple(fc.array(line, { maxLength: 30 }), fc.boolean())
  .map(([lines, isEnded]) => lines.map((each) => `${each}\n`).join('') + (isEnded ? '' : 'end'))

/** `before` with the hunks carried out: what a reader would come to who believes the diff. */
function applied(before: string, after: string, hunks: readonly Hunk[]): string {
  const [old, fresh] = [linesOf(before), linesOf(after)]
  const result: string[] = []
  let reached = 0
  for (const hunk of hunks) {
    result.push(
      ...old.texts.slice(reached, hunk.fromBefore),
      ...fresh.texts.slice(hunk.fromAfter, hunk.toAfter),
    )
    reached = hunk.toBefore
  }
  return [...result, ...old.texts.slice(reached)].join('\n')
}

describe('the differences of two texts', () => {
  test('carried out on the first they give the second, whatever the texts are', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(applied(before, after, diffOf(before, after))).toBe(linesOf(after).texts.join('\n'))
      }),
    )
  })

  test('equal texts have none, and different ones have some, also when only the last newline differs', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(diffOf(before, after).length === 0).toBe(before === after)
      }),
    )
  })

  test('one line put in among thousands is one added line and nothing else', () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, index) => `dest_domain=d${index}.example go_direct=true\n`,
    )
    const before = lines.join('')
    const after = [
      ...lines.slice(0, 7_000),
      'dest_domain=new.example go_direct=true\n',
      ...lines.slice(7_000),
    ].join('')
    expect(diffOf(before, after)).toEqual([
      { fromBefore: 7_000, toBefore: 7_000, fromAfter: 7_000, toAfter: 7_001 },
    ])
    expect(countLines(diffOf('', after))).toEqual({ added: 20_001, removed: 0 })
  })
})

test('what differs within a line is named; two lines without anything in common differ as a whole', () => {
  expect(changedSpans('dest_domain=old.example', 'dest_domain=new.example')).toEqual({
    before: { from: 12, to: 15 },
    after: { from: 12, to: 15 },
  })
  expect(changedSpans('abc', 'xyz')).toBeNull()
})

describe('rows', () => {
  const before = linesOf(Array.from({ length: 40 }, (_, index) => `line ${index}\n`).join(''))
  const after = { ...before, texts: before.texts.map((each, index) => (index === 20 ? 'line twenty' : each)) }
  const rows = (opened: readonly number[] = []) =>
    diffRows(before, after, diffLines(before, after), { isSplit: true, opened: new Set(opened) })

  test('unchanged lines far from a change are folded, and every line is there once its fold is opened', () => {
    expect(rows().filter(({ kind }) => kind === 'fold')).toEqual([
      { kind: 'fold', from: 0, count: 17 },
      { kind: 'fold', from: 24, count: 16 },
    ])
    const shown = rows([0, 24])
    expect(shown.flatMap((row) => (row.kind === 'fold' ? [] : [row.after?.text]))).toEqual(after.texts)
  })

  test('unified, what was removed stands before what was added', () => {
    const unified = diffRows(before, after, diffLines(before, after), { isSplit: false, opened: new Set() })
    expect(
      unified.flatMap((row) =>
        row.kind === 'changed' ? [[row.before?.text, row.after?.text, row.stop]] : [],
      ),
    ).toEqual([
      ['line 20', undefined, 0],
      [undefined, 'line twenty', null],
    ])
  })
})

test('tabs, trailing blanks and carriage returns are pieces of their own, and nothing is lost', () => {
  const pieces = piecesOf({ text: 'a b\tc  \r', changed: null })
  expect(pieces.map(({ text, kind }) => [text, kind])).toEqual([
    ['a b', 'text'],
    ['\t', 'tab'],
    ['c', 'text'],
    ['  ', 'trailing'],
    ['\r', 'return'],
  ])
})
