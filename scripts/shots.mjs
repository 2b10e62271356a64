/** `npm run shots`: a picture of every page, in both themes and languages, in .shots/. */
import { build } from './build.mjs'
import { ensureDependencies, ensurePackages, giveUp } from './setup.mjs'

const say = (line) => process.stdout.write(`${line}\n`)
await ensureDependencies(say)
const missing = await ensurePackages(['trafficserver', 'chromium'], say)
if (missing) giveUp(`Pictures need a real browser and a real fleet. ${missing}`)
await build(say)
const { register } = await import('tsx/esm/api')
register()
await import('./shots.ts')
