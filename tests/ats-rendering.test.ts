/** The rendered files on a real ATS: every document is loaded, and requests tell where they went. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readRecords, renderRecordsConfig } from '#core/ats/records'
import { type ConfigDocument, defaultFailover, type Rule } from '#core/config-document'
import { renderConfigFiles } from '#core/config-files'
import { checkDocument } from '#core/rules'
import type { Route, RuleKind } from '#core/vocabulary'
import { request, startAts, type TestAts } from './support/ats.ts'

let ats: TestAts
beforeAll(async () => {
  ats = await startAts({ extraRecords: ['CONFIG proxy.config.http.parent_proxy.retry_time INT 17'] })
  ats.resolver.names.set('between-0.example', '127.0.0.1')
  for (const name of ['sub.corp.example', 'notcorp.example', 'sub.ext.example', 'other.example']) {
    ats.resolver.names.set(name, '127.0.0.1')
  }
  ats.resolver.names.set('ranged.example', '127.0.0.40')
  // Whoever owns a reverse zone can say this about any of their addresses.
  ats.resolver.names.set('50.0.0.127.in-addr.arpa', 'corp.example')
})
afterAll(() => ats?.close())

const loopback = ['127.0.0.0/8', '::1']

const oddNames = ['Corp.example', 'CORP.EXAMPLE', 'corp.EXAMPLE', 'sub.cOrp.example', 'corp.example.']
const oddAddresses = [
  '127.40',
  '0x7f.0.0.40',
  '0x7f000028',
  '2130706472',
  '0177.0.0.40',
  '127.0.0.050',
  '[::ffff:127.0.0.40]',
  '[::ffff:7f00:28]',
  '[0:0:0:0:0:ffff:7f00:28]',
  '[::FFFF:7F00:28]',
  '[::127.0.0.40]',
]

describe('a document with direct exceptions', () => {
  beforeAll(() =>
    load(
      {
        rules: [
          rule('domain', 'Corp.Example.', 'direct'),
          rule('host', 'ext.example', 'direct'),
          rule('ip_range', '127.0.0.32-127.0.0.47', 'direct'),
          rule('ip_range', '127.0.0.0/24', 'parent'),
          rule('ip_range', '127.0.0.64/26', 'direct'),
          { ...rule('domain', 'other.example', 'direct'), enabled: false },
        ],
        defaultAction: 'parent',
      },
      { host: 'corp.example', via: 'direct' },
    ),
  )

  test.each([
    ['a domain', 'corp.example', 'direct'],
    ['a name below it', 'sub.corp.example', 'direct'],
    ['a name that only ends alike', 'notcorp.example', 'p1'],
    ['a host', 'ext.example', 'direct'],
    ['a name below a host', 'sub.ext.example', 'p1'],
    ['a disabled rule', 'other.example', 'p1'],
    ['an address in the first of two overlapping ranges', '127.0.0.40', 'direct'],
    ['an address in the second only', '127.0.0.9', 'p1'],
    ['an address in a narrow range after a wide one', '127.0.0.70', 'p1'],
    ['a name whose address is in a range', 'ranged.example', 'direct'],
    ['an address whose reverse name has a rule', '127.0.0.50', 'p1'],
  ])('%s (%s) goes %s, by GET and by CONNECT', async (_, host, via) => {
    expect(await both(host)).toEqual([`200 ${via}`, `200 ${via}`])
  })

  test('no reverse name was asked for', () => {
    expect(ats.resolver.asked.filter((name) => name.endsWith('.arpa'))).toEqual([])
  })

  test('our records win over an earlier line of the host', () => {
    expect(control('config', 'get', 'proxy.config.http.parent_proxy.retry_time').trim()).toMatch(/: 300$/)
  })
})

describe('a document that is direct except for some names and addresses', () => {
  beforeAll(() =>
    load(
      {
        rules: [rule('domain', 'corp.example', 'parent'), rule('ip_range', '127.0.0.40', 'parent')],
        defaultAction: 'direct',
      },
      { host: 'corp.example', via: 'p1' },
    ),
  )

  test.each(['other.example', '127.0.0.9', '127.0.0.10', 'other.example/Path.Of.0x7F.'])(
    'an ordinary spelling (%s) goes direct',
    async (host) => {
      const [name = '', path] = host.split('/')
      expect(await went('GET', name, `/${path ?? ''}`)).toBe('200 direct')
    },
  )

  test.each([...oddNames, ...oddAddresses])('%s does not get around its rule', async (host) => {
    expect(await both(host)).toEqual(['200 p1', '200 p1'])
  })

  test('a spelling that no resolver knows reaches nobody', async () => {
    for (const host of ['%63orp.example', '127.0.0.40.']) expect(await both(host)).toEqual(['500 –', '500 –'])
  })

  test('neither does a host in a header or behind a user name', async () => {
    const port = ats.origin.port
    for (const start of [
      `GET / HTTP/1.1\r\nHost: Corp.example:${port}`,
      `GET http://me@Corp.example:${port}/ HTTP/1.1\r\nHost: x`,
      `GET http://corp.example:${port}/ HTTP/1.1\r\nHost: other.example:${port}`,
    ]) {
      const answer = await say(start)
      expect(answer).toMatch(/^HTTP\/1.1 200/)
      expect(answer).toMatch(/x-parent: p1/i)
    }
  })

  test('clients may use every method but those that change the cache', async () => {
    const url = `http://other.example:${ats.origin.port}/`
    for (const method of ['DELETE', 'PATCH', 'PROPFIND']) {
      expect(await say(`${method} ${url} HTTP/1.1\r\nHost: x`)).toMatch(/^HTTP\/1.1 200/)
    }
    for (const method of ['PURGE', 'PUSH']) {
      expect(await say(`${method} ${url} HTTP/1.1\r\nHost: x`)).toMatch(/^HTTP\/1.1 403/)
    }
  })
})

describe('ranges that touch and overlap in every way, with names between them', () => {
  const ranges = crossingRanges(30)
  beforeAll(() =>
    load(
      {
        rules: ranges.flatMap(({ first, last, action }, index) => [
          rule('ip_range', `127.0.1.${first}-127.0.1.${last}`, action),
          rule('host', `between-${index}.example`, 'direct'),
        ]),
        defaultAction: 'parent',
      },
      { host: 'between-0.example', via: 'direct' },
    ),
  )

  test('every address goes where the first rule that holds it says', async () => {
    const addresses = Array.from({ length: 64 }, (_, index) => index)
    const wanted = addresses.map((at) => {
      const first = ranges.find((each) => each.first <= at && at <= each.last)
      return first?.action === 'direct' ? '200 direct' : '200 p1'
    })
    const answers: string[] = []
    for (const at of addresses) answers.push(await went('GET', `127.0.1.${at}`))
    expect(answers).toEqual(wanted)
  })
})

describe('without outbound exceptions', () => {
  beforeAll(() =>
    load(
      { rules: [rule('domain', 'corp.example', 'parent')], defaultAction: 'direct', outboundExceptions: [] },
      { host: 'corp.example', via: 'p1' },
    ),
  )

  test('the proxy is no way into its own host', async () => {
    for (const host of ['127.0.0.9', 'ranged.example', '[::1]'])
      expect(await both(host)).toEqual(['403 –', '403 –'])
    for (const host of ['0.0.0.0', '[::]', 'localhost']) {
      for (const answer of await both(host)) expect(answer).toMatch(/^(400|403|500) –$/)
    }
  })

  test('a parent by its own address is reached, whatever the address of the name', async () => {
    expect(await both('sub.corp.example')).toEqual(['200 p1', '200 p1'])
  })
})

describe('a document without parents', () => {
  beforeAll(() =>
    load(
      { defaultAction: 'direct', parents: 0, outboundExceptions: ['127.0.0.1'] },
      { host: 'corp.example', via: 'direct' },
    ),
  )

  test('has no way round what may not be reached', async () => {
    for (const host of [
      '127.0.0.9',
      '[::ffff:127.0.0.9]',
      '[::ffff:7f00:9]',
      '[0:0:0:0:0:ffff:7f00:9]',
      '127.9',
    ]) {
      expect(await both(host)).toEqual(['403 –', '403 –'])
    }
  })
})

describe('a document that sends everything to the parents', () => {
  beforeAll(() => load({ defaultAction: 'parent' }, { host: 'nobody-knows.example', via: 'p1' }))

  test('names that only the parents can resolve work, HTTPS included', async () => {
    expect(await both('only-parents.example')).toEqual(['200 p1', '200 p1'])
    expect(ats.resolver.asked).not.toContain('only-parents.example')
  })

  test('the second parent takes over from the first, and with both down requests fail', async () => {
    await ats.parents[0].behave('refuse')
    expect(await both('only-parents.example')).toEqual(['200 p2', '200 p2'])
    await ats.parents[1].behave('refuse')
    for (const answer of await both('only-parents.example')) expect(answer).toMatch(/^50\d –$/)
    for (const parent of ats.parents) await parent.behave('forward')
  })
})

describe('direct when all parents are down', () => {
  beforeAll(() =>
    load(
      {
        rules: [rule('domain', 'ext.example', 'direct')],
        defaultAction: 'parent',
        failover: { directWhenAllDown: true },
      },
      { host: 'ext.example', via: 'direct' },
    ),
  )

  test('ordinary requests go direct then, oddly spelled ones fail', async () => {
    for (const parent of ats.parents) await parent.behave('refuse')
    expect(await both('corp.example')).toEqual(['200 direct', '200 direct'])
    for (const answer of await both('Corp.example')) expect(answer).toMatch(/^50\d –$/)
    for (const parent of ats.parents) await parent.behave('forward')
  })
})

interface Loaded {
  readonly rules?: readonly Rule[]
  readonly defaultAction: Route
  readonly failover?: Partial<ConfigDocument['failover']>
  readonly clientRules?: ConfigDocument['clientRules']
  /** How many parents the document names; both when left out. */
  readonly parents?: number
  readonly outboundExceptions?: readonly string[]
}

/** Writes files and records as an agent would, reloads, and waits until ATS acts on them. */
async function load(wanted: Loaded, sign: { host: string; via: string }): Promise<void> {
  const document: ConfigDocument = {
    rules: wanted.rules ?? [],
    defaultAction: wanted.defaultAction,
    parentProxies: ats.parents.slice(0, wanted.parents ?? 2).map(({ port }, index) => ({
      host: '127.0.0.1',
      port,
      priority: index + 1,
      enabled: true,
    })),
    clientRules: wanted.clientRules ?? [],
    failover: { ...defaultFailover, ...wanted.failover },
    routeTests: [],
  }
  expect(checkDocument(document)).toEqual([])
  const { files, records } = renderConfigFiles(document, '9.2', wanted.outboundExceptions ?? loopback)

  const diags = join(ats.logDir, 'diags.log')
  const from = readFileSync(diags).length
  const changed = files.filter(({ name, content }) => replace(join(ats.configDir, name), content))
  const recordsPath = join(ats.configDir, 'records.config')
  replace(recordsPath, renderRecordsConfig(readFileSync(recordsPath, 'utf8'), records))
  expect(readRecords(readFileSync(recordsPath, 'utf8'))).toEqual(records)
  control('config', 'reload')

  const said = () => readFileSync(diags).subarray(from).toString()
  await until(() => changed.every(({ name }) => said().includes(`${name} finished loading`)))
  expect(said()).not.toMatch(/ERROR|failed to load/)
  await until(async () => (await went('GET', sign.host)) === `200 ${sign.via}`)
  await until(async () => (await went('CONNECT', sign.host)) === `200 ${sign.via}`)
}

function rule(kind: RuleKind, value: string, action: Route): Rule {
  return { id: value, kind, value, action, enabled: true, note: '', owner: '', expiresAt: null }
}

/** The same pseudo-random ranges within 0–63 at every run, their edges on few points so that many touch. */
function crossingRanges(count: number): { first: number; last: number; action: Route }[] {
  let state = 7
  const next = (limit: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * limit)
  }
  const ranges = Array.from({ length: count }, () => {
    const first = next(16) * 4
    return {
      first,
      last: Math.min(63, first + 4 * (1 + next(5)) - 1),
      action: next(2) ? 'direct' : 'parent',
    } as const
  })
  const seen = new Set<string>()
  return ranges.filter(({ first, last }) => !seen.has(`${first}-${last}`) && seen.add(`${first}-${last}`))
}

async function both(host: string): Promise<string[]> {
  return [await went('GET', host), await went('CONNECT', host)]
}

async function went(method: 'GET' | 'CONNECT', host: string, path = '/'): Promise<string> {
  const { status, via } = await request(ats.port, { method, host: `${host}:${ats.origin.port}`, path })
  return `${status ?? 'cut'} ${via ?? '–'}`
}

/** Sends a request's first lines as they are; the whole answer as text. */
function say(start: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(ats.port, '127.0.0.1')
    let text = ''
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer in time')))
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
    socket.write(`${start}\r\nConnection: close\r\n\r\n`)
  })
}

function replace(path: string, content: string): boolean {
  if (readFileSync(path, 'utf8') === content) return false
  writeFileSync(path, content)
  return true
}

function control(...command: string[]): string {
  return execFileSync('/usr/bin/traffic_ctl', command, {
    env: { PATH: '/usr/bin:/bin', TS_RUNROOT: ats.runroot },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

async function until(fact: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000
  while (!(await fact())) {
    if (Date.now() > end) throw new Error(`not seen within 20 s: ${fact}; see ${ats.logDir}`)
    await sleep(100)
  }
}
