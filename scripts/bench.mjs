/** `npm run bench -- NAME [options]`: prints a table, and as its last line one JSON object of its figures. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.mjs'
import { ensureDependencies, ensurePackages, giveUp, root } from './setup.mjs'

const say = (line) => process.stderr.write(`${line}\n`)
const names = readdirSync(join(root, 'scripts', 'bench'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace(/\.ts$/, ''))
const name = process.argv[2]
if (!name || !names.includes(name)) giveUp(`Which one? npm run bench -- ${names.join(' | ')}`)
await ensureDependencies(say)
const both = ['trafficserver', 'chromium']
const needed = { console: ['chromium'], logs: both, 'log-kills': both }
const missing = await ensurePackages(needed[name] ?? ['trafficserver'], say)
if (missing) giveUp(`Benches run against the real thing. ${missing}`)
// The route model needs no built web app: only the core and an ATS.
if (name !== 'truth') await build(say)
const { register } = await import('tsx/esm/api')
register()
await import(`./bench/${name}.ts`)
