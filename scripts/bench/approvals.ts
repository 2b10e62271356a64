/**
 * Many random sequences of what people try with approvals (tests/approval-model.test.ts) on the real server: nothing may
 * be delivered that was not submitted and approved. `MODEL_RUNS` (10,000) and `MODEL_SEED` say how many and which; a
 * failure prints a shrunk sequence.
 */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { root } from '../setup.mjs'

const runs = Number(process.env.MODEL_RUNS ?? 10_000)
const seed = Number(process.env.MODEL_SEED ?? Date.now() % 2 ** 31)
/** Each with a database of its own, which does not grow for ever. */
const runsTogether = 250
const say = (line: string) => process.stdout.write(`${line}\n`)

interface Seen {
  readonly attempts: number
  readonly approved: number
  readonly refusedApprovals: number
  readonly raced: number
}

const startedAt = performance.now()
const sum = { attempts: 0, approved: 0, refusedApprovals: 0, raced: 0 }
let isGood = true
let begun = 0
await Promise.all(Array.from({ length: availableParallelism() }, liveInTurn))
const seconds = Math.round((performance.now() - startedAt) / 1000)
say(`sequences                ${runs}, from seed ${seed} on`)
say(`attempts                 ${sum.attempts}, of which two at once ${sum.raced} times`)
say(`approvals                ${sum.approved}; refused ${sum.refusedApprovals}`)
say(`all as it should be      ${isGood ? 'yes' : 'no'}`)
say(`seconds                  ${seconds}`)
say(JSON.stringify({ bench: 'approvals', runs, seed, allRight: isGood, ...sum, seconds }))
process.exitCode = isGood ? 0 : 1

/** One batch after the other, as long as there are some left and all is well. */
async function liveInTurn(): Promise<void> {
  while (isGood && begun < runs) {
    const from = begun
    begun += runsTogether
    const seen = await live(Math.min(runsTogether, runs - from), seed + from / runsTogether)
    if (seen === null) isGood = false
    for (const name of Object.keys(sum) as (keyof Seen)[]) sum[name] += seen?.[name] ?? 0
  }
}

/** Null: a sequence went wrong; it is on the screen. */
async function live(count: number, from: number): Promise<Seen | null> {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const child = spawn(
    process.execPath,
    [vitest, 'run', '--project', 'server', 'tests/approval-model.test.ts'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, MODEL_RUNS: String(count), MODEL_SEED: String(from), NO_COLOR: '1' },
    },
  )
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
    process.stdout.write(chunk)
  })
  const exitCode = await new Promise((resolve) => child.once('exit', resolve))
  const found = /^approvals (\{.*\})$/m.exec(said)?.[1]
  return exitCode === 0 && found ? (JSON.parse(found) as Seen) : null
}
