/// <reference types="vite/client" />
import { expect, test } from 'vitest'

/** As the app loads them: one file an area, each on top of those that came before. */
const files = import.meta.glob<Record<string, Readonly<Record<string, unknown>>>>('./*/*.ts', { eager: true })

test.each(['en', 'pt-BR'])('%s: a key that two areas have says the same in both', (locale) => {
  const texts = new Map<string, unknown>()
  const others: string[] = []
  const areas = Object.entries(files).filter(([path]) => path.startsWith(`./${locale}/`))
  for (const [path, area] of areas) {
    for (const [key, text] of Object.values(area).flatMap((entries) => Object.entries(entries))) {
      if (texts.has(key) && JSON.stringify(texts.get(key)) !== JSON.stringify(text))
        others.push(`${path} ${key}`)
      texts.set(key, text)
    }
  }
  expect(areas.length).toBeGreaterThan(8)
  expect(texts.size).toBeGreaterThan(500)
  expect(others).toEqual([])
})
