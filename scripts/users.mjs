/** `npm run users -- reset-root [EMAIL]`: a way back in for whoever runs the host. */
import { build } from './build.mjs'
import { ensureDependencies } from './setup.mjs'

const say = (line) => process.stderr.write(`${line}\n`)
await ensureDependencies(say)
await build(say, ['server'])
process.argv.splice(2, 0, 'users')
await import('../dist/server.mjs')
