import { expect, test } from 'vitest'
import { filtered, linesWith } from './find.ts'
import type { ShownLine } from './shownLine.ts'

const line = (text: string, gap: ShownLine['gap'] = null) => ({ text, gap }) as ShownLine
const lines = [line('GET /a'), line('', 'LIMIT'), line('GET /b'), line('get /A')]

test('a filter leaves in where lines are missing, since they may be among them; what is found are lines alone', () => {
  expect(filtered(lines, '/a')).toEqual([lines[0], lines[1], lines[3]])
  expect(linesWith(lines, '/a')).toEqual([lines[0], lines[3]])
  expect(filtered(lines, '')).toBe(lines)
})
