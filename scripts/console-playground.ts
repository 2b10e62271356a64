/**
 * The console over a large made-up fleet, to look at and to develop against; it ends with Ctrl-C and keeps nothing.
 *
 *   npx tsx scripts/console-playground.ts [PORT] [PROXIES] [RULES]      8099, 10000, 10000
 *   APM_SERVER_URL=http://127.0.0.1:8099 npx vite --port 5180          the same with the web app's sources, live
 */
import { bigSeed } from './fleet/seed.ts'
import { startSeededServer } from './fleet/seeded-server.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)
const [port = 8099, proxies = bigSeed.proxies, rules = bigSeed.rules] = process.argv.slice(2).map(Number)

say(`Making ${proxies} proxies and ${rules} rules…`)
const { url, fleet, close } = await startSeededServer({ ...bigSeed, proxies, rules }, port)
say(`${url}`)
for (const { email, password } of Object.values(fleet.users)) say(`  ${email}  ${password}`)
for (const { id, name } of Object.values(fleet.configs)) say(`  ${url}/configs/${id}  ${name}`)
for (const { id, hostname, status } of fleet.proxies.slice(0, 7))
  say(`  ${url}/proxies/${id}  ${status}  ${hostname}`)

let isStopping = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (isStopping) return
    isStopping = true
    void close().then(() => process.exit(0))
  })
}
