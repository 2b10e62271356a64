/** Every text of the web app comes from its catalogue, and every catalogue has every text. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { en } from '../web/locales/en.ts'
import { ptBr } from '../web/locales/pt-BR.ts'
import { findLiteralText } from './support/literal-text.ts'

const files = readdirSync('web', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.tsx') && !name.includes('.test.'))
  .map((name) => `web/${name}`)

test('no page spells a text itself', () => {
  expect(files.length).toBeGreaterThan(20)
  expect(files.flatMap((file) => findLiteralText(file, readFileSync(file, 'utf8')))).toEqual([])
})

test('a text that is planted is found, wherever a reader would meet it', () => {
  const planted = `
    const Page = () => (
      <main title="Fleet of proxies">
        Hello {name()}
        <input placeholder={isEmpty() ? 'Nothing yet' : t('fleet.search')} />
        <p>{isFresh() && 'Fresh'} {kind() === 'fresh' ? '→' : '·'} {t('fleet.title')}</p>
        <img alt="" class="size-9 shrink-0" />
      </main>
    )`
  expect(findLiteralText('planted.tsx', planted).map(({ line, text }) => [line, text])).toEqual([
    [3, 'Fleet of proxies'],
    [4, 'Hello'],
    [5, 'Nothing yet'],
    [6, 'Fresh'],
  ])
})

test('both languages have the same texts, with the same blanks to fill in', () => {
  expect(Object.keys(ptBr).sort()).toEqual(Object.keys(en).sort())
  const blanks = (text: string) => [...new Set(text.match(/\{\{ \w+ \}\}/g) ?? [])].sort()
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    expect(blanks(ptBr[key]), key).toEqual(blanks(en[key]))
    expect(ptBr[key].trim(), key).not.toBe('')
  }
})
