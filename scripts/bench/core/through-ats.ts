/** What the generated files cost each request through a real ATS, next to an empty parent.config. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConfigDocument, defaultFailover, type Rule } from '#core/config-document'
import { renderConfigFiles } from '#core/config-files'
import type { RuleKind } from '#core/vocabulary'
import { writeFiles } from '../../../tests/support/ats-files.ts'
import { type AtsInstance, prepareAts, startAts } from '../../fleet/ats-instance.ts'
import { type Latency, latenciesInTurn } from '../../fleet/latency.ts'
import { freePort } from '../../fleet/listen.ts'
import { startOrigin } from '../../fleet/origin.ts'
import { startResolverStub } from '../../fleet/resolver-stub.ts'

export interface AtsLatency {
  /** In the document; the file has some lines more. */
  readonly rules: number
  readonly generated: Latency
  /** An ATS with an empty parent.config, asked in turn with the other. */
  readonly empty: Latency
  /** generated / empty. */
  readonly p50Ratio: number
  readonly p99Ratio: number
}

const sizes = [100, 10_000]
const requestsPerProxy = 1_500

/**
 * One kept connection, GET, for a name that only the default names: ATS looks through every line. Needs ATS
 * installed; half a minute.
 */
export async function latencyThroughAts(): Promise<AtsLatency[]> {
  const origin = await startOrigin()
  const resolver = await startResolverStub({ names: [['default.example', '127.0.0.1']] })
  const home = mkdtempSync(join(tmpdir(), 'apm-core-'))
  const start = async (name: string, parentConfig: string): Promise<AtsInstance> => {
    const options = { directory: join(home, name), port: await freePort(), resolverPort: resolver.port }
    writeFiles(prepareAts(options), { 'parent.config': parentConfig })
    return startAts(options)
  }
  const running: AtsInstance[] = []
  try {
    running.push(await start('empty', ''))
    for (const size of sizes) running.push(await start(String(size), parentConfigOf(size)))
    const latencies = await latenciesInTurn(
      running.map(({ port }) => port),
      { method: 'GET', authority: `default.example:${origin.port}`, count: requestsPerProxy },
    )
    const [empty, ...generated] = running.map(({ port }) => latencies.get(port))
    return sizes.map((rules, index) => compare(rules, generated[index], empty))
  } finally {
    for (const ats of running) await ats.kill()
    await Promise.all([origin.stop(), resolver.stop()])
    rmSync(home, { recursive: true, force: true })
  }
}

function compare(rules: number, generated?: Latency, empty?: Latency): AtsLatency {
  if (generated === undefined || empty === undefined) throw new Error('a proxy was not measured')
  return {
    rules,
    generated,
    empty,
    p50Ratio: Math.round((generated.p50Ms / empty.p50Ms) * 1_000) / 1_000,
    p99Ratio: Math.round((generated.p99Ms / empty.p99Ms) * 1_000) / 1_000,
  }
}

/** Six domains, two hosts and two ranges of ten, all to a parent; the default is direct. */
function parentConfigOf(size: number): string {
  const document: ConfigDocument = {
    defaultAction: 'direct',
    rules: Array.from({ length: size }, (_, index) => {
      if (index % 10 < 6) return rule('domain', `d${index}.corp.example`)
      if (index % 10 < 8) return rule('host', `h${index}.ext.example`)
      return rule('ip_range', `10.${index >> 8}.${index & 255}.0/25`)
    }),
    parentProxies: [{ host: '127.0.0.1', port: 1, priority: 1, enabled: true }],
    clientRules: [],
    failover: defaultFailover,
    routeTests: [],
  }
  const { files } = renderConfigFiles(document, '9.2')
  return files.find(({ name }) => name === 'parent.config')?.content ?? ''
}

function rule(kind: RuleKind, value: string): Rule {
  return { id: value, kind, value, action: 'parent', enabled: true, note: '', owner: '', expiresAt: null }
}
