/** Documents of the property tests, with which a real ATS is started: what it refuses, and what it says of them. */
import fc from 'fast-check'
import { anyDocument } from '../../tests/support/any-document.ts'
import { makeAtsDirectory } from './ats-run.ts'
import { unusualLines } from './normal-log.ts'
import type { World } from './world.ts'

export interface StartedDocuments {
  readonly started: number
  /** What ATS said when it did not start. */
  readonly refused: readonly string[]
  /** Lines of its log that are not in the list of normal ones. */
  readonly unusual: readonly string[]
}

/** One start for each document, about a second each. Their addresses are text: nothing is asked of ATS. */
export async function startAnyDocuments(
  world: World,
  seed: number,
  count: number,
): Promise<StartedDocuments> {
  const ats = await makeAtsDirectory(world)
  const refused: string[] = []
  const unusual: string[] = []
  let started = 0
  try {
    for (const document of fc.sample(anyDocument, { seed, numRuns: count })) {
      try {
        const running = await ats.start({ document, outboundExceptions: [], names: new Map() })
        await running.stop()
        started += 1
        unusual.push(...unusualLines(running.said()))
      } catch (error) {
        refused.push(String(error))
      }
    }
  } finally {
    ats.remove()
  }
  return { started, refused, unusual }
}
