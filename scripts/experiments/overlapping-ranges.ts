/**
 * Experiment: do disjoint `dest_ip` lines make ATS 9.2 decide by the first rule, and what does reading them cost?
 *
 * Run: `node --import tsx scripts/experiments/overlapping-ranges.ts` (three minutes; needs ATS installed).
 * Names of parts as arguments run only those; SEED=11 in the environment takes other random ranges.
 * What came out, and what was decided, is in docs/decisions/0013-overlapping-ranges.md.
 */
import { destIpRanges } from '#core/ats/dest-ip'
import { type AddressRange, disjointParts, formatInterval, parseRange } from '#core/cidr'
import { request, startAts, type TestAts } from '../../tests/support/ats.ts'
import { loadFiles, logEnd, logSince } from '../../tests/support/ats-files.ts'

interface RangeRule {
  readonly range: AddressRange
  readonly isDirect: boolean
}

let state = Number(process.env.SEED ?? 7)
const base = 127n << 24n
const sizes = [1_000, 10_000]

const parts = { randomRanges, loadTimes, hang }
const only = process.argv.slice(2)
for (const [name, part] of Object.entries(parts)) {
  if (only.length > 0 && !only.includes(name)) continue
  const ats = await startAts()
  try {
    await part(ats)
  } finally {
    await ats.close()
  }
}

async function randomRanges(ats: TestAts): Promise<void> {
  console.log('## random ranges: every address at or beside an edge, asked through ATS')
  for (const universe of [48, 48, 48, 65_536, 65_536, 2 ** 24 - 2]) await bruteForce(ats, universe, 40)
}

async function loadTimes(ats: TestAts): Promise<void> {
  console.log('\n## load time, between the log lines')
  for (const size of sizes) await loadTimesOf(ats, size)
}

/** 127.0.0.1 is left out: ATS goes direct there whatever the rules say. */
async function bruteForce(ats: TestAts, universe: number, count: number): Promise<void> {
  const rules = randomRules(universe, count)
  const { loadMs } = await loadFiles(ats, { 'parent.config': linesOf(ats, rules, destIpRanges) })
  const edges = rules.flatMap(({ range: { first, last } }) => [first - 1n, first, last, last + 1n])
  const asked = [...new Set(edges)].filter((at) => at > base + 1n && at < base + 2n ** 24n - 1n)
  let wrong = 0
  for (const at of asked) {
    const rule = rules.find(({ range }) => range.first <= at && at <= range.last)
    const wanted = rule?.isDirect ? 'direct' : 'p1'
    const host = `${formatInterval({ family: 4, first: at, last: at, text: '' })}:${ats.origin.port}`
    const { via } = await request(ats.port, { host })
    if (via !== wanted) {
      wrong += 1
      console.log(`  ${host}: wanted ${wanted}, went ${via}`)
    }
  }
  console.log(
    `${count} ranges within ${universe} addresses: ${asked.length} asked, ${wrong} wrong, ${loadMs} ms`,
  )
}

async function loadTimesOf(ats: TestAts, size: number): Promise<void> {
  const disjoint = Array.from({ length: size }, (_, index) => {
    const first = (10n << 24n) + BigInt(index) * 256n
    return { range: rangeOf(first, first + 127n), isDirect: true }
  })
  const random = randomRules(2 ** 24 - 2, size)
  const names = Array.from({ length: size }, (_, index) => `dest_domain=d${index}.test go_direct=true\n`)
  const cases: [string, string][] = [
    ['names', `${names.join('')}${defaultLine(ats)}`],
    ['separate ranges', linesOf(ats, disjoint, destIpRanges)],
    ['separate ranges, from the top', linesOf(ats, disjoint.toReversed(), destIpRanges)],
    ['random ranges, many touching', linesOf(ats, randomRules(2 ** 22, size, 4_096), destIpRanges)],
    ['random ranges of all lengths', linesOf(ats, random, destIpRanges)],
  ]
  for (const [label, content] of cases) {
    const { loadMs } = await loadFiles(ats, { 'parent.config': content })
    console.log(`${size} ${label}: ${content.split('\n').length - 1} lines, ${loadMs} ms`)
  }
}

/** The parts that no earlier rule holds, as they are: touching from below an already painted range. */
async function hang(ats: TestAts): Promise<void> {
  console.log('\n## the same rules as bare disjoint parts')
  const rules = [
    { range: rangeOf(base + 64n, base + 127n), isDirect: true },
    { range: rangeOf(base + 32n, base + 63n), isDirect: false },
  ]
  await loadFiles(ats, { 'parent.config': defaultLine(ats) })
  const mark = logEnd(ats)
  await loadFiles(ats, { 'parent.config': linesOf(ats, rules, disjointParts) }, 15_000).then(
    ({ loadMs }) => console.log(`loaded in ${loadMs} ms`),
    () => console.log('not loaded within 15 s'),
  )
  const { via } = await request(ats.port, { host: `127.0.0.64:${ats.origin.port}` })
  console.log(`an address whose new rule says direct goes ${via}; the log: ${logSince(ats, mark).trim()}`)
}

function linesOf(
  ats: TestAts,
  rules: readonly RangeRule[],
  parts: (ranges: readonly AddressRange[]) => AddressRange[][],
): string {
  const toWrite = parts(rules.map(({ range }) => range))
  const lines = rules.flatMap(({ isDirect }, index) =>
    (toWrite[index] ?? []).map(
      (part) => `dest_ip=${formatInterval(part)} ${isDirect ? 'go_direct=true' : parentOf(ats)}\n`,
    ),
  )
  return `${lines.join('')}${defaultLine(ats)}`
}

function defaultLine(ats: TestAts): string {
  return `dest_domain=. ${parentOf(ats)}\n`
}

function parentOf(ats: TestAts): string {
  return `parent="127.0.0.1:${ats.parents[0].port}" round_robin=false go_direct=false`
}

function randomRules(universe: number, count: number, longest = universe): RangeRule[] {
  return Array.from({ length: count }, () => {
    const first = random(universe)
    const last = Math.min(universe - 1, first + random(2 ** (1 + random(Math.log2(longest)))))
    return { range: rangeOf(base + BigInt(first), base + BigInt(last)), isDirect: random(2) === 0 }
  })
}

function rangeOf(first: bigint, last: bigint): AddressRange {
  const parsed = parseRange(formatInterval({ family: 4, first, last, text: '' }))
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.range
}

/** The same numbers at every run with the same seed. */
function random(limit: number): number {
  state = (state * 1_103_515_245 + 12_345) % 2 ** 31
  return Math.floor((state / 2 ** 31) * limit)
}
