/** Runs documents on real ATS instances, a few at once, and compares where requests went with what was said. */
import type { RouteExplanation } from '#core/route'
import { type ReloadedAts, startReloadedAts } from './ats-reload.ts'
import { type AtsDirectory, makeAtsDirectory, type StartedAts } from './ats-run.ts'
import type { Cell } from './cells.ts'
import { disagreement, type Model } from './compare.ts'
import { generateSituation, type Situation } from './documents.ts'
import { unusualLines } from './normal-log.ts'
import { focusFor, type Planned, planRequests } from './plan.ts'
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
  /**
   * Whether each document is also loaded into a running ATS, as an agent does it, and some of its requests are sent
   * there too. About 5 s each, in which ATS mostly waits.
   */
  readonly reloads: boolean
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
  /** How the document had come to ATS. */
  readonly after: 'start' | 'reload'
}

export interface RunResult {
  documents: number
  decisions: number
  /** Documents that were loaded into a running ATS too. */
  reloaded: number
  /** Documents that ATS did not start with, or did not load. */
  readonly refused: { readonly index: number; readonly said: string }[]
  /** Decisions for which at least two enabled rules hold. */
  overlapping: number
  /** Requests that had to be sent again because the first answer told no route. */
  repeated: number
  readonly cells: Map<Cell, number>
  readonly mismatches: Mismatch[]
  /** Lines of diags.log that are none of the normal ones. */
  readonly unusual: { readonly index: number; readonly line: string }[]
}

export async function runTruth(world: World, options: RunOptions): Promise<RunResult> {
  const result: RunResult = {
    documents: 0,
    decisions: 0,
    reloaded: 0,
    overlapping: 0,
    repeated: 0,
    cells: new Map(),
    mismatches: [],
    refused: [],
    unusual: [],
  }
  const planned = new Map<Cell, number>()
  let next = 0
  const work = async () => {
    const directory = await makeAtsDirectory(world)
    const running = options.reloads ? await startReloadedAts(world) : null
    try {
      while (next < options.documents && !(options.untilMismatch && result.mismatches.length > 0)) {
        // Documents are planned in the order of their numbers, so that a seed plans the same in every run.
        const index = next
        next += 1
        const { seed, model, requestsEach } = options
        const situation = generateSituation(seed, index, world.parents, focusFor(index, planned))
        const plan = planRequests(seed, situation, model, requestsEach, world.origin.port, planned)
        await Promise.all([
          runStarted(world, directory, situation, plan, result),
          running === null ? null : runReloaded(world, running, situation, plan, result),
        ])
        result.documents += 1
        options.progress?.(result)
      }
    } finally {
      directory.remove()
      await running?.close()
    }
  }
  await Promise.all(Array.from({ length: options.instances }, work))
  return result
}

async function runStarted(
  world: World,
  directory: AtsDirectory,
  situation: Situation,
  plan: readonly Planned[],
  result: RunResult,
): Promise<void> {
  let ats: StartedAts
  try {
    ats = await directory.start(situation)
  } catch (error) {
    result.refused.push({ index: situation.index, said: String(error) })
    return
  }
  try {
    await decide(world, ats.port, situation, plan, 'start', result)
    noteUnusual(situation, ats.said(), result)
  } finally {
    await ats.stop()
  }
}

/** Of the requests that are sent after a start, this many are sent after a reload too. */
const afterReload = 25

async function runReloaded(
  world: World,
  ats: ReloadedAts,
  situation: Situation,
  plan: readonly Planned[],
  result: RunResult,
): Promise<void> {
  try {
    const said = await ats.load(situation)
    await decide(world, ats.port, situation, plan.slice(0, afterReload), 'reload', result)
    noteUnusual(situation, said, result)
    result.reloaded += 1
  } catch (error) {
    result.refused.push({ index: situation.index, said: String(error) })
  }
}

async function decide(
  world: World,
  port: number,
  situation: Situation,
  plan: readonly Planned[],
  after: Mismatch['after'],
  result: RunResult,
): Promise<void> {
  await inParallel(plan, 4, async ({ asked, said, cell, matches }) => {
    let reached = await send(port, asked)
    if (reached.went === 'silent') {
      result.repeated += 1
      reached = await send(port, asked)
    }
    const why = disagreement(situation, asked, said, reached, world)
    if (why !== null) result.mismatches.push({ situation, asked, said, reached, why, after })
    result.decisions += 1
    if (matches >= 2) result.overlapping += 1
    result.cells.set(cell, (result.cells.get(cell) ?? 0) + 1)
  })
}

function noteUnusual({ index }: Situation, said: string, result: RunResult): void {
  for (const line of unusualLines(said)) result.unusual.push({ index, line })
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
