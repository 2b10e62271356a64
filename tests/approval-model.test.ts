/** Whatever people try in whatever order: nothing is delivered that was not submitted, and then approved as the policy of that moment wants it. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { attemptOf, type Happening, inWords, type Memory, sequence } from './support/approval-commands.ts'
import { type Attempt, after, firstSpec, type Spec, type SpecPolicy } from './support/approval-spec.ts'
import { type ApprovalCast, type ApprovalWorld, startCast, startWorld } from './support/approval-world.ts'
import { startServer, type TestServer } from './support/server.ts'

/** `npm run bench -- approvals` makes many more. */
const runs = Number(process.env.MODEL_RUNS ?? 300)
const seed = Number(process.env.MODEL_SEED ?? 1)

let server: TestServer
let cast: ApprovalCast
beforeAll(async () => {
  server = await startServer({ rates: { person: 1e9, token: 1e9, agent: 1e9, address: 1e9 } })
  cast = await startCast(server)
})
afterAll(() => server.close())

const policy = fc.constantFrom<SpecPolicy>('SAME_USER', 'SECOND_PERSON')

/** What the sequences came to: a model that only ever refuses proves nothing. */
const seen = { approved: 0, refusedApprovals: 0, raced: 0, attempts: 0 }

test(`sequences of approvals, seed ${seed}`, { timeout: 60_000 + runs * 5_000 }, async () => {
  const property = fc.asyncProperty(policy, sequence, (first, happenings) => live(first, happenings))
  const { failed, counterexample, errorInstance, numRuns, counterexamplePath } = await fc.check(property, {
    numRuns: runs,
    seed,
  })
  if (failed && counterexample) {
    const [first, happenings] = counterexample
    const lines = happenings.map((each, index) => `  ${index + 1}. ${inWords(each)}`)
    throw new Error(
      `after ${numRuns} sequences (seed ${seed}, path ${counterexamplePath}), with ${first}:\n${lines.join('\n')}\n${String((errorInstance as Error)?.message)}`,
    )
  }
  process.stdout.write(`approvals ${JSON.stringify({ seed, runs, ...seen })}\n`)
  expect(seen.approved).toBeGreaterThan(runs / 4)
  expect(seen.refusedApprovals).toBeGreaterThan(runs / 4)
  expect(seen.raced).toBeGreaterThan(runs / 4)
})

async function live(first: SpecPolicy, happenings: readonly Happening[]): Promise<void> {
  const world = await startWorld(cast, first)
  const memory: Memory = new Map()
  let spec = firstSpec(first)
  const unseen: Spec[] = []
  for (const each of happenings) {
    const visited = await happen(world, spec, memory, each)
    spec = visited.at(-1) ?? spec
    unseen.push(...visited)
    if (!isDelivering(each)) continue
    await world.expectOffers(unseen.splice(0))
  }
  await world.expectConfigs(spec)
  await world.expectOffers([...unseen, spec])
  await world.expectTrail()
}

/** After these every proxy is asked at once; after the others at the next such, and at the end. */
const delivering: ReadonlySet<string> = new Set([
  'approve',
  'restore',
  'enrol',
  'retire proxy',
  'retire config',
])
function isDelivering(each: Happening): boolean {
  const commands = each.kind === 'one' ? [each.one] : each.both
  return commands.some(({ kind }) => delivering.has(kind))
}

/** The states that it led through. Of two at once either may have been first: the configs tell which. */
async function happen(
  world: ApprovalWorld,
  spec: Spec,
  memory: Memory,
  each: Happening,
): Promise<readonly Spec[]> {
  const commands = each.kind === 'one' ? [each.one] : each.both
  const attempts = commands.flatMap((command) => attemptOf(spec, memory, command) ?? [])
  if (attempts.length === 0) return []
  const outcomes = await Promise.all(attempts.map((attempt) => world.try(attempt)))
  count(attempts, outcomes)
  const said = JSON.stringify(outcomes)
  const orders =
    attempts.length === 2
      ? [
          [0, 1],
          [1, 0],
        ]
      : [[0]]
  const possible = orders
    .map((order) => inOrder(spec, attempts, order))
    .filter(({ done }) => JSON.stringify(done) === said)
  const [one, other] = possible
  if (one === undefined) throw new Error(`${said} of ${JSON.stringify(attempts)}: no order explains it`)
  if (!outcomes.includes(true)) return one.visited
  if (other === undefined) return expectOne(world, one.visited)
  return expectOne(world, one.visited).catch(() => expectOne(world, other.visited))
}

async function expectOne(world: ApprovalWorld, visited: readonly Spec[]): Promise<readonly Spec[]> {
  const last = visited.at(-1)
  if (last) await world.expectConfigs(last)
  return visited
}

function inOrder(spec: Spec, attempts: readonly Attempt[], order: readonly number[]) {
  const done: boolean[] = []
  const visited: Spec[] = []
  for (const index of order) {
    const attempt = attempts[index]
    const before = visited.at(-1) ?? spec
    const next = attempt ? after(before, attempt) : null
    done[index] = next !== null
    visited.push(next ?? before)
  }
  return { visited, done }
}

function count(attempts: readonly Attempt[], outcomes: readonly boolean[]): void {
  seen.attempts += attempts.length
  if (attempts.length === 2) seen.raced += 1
  attempts.forEach(({ kind }, index) => {
    if (kind !== 'approve') return
    if (outcomes[index]) seen.approved += 1
    else seen.refusedApprovals += 1
  })
}
