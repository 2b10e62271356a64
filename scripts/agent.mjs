/** `npm run agent -- <command>`: the agent alone. The bundle dist/agent.mjs runs without this repository. */
import { build } from './build.mjs'
import { ensureDependencies } from './setup.mjs'

const say = (line) => process.stderr.write(`${line}\n`)
await ensureDependencies(say)
await build(say, ['agent'])
await import('../dist/agent.mjs')
