/** Runs documents on real ATS instances, a few at once, and compares where requests went with what was said. */
import type { RouteExplanation } from '#core/route'
import { type AtsDirectory, makeAtsDirectory } from './ats-run.ts'
import type { Cell } from './cells.ts'
import { disagreement, type Model } from './compare.ts'
import { generateSituation, type Situation } from './documents.ts'
import { unusualLines } from './normal-log.ts'
import { type Planned, planRequests } from './plan.ts'
import type { Asked } from './requests.ts'
import { type Reached, send } from './send.ts'
import type { World } from './world.ts'

export interface RunOptions {
  readonly seed: number
  readonly documents: number
  readonly requestsEach: number
  /** ATS instances at once. */
  readonly instances: number
  readonly model: Model
  /** Called after every document. */
  readonly progress?: (so: RunResult) => void
  /** Stops after the document that brings the first mismatch. */
  readonly untilMismatch?: boolean
}

export interface Mismatch {
  readonly situation: Situation
  readonly asked: Asked
  readonly said: RouteExplanation
  readonly reached: Reached
  readonly why: string
}

export interface RunResult {
  documents: number
  decisions: number
  /** Decisions for which at least two enabled rules hold. */
  overlapping: number
  /** Requests that had to be sent again because the first answer told no route. */
  repeated: number
  readonly cells: Map<Cell, number>
  readonly mismatches: Mismatch[]
  /** Lines of diags.log that are none of the normal ones. */
  readonly unusual: { readonly index: number; readonly line: string }[]
}

/** Rejects when a document can't be started with. */
export async function runTruth(world: World, options: RunOptions): Promise<RunResult> {
  const result: RunResult = {
    documents: 0,
    decisions: 0,
    overlapping: 0,
    repeated: 0,
    cells: new Map(),
    mismatches: [],
    unusual: [],
  }
  const planned = new Map<Cell, number>()
  let next = 0
  const work = async () => {
    const ats = await makeAtsDirectory(world)
    try {
      while (next < options.documents && !(options.untilMismatch && result.mismatches.length > 0)) {
        // Documents are planned in the order of their numbers, so that a seed plans the same in every run.
        const index = next
        next += 1
        const situation = generateSituation(options.seed, index, world.parents)
        const plan = planRequests(
          options.seed,
          situation,
          options.model,
          options.requestsEach,
          world.origin.port,
          planned,
        )
        await runDocument(world, ats, situation, plan, result)
        options.progress?.(result)
      }
    } finally {
      ats.remove()
    }
  }
  await Promise.all(Array.from({ length: options.instances }, work))
  return result
}

async function runDocument(
  world: World,
  directory: AtsDirectory,
  situation: Situation,
  plan: readonly Planned[],
  result: RunResult,
): Promise<void> {
  const ats = await directory.start(situation)
  try {
    await inParallel(plan, 4, async ({ asked, said, cell, matches }) => {
      let reached = await send(ats.port, asked)
      if (reached.went === 'failed' || reached.went === 'silent') {
        result.repeated += 1
        reached = await send(ats.port, asked)
      }
      const why = disagreement(situation, asked, said, reached, world)
      if (why !== null) result.mismatches.push({ situation, asked, said, reached, why })
      result.decisions += 1
      if (matches >= 2) result.overlapping += 1
      result.cells.set(cell, (result.cells.get(cell) ?? 0) + 1)
    })
    for (const line of unusualLines(ats.said())) result.unusual.push({ index: situation.index, line })
  } finally {
    await ats.stop()
  }
  result.documents += 1
}

async function inParallel<Item>(
  items: readonly Item[],
  width: number,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const work = async () => {
    for (const item of queue) await act(item)
  }
  await Promise.all(Array.from({ length: width }, work))
}
