/** The server and its database are killed where they stand: the trail and what it tells of stay together. */
import { expect, test } from 'vitest'
import { crashDuring } from './support/crashes.ts'

/** `npm run bench -- audit` makes a thousand. */
const mutations = 240

test(`of ${mutations} mutations none that was acknowledged is lost, and no entry is without its change`, async () => {
  const { wrong, ...report } = await crashDuring(mutations, 6)
  expect(wrong).toEqual([])
  expect(report).toMatchObject({ kills: { server: 3, postgres: 3 } })
  expect(report.done).toBeGreaterThanOrEqual(mutations)
  expect(report.entries).toBeGreaterThanOrEqual(mutations)
}, 240_000)
