import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvLine } from './csv.ts'

test('quotes what needs it, and ends lines as RFC 4180 has it', () => {
  expect(csvLine(['a', 'b,c', 'd "e"', 'f\ng', ''])).toBe('a,"b,c","d ""e""","f\ng",\r\n')
})

test('no cell begins as a formula', () => {
  expect(csvLine(['=1+1', '+1', '-1', '@x', '\tx', '\rx', 'x=1'])).toBe(
    `'=1+1,'+1,'-1,'@x,'\tx,"'\rx",x=1\r\n`,
  )
})

test('whatever is written can be read back, but for the apostrophe before a formula', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (cells) => {
      expect(readLine(csvLine(cells))).toEqual(
        cells.map((cell) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell)),
      )
    }),
  )
})

/** As a reader of RFC 4180 does it, character by character. */
function readLine(line: string): string[] {
  const cells = ['']
  let isQuoted = false
  const text = line.slice(0, -2)
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? ''
    const last = cells.length - 1
    if (isQuoted && letter === '"' && text[at + 1] === '"') {
      cells[last] += '"'
      at += 1
    } else if (letter === '"') isQuoted = !isQuoted
    else if (letter === ',' && !isQuoted) cells.push('')
    else cells[last] += letter
  }
  return cells
}
