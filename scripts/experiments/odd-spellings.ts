/**
 * Experiment: may a few catch-all lines for odd spellings stand for a case-proof expression per rule?
 *
 * Run: `node --import tsx scripts/experiments/odd-spellings.ts` (three minutes; needs ATS installed).
 * What came out, and what was decided, is in docs/decisions/0012-odd-spellings.md.
 */
import { oddSpellings } from '#core/ats/parent-config'
import { request, startAts, type TestAts } from '../../tests/support/ats.ts'
import { loadFiles } from '../../tests/support/ats-files.ts'
import { latenciesInTurn } from '../fleet/latency.ts'
import { startOrigin } from '../fleet/origin.ts'

type Way = 'plain names' | 'catch-all lines' | 'expression per rule'
const ways: readonly Way[] = ['plain names', 'catch-all lines', 'expression per rule']
const sizes = [10, 1_000, 10_000]

const lastName = 'last.test'

const same = [
  ...['corp.example', 'sub.corp.example', 'Corp.example', 'CORP.EXAMPLE', 'corp.EXAMPLE', 'cOrp.eXample'],
  ...['WWW.corp.example', 'Sub.Corp.Example', 'corp.example.', 'Corp.Example.', 'sub.corp.example.'],
]
const others = ['notcorp.example', 'corp.example.other.test', 'other.example']
const addresses = ['127.0.0.40', '127.40', '0x7f.0.0.40', '2130706472', '0177.0.0.40', '[::ffff:7f00:28]']

const origin = await startOrigin({ host: '0.0.0.0' })
const connectPorts = [origin.port]
const instances = await Promise.all(ways.map(() => startAts({ connectPorts })))
const empty = await startAts({ connectPorts })
try {
  const running = ways.map((way, index) => ({ way, ats: one(instances[index]) }))
  for (const ats of [empty, ...instances]) ats.resolver.names.set(lastName, '127.0.0.1')
  for (const { ats } of running) {
    for (const name of [...same, ...others]) {
      ats.resolver.names.set(name.toLowerCase().replace(/\.$/, ''), '127.0.0.1')
    }
  }
  console.log('## which spellings of a name and an address whose rules say parent go there (GET, CONNECT)')
  for (const { way, ats } of running) {
    await loadFiles(ats, { 'parent.config': linesOf(way, ats, 1) })
    for (const host of [...same, ...addresses]) console.log(`${way}\t${host}\t${await both(ats, host)}`)
    for (const host of others) console.log(`${way}\tnot ${host}\t${await both(ats, host)}`)
  }

  console.log('\n## milliseconds for a name that only the last line holds; direct, p50 / p99')
  for (const size of sizes) {
    for (const { way, ats } of running) {
      const { loadMs } = await loadFiles(ats, { 'parent.config': linesOf(way, ats, size) })
      console.log(`${size} rules, ${way}: loaded in ${loadMs} ms`)
    }
    for (const method of ['GET', 'CONNECT'] as const) {
      await compare(size, method, running)
    }
  }
} finally {
  for (const ats of [...instances, empty]) await ats.close()
  await origin.stop()
}

async function compare(
  size: number,
  method: 'GET' | 'CONNECT',
  running: readonly { way: Way; ats: TestAts }[],
): Promise<void> {
  const all = [{ way: 'empty file', ats: empty }, ...running]
  const latencies = await latenciesInTurn(
    all.map(({ ats }) => ats.port),
    { method, authority: `${lastName}:${origin.port}`, count: 500 },
  )
  for (const { way, ats } of all) {
    const { p50Ms, p99Ms } = latencies.get(ats.port) ?? { p50Ms: Number.NaN, p99Ms: Number.NaN }
    console.log(`${size} rules\t${method}\t${way}\t${p50Ms.toFixed(2)} / ${p99Ms.toFixed(2)}`)
  }
}

/** The rule looked for comes first, filler after it, the default (direct) last. */
function linesOf(way: Way, ats: TestAts, size: number): string {
  const parent = `parent="127.0.0.1:${ats.parents[0].port}" round_robin=false go_direct=false`
  const names = ['corp.example', ...Array.from({ length: size - 1 }, (_, index) => `d${index}.filler.test`)]
  const rules = names.map((name) =>
    way === 'expression per rule'
      ? `url_regex=(?i)^([a-z]+://)?([^/@]*@)?([^/:@]+\\.)?${name.replaceAll('.', '\\.')}\\.?(:|/|$) ${parent}`
      : `dest_domain=${name} ${parent}`,
  )
  const odd = oddSpellings.map(({ pattern }) => `url_regex=${pattern} ${parent}`)
  return `${[
    ...(way === 'catch-all lines' ? odd : []),
    ...rules,
    `dest_ip=127.0.0.40 ${parent}`,
    'dest_domain=. go_direct=true',
  ].join('\n')}\n`
}

async function both(ats: TestAts, host: string): Promise<string> {
  const answers: string[] = []
  for (const method of ['GET', 'CONNECT'] as const) {
    const { status, via } = await request(ats.port, { method, host: `${host}:${origin.port}` })
    answers.push(via ?? String(status))
  }
  return answers.join(', ')
}

function one<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error('nothing there')
  return thing
}
