import { afterAll, describe, expect, test } from 'vitest'
import { inEnglish, type Sentence, say, sentences } from '#core/warnings/sentences'
import { setLocale } from '../../locales/i18n.ts'
import { warningWords } from './warningWords.ts'

/** One for each blank that any sentence has. */
const facts = {
  row: 12,
  count: 3,
  value: 'corp.example',
  action: 'parent',
  name: 'secret.corp.example',
  direct: 14,
  parent: '10.1.1.1:3128',
  at: '2030-01-08T00:00:00.000Z',
  addresses: { listed: ['127.0.0.1', '::1'], isMore: false },
  names: { listed: ['a.test', '*.b.test', 'c.test'], isMore: true },
  ranges: { listed: ['10.0.0.0/16', '10.3.0.0/16'], isMore: true },
  rules: { listed: [2, 5, 9], isMore: false },
}
// What is not listed is counted beside the list.
const all = (Object.keys(sentences) as Sentence[])
  .filter((sentence) => sentence !== 'WARNINGS_NOT_LISTED')
  .map((sentence) => say(sentence, facts))
const wordsOf = (said: (typeof all)[number]) => warningWords({ ...said, message: 'no text of its own' })

afterAll(() => setLocale('en'))

describe.each(['en', 'pt-BR'] as const)('in %s', (locale) => {
  test.each(all.map((said) => [said.sentence, said] as const))('%s is a sentence', async (sentence, said) => {
    await setLocale(locale)
    const words = wordsOf(said)
    expect(words).toMatch(/^[A-ZÀ-Ü0-9].* .*\.$/)
    expect(words).not.toMatch(/\{\{|undefined|object|no text/)
    const blanks = [...sentences[sentence].matchAll(/\{\{ (\w+) \}\}/g)].map(([, blank]) => blank)
    for (const blank of blanks.filter((each) => each !== 'action')) {
      const fact = facts[blank as keyof typeof facts]
      const named = typeof fact === 'object' ? fact.listed : [fact]
      for (const each of named) expect(words).toContain(String(each))
    }
  })
})

test('in English the sentences are those that the API gives', async () => {
  await setLocale('en')
  for (const said of all) expect(wordsOf(said)).toBe(inEnglish(said))
})

test('a sentence of a newer server is shown as it came', () => {
  expect(warningWords({ sentence: 'SOMETHING_NEW', facts: {}, message: 'Something new.' })).toBe(
    'Something new.',
  )
})
