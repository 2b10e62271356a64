/** `npm start`: the server alone, as in production. */
import { build } from './build.mjs'
import { ensureDependencies } from './setup.mjs'

const say = (line) => process.stderr.write(`${line}\n`)
await ensureDependencies(say)
await build(say, ['server', 'web'])
process.env.NODE_ENV ??= 'production' // GraphQL's executor would look for a second copy of itself in every value
await import('../dist/server.mjs')
