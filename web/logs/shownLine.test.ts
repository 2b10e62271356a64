import { expect, test } from 'vitest'
import { merged, type ShownLine } from './shownLine.ts'

const line = (key: string, atMs: number) => ({ key, atMs }) as ShownLine
const keys = (lines: readonly ShownLine[]) => lines.map(({ key }) => key).join('')

test('lines of several proxies are one list by time, and those of one moment keep their order', () => {
  const known = merged([], [line('a', 1), line('d', 4), line('b', 2)])
  expect(keys(known)).toBe('abd')
  expect(keys(merged(known, [line('e', 5), line('f', 5), line('c', 3), line('D', 4)]))).toBe('abcdDef')
  expect(keys(merged(known, []))).toBe('abd')
})

test('in whatever parts lines come, the list is the same as of all at once', () => {
  const times = Array.from({ length: 500 }, (_, index) => (index * 7_919) % 1_000)
  const lines = times.map((atMs, index) => line(`${index} `, atMs))
  let known: readonly ShownLine[] = []
  for (let from = 0; from < lines.length; from += 37) known = merged(known, lines.slice(from, from + 37))
  expect(known.map(({ atMs }) => atMs)).toEqual(times.toSorted((a, b) => a - b))
  expect(new Set(known).size).toBe(500)
})
