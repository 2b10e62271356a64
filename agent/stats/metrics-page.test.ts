/** What a Prometheus beside an agent reads. */
import { afterEach, expect, test } from 'vitest'
import { countsOf, gaugesOf, type StatsSample } from '#core/stats'
import { freePort } from '../../scripts/fleet/listen.ts'
import { readCommand } from '../settings.ts'
import { serveMetrics } from './metrics-page.ts'

let stop: (() => void) | undefined
afterEach(() => stop?.())

const sample: StatsSample = {
  at: new Date(),
  atsStartedAt: new Date(1_790_000_000_000),
  countersContinue: false,
  ...countsOf((counter) => (counter === 'ramCacheHits' ? null : 5_000_000_000)),
  ...gaugesOf(() => 3),
}

test('counters are totals, classes of answers are labels, what is not known is left out', async () => {
  let newest: StatsSample | null = null
  const address = { host: '127.0.0.1', port: await freePort() }
  stop = await serveMetrics(address, () => newest)
  const url = `http://127.0.0.1:${address.port}`
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('\nats_up 0\n')
  newest = sample
  const text = await (await fetch(`${url}/metrics`)).text()
  expect(text).toContain('# TYPE ats_requests_total counter\nats_requests_total 5000000000\n')
  expect(text).toContain('\nats_responses_total{code="2xx"} 5000000000\n')
  expect(text).toContain('\nats_start_time_seconds 1790000000\n')
  expect(text).toContain('\nats_up 1\n')
  expect(text).not.toContain('ram_cache_hits')
  expect((await fetch(url)).status).toBe(404)
})

test('only loopback is taken as its address', () => {
  const run = (address: string) => readCommand(['run', '--home', '/tmp/x', '--metrics', address], {})
  expect(run('127.0.0.1:9122')).toMatchObject({ metrics: { host: '127.0.0.1', port: 9122 } })
  expect(run('[::1]:9122')).toMatchObject({ metrics: { host: '::1', port: 9122 } })
  for (const bad of ['0.0.0.0:9122', '9122', '127.0.0.1', '127.0.0.1:0', 'proxy.example:9122']) {
    expect(() => run(bad)).toThrow('--metrics')
  }
})
