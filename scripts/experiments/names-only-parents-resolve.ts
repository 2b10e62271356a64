/**
 * What becomes of GET and CONNECT for a name that only the parents can resolve, on the installed ATS.
 *
 *   node --import tsx scripts/experiments/names-only-parents-resolve.ts
 *
 * One private ATS per situation, everything on loopback. The resolver stub says NXDOMAIN, or answers 192.0.2.1, a
 * documentation address that nothing may connect to: the table's last column shows who asked whom.
 */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ConfigDocument, defaultFailover, type Rule } from '#core/config-document'
import { request, startAts, type TestAts } from '../../tests/support/ats.ts'
import { control, loadDocument, loadFiles } from '../../tests/support/ats-files.ts'

const inner = 'only-parents.example'
const noDns = 'CONFIG proxy.config.http.no_dns_just_forward_to_parent INT'
const cacheOn = 'CONFIG proxy.config.http.cache.http INT 1'

const openFailover = { ...defaultFailover, directWhenAllDown: true }

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

const parts = { situationsInTurn, runTimeChange, whereAMadeUpAddressLeads, namesThatChange }
const only = process.argv.slice(2)
for (const [name, part] of Object.entries(parts)) if (only.length === 0 || only.includes(name)) await part()

async function situationsInTurn(): Promise<void> {
  console.log(
    `${row('situation', 'rules', 'GET inner', 'CONNECT inner', 'GET direct', 'CONNECT direct')} asked for inner`,
  )
  for (const situation of situations) await measure(situation)
}

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
async function runTimeChange(): Promise<void> {
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

/**
 * Does ATS ever connect to the address that the resolver made up? Here it is one of this machine's own, where the
 * origin answers: “direct” means that ATS connected to it. 0.0.0.1 is denied by the generated ip_allow.yaml.
 */
async function whereAMadeUpAddressLeads(): Promise<void> {
  const ats = await startAts()
  const madeUp = '127.0.0.99'
  const loopback = ['127.0.0.0/8']
  const direct = [ruleOf('host', 'corp.example', 'direct')]
  const cases: [string, string, Partial<ConfigDocument>, readonly string[], boolean][] = [
    ['parents live', madeUp, { rules: direct }, loopback, true],
    ['a direct range holds it', madeUp, { rules: [ruleOf('ip_range', madeUp, 'direct')] }, loopback, true],
    [
      'default direct',
      madeUp,
      { defaultAction: 'direct', rules: [ruleOf('host', 'x.example', 'parent')] },
      loopback,
      true,
    ],
    ['parents dead, fail closed', madeUp, { rules: direct }, loopback, false],
    ['parents dead, then direct', madeUp, { rules: direct, failover: openFailover }, loopback, false],
    ['parents live, address denied', madeUp, { rules: direct }, [], true],
    ['parents live, 0.0.0.1', '0.0.0.1', { rules: direct }, [], true],
    ['parents dead, then direct, 0.0.0.1', '0.0.0.1', { rules: direct, failover: openFailover }, [], false],
    [
      'default direct, 0.0.0.1',
      '0.0.0.1',
      { defaultAction: 'direct', rules: [ruleOf('host', 'x.example', 'parent')] },
      [],
      true,
    ],
  ]
  console.log(`\n${row('made-up address', '', 'GET', 'CONNECT')}`)
  try {
    for (const [index, [label, answer, changed, exceptions, isLive]] of cases.entries()) {
      const name = `name-${index}.example` // a fresh one: ATS keeps answers
      ats.resolver.names.set(name, answer)
      for (const parent of ats.parents) await parent.behave(isLive ? 'forward' : 'refuse')
      await loadDocument(ats, documentOf(ats, changed), exceptions)
      console.log(row(label.padEnd(48), '', await ask(ats, 'GET', name), await ask(ats, 'CONNECT', name)))
    }
  } finally {
    await ats.close()
  }
}

/** How long ATS keeps an answer, and a “no such name”, after the resolver has changed its mind. */
async function namesThatChange(): Promise<void> {
  const ats = await startAts()
  try {
    const to = (index: 0 | 1) =>
      `parent="127.0.0.1:${ats.parents[index].port}" round_robin=false go_direct=false`
    await loadFiles(ats, {
      'parent.config': `dest_ip=127.0.0.98 ${to(0)}\ndest_ip=127.0.0.99 ${to(1)}\ndest_domain=. ${to(0)}\n`,
    })
    for (const ttlSeconds of [1, 5, 20]) {
      const name = `ttl-${ttlSeconds}.example`
      ats.resolver.ttlSeconds = ttlSeconds
      ats.resolver.names.set(name, '127.0.0.99')
      await ask(ats, 'GET', name)
      ats.resolver.names.set(name, '127.0.0.98')
      console.log(`ttl ${ttlSeconds} s: the new address counts after ${await seen(ats, name, '200 p1')}`)
    }
    await ask(ats, 'GET', 'late.example')
    ats.resolver.names.set('late.example', '127.0.0.98')
    console.log(`no such name at first: known after ${await seen(ats, 'late.example', '200 p1')}`)
  } finally {
    await ats.close()
  }
}

async function seen(ats: TestAts, name: string, wanted: string): Promise<string> {
  const startedAt = Date.now()
  while ((await ask(ats, 'GET', name)) !== wanted) {
    if (Date.now() - startedAt > 60_000) return 'more than 60 s'
    await sleep(100)
  }
  return `${((Date.now() - startedAt) / 1000).toFixed(1)} s`
}

async function load(ats: TestAts, rules: Situation['rules']): Promise<void> {
  const parent = `parent="127.0.0.1:${ats.parents[0].port}" round_robin=false go_direct=false`
  const lines = [
    ...(rules === 'parent only' ? [] : ['dest_domain=corp.example go_direct=true']),
    ...(rules === 'mixed with dest_ip' ? ['dest_ip=10.0.0.0-10.255.255.255 go_direct=true'] : []),
    `dest_domain=. ${parent}`,
  ]
  await loadFiles(ats, { 'parent.config': `${lines.join('\n')}\n` })
}

function documentOf(ats: TestAts, changed: Partial<ConfigDocument>): ConfigDocument {
  const parentProxies = ats.parents.map(({ port }, index) => ({
    host: '127.0.0.1',
    port,
    priority: index + 1,
    enabled: true,
  }))
  const base = {
    defaultAction: 'parent',
    rules: [],
    clientRules: [],
    failover: defaultFailover,
    routeTests: [],
  } as const
  return { ...base, parentProxies, ...changed }
}

function ruleOf(kind: Rule['kind'], value: string, action: Rule['action']): Rule {
  return { id: value, kind, value, action, enabled: true, note: '', owner: '', expiresAt: null }
}

async function ask(ats: TestAts, method: 'GET' | 'CONNECT', name: string): Promise<string> {
  const { status, via } = await request(ats.port, { method, host: `${name}:${ats.origin.port}` })
  return `${status ?? 'cut'} ${via ?? '–'}`
}

function row(...cells: string[]): string {
  const widths = [28, 20, 15, 15, 15, 15]
  return cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('')
}
