/** The route model against a real ATS, small: `npm run bench -- truth` is the same with hundreds of documents. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeAtsDirectory } from '../scripts/truth/ats-run.ts'
import { allCells } from '../scripts/truth/cells.ts'
import { realModel } from '../scripts/truth/compare.ts'
import { mistakes } from '../scripts/truth/mistakes.ts'
import { unusualLines } from '../scripts/truth/normal-log.ts'
import { type Mismatch, runTruth } from '../scripts/truth/run.ts'
import { shrinkMismatch } from '../scripts/truth/shrink.ts'
import { startAnyDocuments } from '../scripts/truth/start-any.ts'
import { startWorld, type World } from '../scripts/truth/world.ts'

const seed = 1
let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world?.stop())

describe('documents from a seed', () => {
  test('send every request where the model says, after a start and after a reload', async () => {
    const result = await runTruth(world, {
      seed,
      documents: 6,
      requestsEach: 100,
      instances: 2,
      reloads: true,
      model: realModel,
    })
    expect(result.mismatches.map(inWords)).toEqual([])
    expect(result.refused).toEqual([])
    expect(result.unusual).toEqual([])
    expect(result).toMatchObject({ documents: 6, reloaded: 6 })
    expect(result.decisions).toBeGreaterThan(500)
    expect(result.overlapping / result.decisions).toBeGreaterThan(0.3)
    const impossible = new Set(allCells().flatMap((each) => (each.impossible === null ? [] : [each.cell])))
    expect([...result.cells.keys()].filter((cell) => impossible.has(cell))).toEqual([])
  }, 180_000)
})

describe('a model with a mistake', () => {
  test('is found out, and the case is made small', async () => {
    const model = mistakes['last match wins']
    const result = await runTruth(world, {
      seed,
      documents: 10,
      requestsEach: 60,
      instances: 2,
      reloads: false,
      model,
      untilMismatch: true,
    })
    const [found] = result.mismatches
    if (found === undefined) throw new Error('the mistake was not found')

    const directories = await Promise.all([makeAtsDirectory(world), makeAtsDirectory(world)])
    const small = await shrinkMismatch(world, directories, model, found, 40_000)
    for (const directory of directories) directory.remove()

    // One rule can't be the last and not the first: two, or one and the default, are the least.
    expect(small.situation.document.rules).toHaveLength(2)
    expect(small.situation.document.clientRules).toEqual([])
    expect(small.said.verdict).not.toBe(realModel(small.situation, small.asked).verdict)
    expect(small.reached.went).toBe(realModel(small.situation, small.asked).verdict)
  }, 180_000)
})

test('ATS starts with whatever the property tests make, and says no more than usual', async () => {
  expect(await startAnyDocuments(world, seed, 12)).toEqual({ started: 12, refused: [], unusual: [] })
}, 120_000)

test('a complaint of ATS is no normal line of its log', () => {
  const normal = '[Nov 25 22:42:50.554] [ET_NET 0] NOTE: cache enabled'
  const complaint =
    '[Nov 25 22:42:50.020] traffic_server ERROR: [ParentSelection] Unknown modifier at line 1 in parent.config'
  expect(unusualLines(`${normal}\n${complaint}\n`)).toEqual([complaint])
})

function inWords({ situation, asked, said, why, after }: Mismatch): string {
  return `document ${situation.index}, after a ${after}: ${asked.method} ${asked.url} from ${asked.clientAddress} (${asked.resolvedAddress}): said ${said.verdict}, ${why}`
}
