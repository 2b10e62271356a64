/**
 * What becomes of GET and CONNECT for a name that only the parents can resolve, on the installed ATS.
 *
 *   node --import tsx scripts/experiments/names-only-parents-resolve.ts
 *
 * One private ATS per situation, everything on loopback. The resolver stub says NXDOMAIN, or answers 192.0.2.1, a
 * documentation address that nothing may connect to: the table's last column shows who asked whom.
 */
import { execFileSync } from 'node:child_process'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { request, startAts, type TestAts } from '../../tests/support/ats.ts'

const inner = 'only-parents.example'
const noDns = 'CONFIG proxy.config.http.no_dns_just_forward_to_parent INT'
const cacheOn = 'CONFIG proxy.config.http.cache.http INT 1'

interface Situation {
  readonly name: string
  readonly rules: 'parent only' | 'mixed' | 'mixed with dest_ip'
  readonly records?: readonly string[]
  /** What the resolver says about the name; NXDOMAIN when left out. */
  readonly answer?: string
}

const situations: readonly Situation[] = [
  { name: 'a  defaults, cache off', rules: 'parent only' },
  { name: 'a  defaults, cache on', rules: 'parent only', records: [cacheOn] },
  { name: 'b  no_dns=1 before start', rules: 'parent only', records: [`${noDns} 1`] },
  { name: 'c  defaults, cache off', rules: 'mixed' },
  { name: 'c  defaults, cache on', rules: 'mixed', records: [cacheOn] },
  { name: 'c  defaults, cache on', rules: 'mixed with dest_ip', records: [cacheOn] },
  { name: 'd  no_dns=1 before start', rules: 'mixed', records: [`${noDns} 1`] },
  { name: 'd  no_dns=1 before start', rules: 'mixed with dest_ip', records: [`${noDns} 1`] },
  { name: 'e  resolver lies', rules: 'mixed', answer: '192.0.2.1' },
  { name: 'e  resolver lies', rules: 'mixed with dest_ip', answer: '192.0.2.1' },
]

console.log(
  `${row('situation', 'rules', 'GET inner', 'CONNECT inner', 'GET direct', 'CONNECT direct')} asked for inner`,
)
for (const situation of situations) await measure(situation)
await measureRunTimeChange()

async function measure({ name, rules, records, answer }: Situation): Promise<void> {
  const ats = await startAts({ extraRecords: records ?? [] })
  try {
    if (answer !== undefined) ats.resolver.names.set(inner, answer)
    await load(ats, rules)
    const results = [
      await ask(ats, 'GET', inner),
      await ask(ats, 'CONNECT', inner),
      await ask(ats, 'GET', 'corp.example'),
      await ask(ats, 'CONNECT', 'corp.example'),
    ]
    const lookups = ats.resolver.asked.filter((asked) => asked === inner).length
    console.log(`${row(name, rules, ...results)} ${lookups} lookups`)
  } finally {
    await ats.close()
  }
}

/** Whether a running ATS takes the record from records.config, and after how long. */
async function measureRunTimeChange(): Promise<void> {
  const ats = await startAts()
  try {
    await load(ats, 'parent only')
    for (const value of [1, 0, 1]) {
      const startedAt = Date.now()
      appendFileSync(join(ats.configDir, 'records.config'), `${noDns} ${value}\n`)
      control(ats, 'config', 'reload')
      const wanted = value === 1 ? '200 p1' : '500 –'
      let seen = ''
      while (seen !== wanted && Date.now() - startedAt < 40_000) {
        await sleep(100)
        seen = await ask(ats, 'CONNECT', inner)
      }
      const took = ((Date.now() - startedAt) / 1000).toFixed(1)
      const shown = control(ats, 'config', 'get', 'proxy.config.http.no_dns_just_forward_to_parent').trim()
      console.log(`b  no_dns=${value} at run time: CONNECT is ${seen} after ${took} s (${shown})`)
    }
  } finally {
    await ats.close()
  }
}

async function load(ats: TestAts, rules: Situation['rules']): Promise<void> {
  const parent = `parent="127.0.0.1:${ats.parents[0].port}" round_robin=false go_direct=false`
  const lines = [
    ...(rules === 'parent only' ? [] : ['dest_domain=corp.example go_direct=true']),
    ...(rules === 'mixed with dest_ip' ? ['dest_ip=10.0.0.0-10.255.255.255 go_direct=true'] : []),
    `dest_domain=. ${parent}`,
  ]
  writeFileSync(join(ats.configDir, 'parent.config'), `${lines.join('\n')}\n`)
  control(ats, 'config', 'reload')
  // Loaded once a literal address, which needs no resolver, goes to the parent.
  const end = Date.now() + 15_000
  while ((await ask(ats, 'GET', '127.0.0.9')) !== '200 p1') {
    if (Date.now() > end) throw new Error(`parent.config was not loaded: see ${ats.logDir}`)
    await sleep(100)
  }
}

async function ask(ats: TestAts, method: 'GET' | 'CONNECT', name: string): Promise<string> {
  const { status, via } = await request(ats.port, { method, host: `${name}:${ats.origin.port}` })
  return `${status ?? 'cut'} ${via ?? '–'}`
}

function control(ats: TestAts, ...command: string[]): string {
  return execFileSync('/usr/bin/traffic_ctl', command, {
    env: { PATH: '/usr/bin:/bin', TS_RUNROOT: ats.runroot },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

function row(...cells: string[]): string {
  const widths = [28, 20, 15, 15, 15, 15]
  return cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('')
}
