import { expect, test } from 'vitest'
import { fleet as english } from '../locales/en/fleet.ts'
import { fleet as portuguese } from '../locales/pt-BR/fleet.ts'

/** What the status column of the fleet has room for at 1280 pixels, in the widest of usual typefaces. */
const mostCharacters = 22

test.each([english, portuguese])('a reason in a row of the fleet is whole in it', (texts) => {
  const brief = Object.entries(texts).filter(([key]) => key.startsWith('proxyBrief.'))
  expect(brief.length).toBeGreaterThan(10)
  const long = brief.filter(([, words]) => words.replace('{{ version }}', '8.1.11').length > mostCharacters)
  expect(long).toEqual([])
})
