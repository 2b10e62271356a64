/** An ATS with its manager that takes one document after another by `config reload`, as an agent has it done. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startAts } from '../fleet/ats-instance.ts'
import { freePort } from '../fleet/listen.ts'
import { filesOf, optionsFor } from './ats-run.ts'
import type { Situation } from './documents.ts'
import { makeKnown, type World } from './world.ts'

export interface ReloadedAts {
  readonly port: number
  /** What diags.log said meanwhile. Rejects when a file is not loaded within 40 s. */
  load(situation: Situation): Promise<string>
  close(): Promise<void>
}

export async function startReloadedAts(world: World): Promise<ReloadedAts> {
  const directory = mkdtempSync(join(tmpdir(), 'apm-truth-'))
  const ats = await startAts(optionsFor(world, directory, await freePort()))
  const diags = join(ats.logDir, 'diags.log')
  return {
    port: ats.port,
    async load(situation) {
      makeKnown(world.resolver, situation)
      const changed = filesOf(ats, situation).filter(
        ({ name, content }) => readFileSync(join(ats.configDir, name), 'utf8') !== content,
      )
      for (const { name, content } of changed) replace(join(ats.configDir, name), content)
      const hasNewRecords = changed.some(({ name }) => name === 'records.config')
      const loaded = changed.map(({ name }) => name).filter((name) => name !== 'records.config')
      const from = statSync(diags).size
      const said = () => readFileSync(diags).subarray(from).toString()
      control(ats.runroot, 'config', 'reload')
      const deadline = Date.now() + 40_000
      while (!loaded.every((name) => hasLoaded(said(), name))) {
        if (Date.now() > deadline) throw new Error(`${loaded.join(', ')}: not loaded; ATS said\n${said()}`)
        await sleep(50)
      }
      // A record is in force one second after parent.config, which every new document changes, was read (9.2.9).
      if (hasNewRecords) await sleep(1_500)
      return said()
    },
    async close() {
      await ats.kill()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** ATS loads what is strictly newer than before. */
function replace(path: string, content: string): void {
  const before = statSync(path).mtimeMs
  writeFileSync(`${path}.new`, content)
  const at = Math.max(Date.now(), Math.ceil(before) + 1) / 1_000
  utimesSync(`${path}.new`, at, at)
  renameSync(`${path}.new`, path)
}

function hasLoaded(said: string, name: string): boolean {
  const start = said.indexOf(`${name} loading ...`)
  return start >= 0 && said.indexOf(`${name} finished loading`, start) > start
}

function control(runroot: string, ...command: readonly string[]): void {
  execFileSync('/usr/bin/traffic_ctl', command, {
    env: { PATH: '/usr/bin:/bin', TS_RUNROOT: runroot },
    stdio: 'ignore',
  })
}
