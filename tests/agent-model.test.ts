/** Whatever happens in whatever order: an agent ends in sync, or failed with a reason; it is never silently stale. */
import fc from 'fast-check'
import { afterAll, beforeAll, test } from 'vitest'
import { event, live, type ModelWorld } from './support/agent-model.ts'
import { enrolmentToken } from './support/agents.ts'
import { newApiToken } from './support/calls.ts'
import { startServer } from './support/server.ts'

/** `npm run bench -- model` makes many more. */
const runs = Number(process.env.MODEL_RUNS ?? 50)
const seed = Number(process.env.MODEL_SEED ?? 1)

let world: ModelWorld
beforeAll(async () => {
  const server = await startServer()
  const user = await server.user('root')
  // A session would end without its beacon.
  const { token } = await newApiToken(user, ['READ', 'AUTHOR', 'APPROVE', 'OPERATE'])
  const root = server.client(token)
  world = { server, root, enrolmentToken: await enrolmentToken(root, { maxUses: 10_000 }) }
})
afterAll(() => world.server.close())

test(`lives of agents, seed ${seed}`, { timeout: 60_000 + runs * 5_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 4, maxLength: 14 }), (events) => live(world, events)),
    { numRuns: runs, seed },
  )
})
