import { describe, expect, test } from 'vitest'
import { createLongTexts } from './long-texts.ts'

const long = 'dest_domain="größe" parent="p:3128"\n\u2028\ud800'.repeat(100)
const sent = (parts: readonly (string | Buffer)[] | null) =>
  Buffer.concat((parts ?? []).map((part) => Buffer.from(part))).toString()

describe('the parts of an answer with long texts', () => {
  test('are together the JSON of the answer', () => {
    const texts = createLongTexts()
    for (const answer of [
      { data: { sync: { files: [{ name: 'a', content: long }, { content: `${long}.` }], version: 3 } } },
      { data: { sync: { upToDate: false, files: [{ content: long }], at: new Date(0) } } },
      [long, [long], null, 'short'],
      long,
    ]) {
      expect(sent(texts.unmark(JSON.stringify(texts.mark(answer))))).toBe(JSON.stringify(answer))
    }
  })

  test('share the bytes of a text, and leave the answer as it was', () => {
    const texts = createLongTexts()
    const answer = { content: long }
    const parts = () => texts.unmark(JSON.stringify(texts.mark(answer)))
    expect(parts()?.[1]).toBeInstanceOf(Buffer)
    expect(parts()?.[1]).toBe(parts()?.[1])
    expect(answer).toEqual({ content: long })
  })

  test('are none where no text is long, and where what was marked was never sent', () => {
    const texts = createLongTexts()
    const short = { data: { nudges: { at: new Date(0) } } }
    expect(texts.mark(short)).toBe(short)
    expect(texts.unmark(JSON.stringify(short))).toBeNull()
    texts.mark({ content: long })
    expect(texts.unmark(JSON.stringify(short))).toBeNull()
    expect(texts.unmark(JSON.stringify(short))).toBeNull()
  })

  test('are one for a whole value that is sent often, where its JSON is long', () => {
    const texts = createLongTexts()
    const news = { lines: [{ text: long }, { text: 'short' }], at: new Date(0) }
    const parts = () => texts.unmark(JSON.stringify({ id: '1', payload: { data: texts.markWhole(news) } }))
    expect(sent(parts())).toBe(JSON.stringify({ id: '1', payload: { data: news } }))
    expect(parts()?.[1]).toBeInstanceOf(Buffer)
    expect(parts()?.[1]).toBe(parts()?.[1])
    const few = { lines: [] }
    texts.mark({ content: long }) // never sent
    expect(texts.markWhole(few)).toBe(few)
    expect(texts.unmark(JSON.stringify(few))).toBeNull()
  })

  test('are right beyond what is kept', () => {
    const texts = createLongTexts()
    const large = 'x'.repeat(30 * 1024 * 1024)
    for (const end of ['a', 'b', 'c', 'a']) {
      const answer = { first: `${large}${end}`, second: long }
      const text = sent(texts.unmark(JSON.stringify(texts.mark(answer))))
      expect(text === JSON.stringify(answer)).toBe(true)
    }
  })
})
