/**
 * What the pure core costs at 100, 10,000 and 100,000 rules, its routes next to a plain scan of the same list, and a
 * request through a real ATS with the generated file next to one with an empty file.
 */
import { loadavg } from 'node:os'
import type { ConfigDocument, Rule } from '../../server/core/config-document.ts'
import { defaultFailover } from '../../server/core/config-document.ts'
import { configHash, renderConfigFiles } from '../../server/core/config-files.ts'
import { reviewWarnings } from '../../server/core/review-warnings.ts'
import { compileRoutes, type RouteRequest, type RouteTable } from '../../server/core/route.ts'
import { checkDocument } from '../../server/core/rules.ts'
import { atsGenerations } from '../../server/core/vocabulary.ts'
import { makeRules, pick, repeatableRandom, seedClientRules, seedParents } from '../fleet/seed-rules.ts'
import { startScan } from './core/plain-scan.ts'
import { type AtsLatency, latencyThroughAts } from './core/through-ats.ts'

const sizes = [100, 10_000, 100_000] as const
const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
/** Requests that every way of deciding is asked for, at most, and for how long at most. */
const asked = Number(process.env.BENCH_REQUESTS ?? 100_000)
const longestMs = 3_000

const circumstances = { outboundExceptions: [], proxyHostnames: [] }
const now = new Date('2026-01-01T00:00:00Z')
const say = (line = '') => process.stdout.write(`${line}\n`)

/** Milliseconds for the whole document, and requests per second. */
interface Round {
  readonly renderMs: number
  readonly hashMs: number
  readonly checkMs: number
  readonly compileMs: number
  readonly decidePerSecond: number
  readonly explainPerSecond: number
  readonly scanPerSecond: number
}

const figures: Record<string, unknown> = { bench: 'core', rounds }
say(`${rounds} rounds; the load of this machine is ${loadavg()[0]?.toFixed(1)}.`)
for (const size of sizes) {
  const results: Round[] = []
  for (let count = 0; count < rounds; count += 1) results.push(measure(size))
  report(size, results)
}
reportLatencies(await latencyThroughAts())
say(JSON.stringify(figures))

/** Every part gets a document of its own: what the core keeps for a document or a rule helps none of them. */
function measure(size: number): Round {
  const rendering = makeDocument(size)
  const [rendered, renderMs] = timed(() =>
    atsGenerations.map((generation) => renderConfigFiles(rendering, generation)),
  )
  const [, hashMs] = timed(() => configHash({ document: rendering, rendered, proxies: [] }))

  const checking = makeDocument(size)
  const [problems, checkMs] = timed(() => {
    const found = checkDocument(checking)
    reviewWarnings(checking, { ...circumstances, now })
    return found
  })
  if (problems.length > 0) throw new Error(`the document is wrong: ${problems[0]?.message}`)

  const routed = makeDocument(size)
  const requests = makeRequests(routed, asked)
  const [table, compileMs] = timed(() => compileRoutes(routed, circumstances))
  const scan = startScan(routed)
  requireAgreement(table, scan, requests.slice(0, 500))
  return {
    renderMs,
    hashMs,
    checkMs,
    compileMs,
    decidePerSecond: perSecond(requests, (request) => table.decide(request)),
    explainPerSecond: perSecond(requests, (request) => table.explain(request)),
    scanPerSecond: perSecond(requests, scan),
  }
}

function makeDocument(size: number): ConfigDocument {
  const rules = makeRules(size, now).map(
    (rule, index): Rule => ({
      ...rule,
      id: String(index),
      expiresAt: rule.expiresAt?.toISOString() ?? null,
    }),
  )
  return {
    defaultAction: 'parent',
    rules,
    parentProxies: seedParents,
    clientRules: seedClientRules,
    failover: defaultFailover,
    routeTests: [],
  }
}

/** As a day of a proxy: names that rules name, names below them, names that nobody knows, a few literals. */
function makeRequests({ rules }: ConfigDocument, count: number): RouteRequest[] {
  const random = repeatableRandom(7)
  const names = rules.filter(({ kind }) => kind !== 'ip_range').map(({ value }) => value)
  return Array.from({ length: count }, (_, index): RouteRequest => {
    const known = names[Math.floor(random() * names.length)] ?? 'corp.example'
    const name = [known, `www.${known}`, `host${index}.shop.example`][index % 3] ?? known
    const literal = `10.${Math.floor(random() * 99)}.${index % 256}.20`
    const host = index % 20 === 19 ? literal : name
    return {
      url: `${pick(random, ['http', 'https'])}://${host}/path/${index}?q=A`,
      method: 'GET',
      clientAddress: `10.${index % 200}.1.7`,
      resolvedAddress: pick(random, ['203.0.113.7', '198.51.100.20', literal]),
    }
  })
}

function requireAgreement(
  table: RouteTable,
  scan: (request: RouteRequest) => string,
  requests: readonly RouteRequest[],
): void {
  for (const request of requests) {
    const [ours, theirs] = [table.decide(request).verdict, scan(request)]
    if (ours !== theirs)
      throw new Error(`${request.url} (${request.resolvedAddress}): ${ours}, by a scan ${theirs}`)
  }
}

/** All requests once, or as many as fit into `longestMs`; the first of them before, to warm up. */
function perSecond(requests: readonly RouteRequest[], answer: (request: RouteRequest) => unknown): number {
  for (const request of requests.slice(0, 200)) answer(request)
  const startedAt = performance.now()
  let count = 0
  for (const request of requests) {
    answer(request)
    count += 1
    if (count % 100 === 0 && performance.now() - startedAt > longestMs) break
  }
  return (count / (performance.now() - startedAt)) * 1_000
}

function timed<Result>(work: () => Result): [result: Result, ms: number] {
  const startedAt = performance.now()
  const result = work()
  return [result, performance.now() - startedAt]
}

function report(size: number, results: readonly Round[]): void {
  const rows = [
    ['render, four generations', 'renderMs'],
    ['config hash', 'hashMs'],
    ['check and warnings', 'checkMs'],
    ['compile routes', 'compileMs'],
  ] as const
  say(
    `\n${`${size} rules`.padEnd(28)}${['median ms', 'best ms', 'µs a rule'].map((text) => text.padStart(12)).join('')}`,
  )
  for (const [name, field] of rows) {
    const values = results.map((round) => round[field])
    const median = medianOf(values)
    say(`${name.padEnd(28)}${[median, Math.min(...values), (median / size) * 1_000].map(figure).join('')}`)
    figures[`${field.replace(/Ms$/, '')}${size}RulesMs`] = round(median)
    figures[`${field.replace(/Ms$/, '')}${size}RulesUsPerRule`] = round((median / size) * 1_000)
  }
  const [decide, explain, scan] = (['decidePerSecond', 'explainPerSecond', 'scanPerSecond'] as const).map(
    (field) => medianOf(results.map((each) => each[field])),
  )
  say(
    `${'requests a second'.padEnd(28)}${['decide', 'explain', 'plain scan'].map((text) => text.padStart(12)).join('')}`,
  )
  say(
    `${''.padEnd(28)}${[decide, explain, scan].map((value) => String(Math.round(value ?? 0)).padStart(12)).join('')}`,
  )
  say(`${''.padEnd(28)}decide is ${((decide ?? 0) / (scan ?? 1)).toFixed(1)} times the plain scan`)
  figures[`decide${size}RulesPerSecond`] = Math.round(decide ?? 0)
  figures[`explain${size}RulesPerSecond`] = Math.round(explain ?? 0)
  figures[`plainScan${size}RulesPerSecond`] = Math.round(scan ?? 0)
}

function reportLatencies(latencies: readonly AtsLatency[]): void {
  const columns = ['generated', 'empty', 'ratio'].flatMap((name) => [`${name} p50`, `${name} p99`])
  say(`\n${'ms a request through ATS'.padEnd(28)}${columns.map((text) => text.padStart(15)).join('')}`)
  for (const { rules, generated, empty, p50Ratio, p99Ratio } of latencies) {
    const values = [generated.p50Ms, generated.p99Ms, empty.p50Ms, empty.p99Ms, p50Ratio, p99Ratio]
    say(`${`${rules} rules`.padEnd(28)}${values.map((value) => value.toFixed(2).padStart(15)).join('')}`)
    figures[`throughAts${rules}RulesP50Ms`] = round(generated.p50Ms)
    figures[`throughAts${rules}RulesP99Ms`] = round(generated.p99Ms)
    figures[`throughAtsEmptyBeside${rules}RulesP50Ms`] = round(empty.p50Ms)
    figures[`throughAts${rules}RulesP50Ratio`] = p50Ratio
    figures[`throughAts${rules}RulesP99Ratio`] = p99Ratio
  }
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function figure(value: number): string {
  return value.toFixed(value < 10 ? 2 : 0).padStart(12)
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
