/**
 * Experiment: how often ATS 9.2 tries silent parents for what `total_connect_attempts` says, how long each attempt
 * lasts, and what BY_URL makes of parents on one host.
 *
 * Run: `node --import tsx scripts/experiments/failover-attempts.ts` (two minutes; needs ATS installed).
 * What came out, and what was decided, is in docs/decisions/0014-what-failover-does.md.
 */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { request, startAts, type TestAts } from '../../tests/support/ats.ts'
import { loadFiles } from '../../tests/support/ats-files.ts'
import { type ParentProxy, startParentProxy } from '../fleet/parent-proxy.ts'

const prefix = 'CONFIG proxy.config.http.parent_proxy'

console.log('## every parent silent, connect timeout 1 s, or 3 s: the first request')
for (const [parents, total, goDirect, timeoutSeconds] of [
  [1, 1, false, 1],
  [1, 0, false, 1],
  [3, 3, false, 1],
  [3, 2, false, 1],
  [3, 2, false, 3],
  [3, 3, true, 1],
  [3, 2, true, 1],
] as const) {
  const records = [`.total_connect_attempts INT ${total}`, `.connect_attempts_timeout INT ${timeoutSeconds}`]
  await withParents(Array(parents).fill('127.0.0.1'), records, async (ats, proxies) => {
    await load(ats, proxies, `round_robin=false go_direct=${goDirect}`)
    for (const proxy of proxies) await proxy.behave('ignore')
    const attempts = watchAttempts(proxies)
    const startedAt = Date.now()
    const outcome = await ask(ats, '/')
    const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1)
    const tried = (await attempts.end()).join(', ')
    const asked = `${parents} parents, total ${total}, go_direct ${goDirect}, ${timeoutSeconds} s`
    console.log(`${asked}: ${outcome} after ${seconds} s; ${tried}`)
  })
}

console.log('\n## BY_URL: 12 paths, all live, then with the parent of the first path refusing')
for (const [label, hosts, isNamed] of [
  ['one host', ['127.0.0.1', '127.0.0.1', '127.0.0.1'], false],
  ['one host, named for the hash', ['127.0.0.1', '127.0.0.1', '127.0.0.1'], true],
  ['three hosts, named for the hash', ['127.0.0.1', '127.0.0.2', '127.0.0.3'], true],
] as const) {
  await withParents(hosts, ['.total_connect_attempts INT 2'], async (ats, proxies) => {
    await load(ats, proxies, 'round_robin=consistent_hash go_direct=false', isNamed)
    const paths = Array.from({ length: 12 }, (_, index) => `/${index}`)
    const live: string[] = []
    for (const path of paths) live.push(await ask(ats, path))
    await proxies.find(({ name }) => live[0]?.endsWith(name))?.behave('refuse')
    const refused: string[] = []
    for (const path of [...paths, ...paths]) refused.push(await ask(ats, path))
    console.log(`${label}:\n  live    ${live.join(' ')}\n  refused ${refused.join(' ')}`)
  })
}

async function withParents(
  hosts: readonly string[],
  records: readonly string[],
  work: (ats: TestAts, parents: readonly ParentProxy[]) => Promise<void>,
): Promise<void> {
  const all = ['.per_parent_connect_attempts INT 1', '.fail_threshold INT 2', ...records]
  const ats = await startAts({ extraRecords: all.map((record) => `${prefix}${record}`) })
  const resolve = new Map([['*', { host: '127.0.0.1', port: ats.origin.port }]])
  const parents = await Promise.all(
    hosts.map((host, index) => startParentProxy({ name: `p${index + 1}`, host, resolve })),
  )
  try {
    await work(ats, parents)
  } finally {
    await ats.close()
    for (const parent of parents) await parent.stop()
  }
}

async function load(
  ats: TestAts,
  parents: readonly ParentProxy[],
  action: string,
  isNamed = false,
): Promise<void> {
  const list = parents.map(({ host, port }) =>
    isNamed ? `${host}:${port}&${host}:${port}` : `${host}:${port}`,
  )
  await loadFiles(ats, { 'parent.config': `dest_domain=. parent="${list.join(';')}" ${action}\n` })
}

async function ask(ats: TestAts, path: string): Promise<string> {
  const host = `corp.example:${ats.origin.port}`
  const { status, via } = await request(ats.port, { host, path, timeoutMs: 60_000 })
  return `${status ?? 'cut'}/${via ?? '–'}`
}

/** Connections of this machine that wait for the first answer of a parent (SYN_SENT): which, and for how long. */
function watchAttempts(parents: readonly ParentProxy[]) {
  const seen = new Map<string, { name: string; from: number; until: number }>()
  let isOn = true
  const look = (): void => {
    for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n')) {
      const [, local = '', remote = '', state] = line.trim().split(/\s+/)
      const port = Number.parseInt(remote.split(':')[1] ?? '', 16)
      const parent = parents.find((each) => each.port === port)
      if (state !== '02' || parent === undefined) continue
      const from = seen.get(local)?.from ?? Date.now()
      seen.set(local, { name: parent.name, from, until: Date.now() })
    }
  }
  const watching = (async () => {
    for (; isOn; await sleep(20)) look()
  })()
  return {
    async end(): Promise<string[]> {
      isOn = false
      await watching
      return [...seen.values()].map(
        ({ name, from, until }) => `${name} ${((until - from) / 1_000).toFixed(1)} s`,
      )
    },
  }
}
