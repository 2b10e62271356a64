/** `npm start`: the server alone, as in production. */
import { build } from './build.mjs'
import { ensureDependencies } from './setup.mjs'

const say = (line) => process.stderr.write(`${line}\n`)
await ensureDependencies(say)
await build(say, ['server', 'web'])
await import('../dist/server.mjs')
