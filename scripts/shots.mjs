/** `npm run shots`: a picture of every page and state, in both themes and languages and at three widths, in .shots/. */
import { build } from './build.mjs'
import { ensureDependencies, ensurePackages, giveUp } from './setup.mjs'

const say = (line) => process.stdout.write(`${line}\n`)
await ensureDependencies(say)
const missing = await ensurePackages(['chromium'], say)
if (missing) giveUp(`Pictures need a real browser. ${missing}`)
await build(say, ['web'])
const { register } = await import('tsx/esm/api')
register()
await import('./shots.ts')
