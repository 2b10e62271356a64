import { expect, test } from 'vitest'
import { type History, historyLimit, historyOf, recorded, redone, undone } from './history.ts'

type Words = History<string, string>
const typed = (history: Words, value: string, atMs: number, key = 'name') =>
  recorded(history, value, { words: `typed ${value}`, key, atMs })

test('what is typed into one field without a pause is one step', () => {
  let history: Words = historyOf('')
  for (const [index, text] of ['c', 'co', 'cor', 'corp'].entries())
    history = typed(history, text, index * 300)
  expect(history.past).toHaveLength(1)
  expect(undone(history).now).toBe('')
  expect(redone(undone(history)).now).toBe('corp')
})

test('a pause, another field or an undo begins a new step', () => {
  const paused = typed(typed(historyOf(''), 'a', 0), 'ab', 5_000)
  expect(undone(paused).now).toBe('a')
  const elsewhere = typed(typed(historyOf(''), 'a', 0, 'name'), 'b', 1, 'note')
  expect(undone(elsewhere).now).toBe('a')
  const redoneOnce = typed(redone(undone(typed(historyOf(''), 'a', 0))), 'ab', 1)
  expect(undone(redoneOnce).now).toBe('a')
})

test('edits without a field never join', () => {
  const once = recorded<string, string>(historyOf('a'), 'b', { words: 'moved', atMs: 0 })
  const twice = recorded(once, 'c', { words: 'moved', atMs: 0 })
  expect(undone(twice).now).toBe('b')
})

test('a new edit after an undo forgets what was undone', () => {
  const history = typed(undone(typed(typed(historyOf(''), 'a', 0), 'b', 9_000)), 'c', 9_100)
  expect(history.future).toEqual([])
  expect(redone(history)).toBe(history)
  expect(undone(history).now).toBe('a')
})

test('the words of a step tell what undo and redo would do', () => {
  const history = recorded<string, string>(historyOf('a'), 'b', { words: 'rule removed', atMs: 0 })
  expect(history.past.at(-1)?.words).toBe('rule removed')
  expect(undone(history).future.at(-1)?.words).toBe('rule removed')
})

test('the oldest steps are forgotten beyond the limit', () => {
  let history: History<number, string> = historyOf(0)
  for (let value = 1; value <= historyLimit + 50; value += 1) {
    history = recorded(history, value, { words: 'edit', atMs: value })
  }
  expect(history.past).toHaveLength(historyLimit)
  for (let step = 0; step < historyLimit + 5; step += 1) history = undone(history)
  expect(history.now).toBe(50)
})
