/**
 * Many random lives of agents (tests/agent-model.test.ts) against the real server: all have to end in sync, or failed
 * with a reason. `MODEL_RUNS` (1,000) and `MODEL_SEED` say how many and which; a failure prints a shrunk life.
 */
import { join } from 'node:path'
import { root, run } from '../setup.mjs'

const runs = Number(process.env.MODEL_RUNS ?? 1_000)
const seed = Number(process.env.MODEL_SEED ?? Date.now() % 2 ** 31)
const say = (line: string) => process.stdout.write(`${line}\n`)

const startedAt = performance.now()
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const exitCode = await run(
  process.execPath,
  [vitest, 'run', '--project', 'server', 'tests/agent-model.test.ts'],
  { env: { ...process.env, MODEL_RUNS: String(runs), MODEL_SEED: String(seed), NO_COLOR: '1' } },
)
const seconds = Math.round((performance.now() - startedAt) / 1000)
say(`lives                    ${runs}`)
say(`seed                     ${seed}`)
say(`all ended well           ${exitCode === 0 ? 'yes' : 'no'}`)
say(`seconds                  ${seconds}`)
say(JSON.stringify({ bench: 'model', runs, seed, allEndedWell: exitCode === 0, seconds }))
process.exitCode = exitCode === 0 ? 0 : 1
