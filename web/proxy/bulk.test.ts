import { createRoot } from 'solid-js'
import { expect, test } from 'vitest'
import { type BulkItem, createBulkRun } from './bulk.ts'

const items = (count: number): BulkItem[] =>
  Array.from({ length: count }, (_, index) => ({ id: `${index}`, hostname: `edge-${index}` }))

test('each proxy is tried once, and every failure keeps its proxy and its reason', async () => {
  const tried: string[] = []
  const run = createRoot(() =>
    createBulkRun(async ({ id }) => {
      tried.push(id)
      return Number(id) % 3 === 0 ? `no ${id}` : undefined
    }),
  )
  await run.start(items(10))
  expect(tried.toSorted()).toEqual(items(10).map(({ id }) => id))
  expect(run.phase()).toBe('over')
  expect(run.done()).toHaveLength(6)
  expect(run.failed().map(({ item, reason }) => [item.hostname, reason])).toEqual([
    ['edge-0', 'no 0'],
    ['edge-3', 'no 3'],
    ['edge-6', 'no 6'],
    ['edge-9', 'no 9'],
  ])
})

test('a retry begins anew with only what it is given', async () => {
  let isBroken = true
  const run = createRoot(() =>
    createBulkRun(async ({ id }) => (isBroken && id === '1' ? 'broken' : undefined)),
  )
  await run.start(items(3))
  isBroken = false
  await run.start(run.failed().map(({ item }) => item))
  expect(run.total()).toBe(1)
  expect(run.done().map(({ id }) => id)).toEqual(['1'])
  expect(run.failed()).toEqual([])
})

test('stopping leaves the rest untried and names it', async () => {
  const run = createRoot(() =>
    createBulkRun(async ({ id }) => {
      if (id === '3') run.stop()
      return undefined
    }),
  )
  await run.start(items(20))
  expect(run.done().length + run.left().length).toBe(20)
  expect(run.left().length).toBeGreaterThan(10)
})
