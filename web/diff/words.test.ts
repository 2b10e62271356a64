import { expect, test } from 'vitest'
import { listChanges } from './words.ts'

test('of a list is said what went and what came, and nothing of what stayed', () => {
  expect(listChanges(['a', 'b'], ['b', 'c'])).toEqual([
    { sign: '-', words: 'a' },
    { sign: '+', words: 'c' },
  ])
})

test('another order alone adds and removes nothing', () => {
  expect(listChanges(['a', 'b'], ['b', 'a'])).toEqual([])
})
