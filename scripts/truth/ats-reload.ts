/** An ATS with its manager that takes one document after another by `config reload`, as an agent has it done. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadDocument } from '../../tests/support/ats-files.ts'
import { startAts } from '../fleet/ats-instance.ts'
import { freePort } from '../fleet/listen.ts'
import { optionsFor } from './ats-run.ts'
import type { Situation } from './documents.ts'
import { makeKnown, type World } from './world.ts'

export interface ReloadedAts {
  readonly port: number
  /** What diags.log said meanwhile. Rejects when a file is refused, or not loaded in time. */
  load(situation: Situation): Promise<string>
  close(): Promise<void>
}

export async function startReloadedAts(world: World): Promise<ReloadedAts> {
  const directory = mkdtempSync(join(tmpdir(), 'apm-truth-'))
  const ats = await startAts(optionsFor(world, directory, await freePort()))
  return {
    port: ats.port,
    async load(situation) {
      makeKnown(world.resolver, situation)
      const { said } = await loadDocument(ats, situation.document, situation.outboundExceptions)
      if (said.includes('failed to load')) throw new Error(`not loaded; ATS said\n${said}`)
      return said
    },
    async close() {
      await ats.kill()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
