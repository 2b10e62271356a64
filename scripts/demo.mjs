/** `npm run demo`: from a bare clone to a running fleet. Built-ins only until the dependencies are there. */
import { build } from './build.mjs'
import { ensureDependencies, ensurePackages } from './setup.mjs'

const say = (line) => process.stdout.write(`${line}\n`)
if (process.argv.includes('--help') || process.argv.includes('-h')) {
  say(`Starts ATS Proxy Manager with a local fleet: one real ATS and its agent, two parent proxies, an origin.

  APM_HOME   folder for everything it keeps (default .apm/demo); two demos need two of them
  APM_PORT   port of the web app (default: a free one, kept for the next start)

Ctrl-C stops everything it started.`)
  process.exit(0)
}
await ensureDependencies(say)
const missingAts = await ensurePackages(['trafficserver'], say)
await build(say)
const { register } = await import('tsx/esm/api')
register()
const { runDemo } = await import('./demo/main.ts')
await runDemo({ missingAts, say })
