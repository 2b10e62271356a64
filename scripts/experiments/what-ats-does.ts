/**
 * Experiment: how ATS 9.2 takes hosts that are spelled or resolved in doubtful ways, checks where it may connect to,
 * and what it says at start and load when all is well.
 *
 * Run: `node --import tsx scripts/experiments/what-ats-does.ts` (three minutes; needs ATS installed).
 * What came out is in docs/ats-behaviour.md.
 */
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type ConfigDocument, defaultFailover, type Rule } from '#core/config-document'
import type { RuleKind } from '#core/vocabulary'
import { request, startAts, type TestAts } from '../../tests/support/ats.ts'
import { loadDocument, loadFiles, logEnd, logSince } from '../../tests/support/ats-files.ts'

const reverseOn = 'CONFIG proxy.config.cache.hostdb.disable_reverse_lookup INT 0'
const reverseOff = 'CONFIG proxy.config.cache.hostdb.disable_reverse_lookup INT 1'
const parts = { spelledHosts, addresses, outRules, silentParent, reloadForgets, normalMessages }
const only = process.argv.slice(2)

for (const [name, part] of Object.entries(parts)) if (only.length === 0 || only.includes(name)) await part()

/** Bare rules, nothing of ours around them: what matches, and as what it reaches the resolver. */
async function spelledHosts(): Promise<void> {
  title(
    'rule corp.example → p1, münchen.example (as A-label) → p1, default direct; the resolver knows all names',
  )
  await withAts([reverseOff], async (ats) => {
    for (const name of ['corp.example.', 'xn--mnchen-3ya.example', 'localhost']) know(ats, name)
    const rules = ['corp.example', 'xn--mnchen-3ya.example'].map(
      (name) => `dest_domain=${name} ${toP1(ats)}\n`,
    )
    await loadFiles(ats, { 'parent.config': `${rules.join('')}dest_domain=. go_direct=true\n` })
    for (const host of ['corp.example', 'corp.example.', 'xn--mnchen-3ya.example', 'localhost']) {
      await row(ats, host, host)
    }
    const port = ats.origin.port
    for (const raw of ['münchen.example', 'MÜNCHEN.example', 'm\u00fcnchen.example']) {
      const from = ats.resolver.asked.length
      const bytes = Buffer.from(`GET http://${raw}:${port}/ HTTP/1.1\r\nHost: ${raw}\r\n`, 'utf8')
      say(`raw ${raw}`, await sent(ats, bytes), `asked: ${JSON.stringify(ats.resolver.asked.slice(from))}`)
    }
    const requests = {
      'no Host, path only': 'GET / HTTP/1.1\r\n',
      'empty Host, path only': 'GET / HTTP/1.1\r\nHost:\r\n',
      'empty Host, whole URL': `GET http://corp.example:${port}/ HTTP/1.1\r\nHost:\r\n`,
      'empty host in the URL': `GET http://:${port}/ HTTP/1.1\r\nHost: corp.example\r\n`,
      'CONNECT without host': `CONNECT :${port} HTTP/1.1\r\nHost: corp.example\r\n`,
      'Host with port, path only': `GET / HTTP/1.1\r\nHost: corp.example:${port}\r\n`,
      'HTTP/1.0 without Host': `GET http://corp.example:${port}/ HTTP/1.0\r\n`,
    }
    for (const [label, text] of Object.entries(requests)) say(label, await sent(ats, Buffer.from(text)))
  })
  title('default parent: what goes there, and what is direct before any rule')
  await withAts([reverseOff], async (ats) => {
    know(ats, 'localhost')
    await loadFiles(ats, { 'parent.config': `dest_domain=. ${toP1(ats)}\n` })
    for (const host of ['localhost', '127.0.0.1', '127.0.0.2', '[::1]', '0.0.0.0']) await row(ats, host, host)
  })
  title('a port in the request against port= in the rule: corp.example port=ORIGIN → p1, corp.example → p2')
  await withAts([reverseOff], async (ats) => {
    const { port } = ats.origin
    const p2 = `parent="127.0.0.1:${ats.parents[1].port}" round_robin=false go_direct=false`
    await loadFiles(ats, {
      'parent.config': `dest_domain=corp.example port=${port} ${toP1(ats)}\ndest_domain=corp.example ${p2}\n`,
    })
    await row(ats, 'its own port', 'corp.example')
    say('no port (80)', (await request(ats.port, { host: 'corp.example' })).via)
  })
}

/** Address literals against rules for names, with and without looking up reverse names. */
async function addresses(): Promise<void> {
  for (const records of [reverseOn, reverseOff]) {
    title(
      `${records.slice(-1)} = disable_reverse_lookup; 127.0.0.50 has the reverse name corp.example, .55 has other.example`,
    )
    await withAts([records], async (ats) => {
      ats.resolver.names.set('50.0.0.127.in-addr.arpa', 'corp.example')
      ats.resolver.names.set('55.0.0.127.in-addr.arpa', 'other.example')
      const lines = ['dest_domain=corp.example', 'dest_host=127.0.0.51', 'dest_domain=127.0.0.52']
      const rules = [...lines, 'dest_host=127.0.0.55', 'dest_ip=127.0.0.53', 'dest_ip=::1']
      await loadFiles(ats, {
        'parent.config': `${rules.map((line) => `${line} ${toP1(ats)}\n`).join('')}dest_domain=. go_direct=true\n`,
      })
      for (const last of [50, 51, 52, 53, 54, 55]) await row(ats, `127.0.0.${last}`, `127.0.0.${last}`)
      for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.53]', '[::ffff:7f00:35]']) {
        await row(ats, host, host)
      }
      say('reverse names asked for', ats.resolver.asked.filter((name) => name.endsWith('.arpa')).length)
    })
  }
}

/** What `apply: out` is checked against, and what becomes of a parent that is known by name only. */
async function outRules(): Promise<void> {
  title('generated files without exceptions; far.example is 127.0.0.40, which is denied')
  await withAts([], async (ats) => {
    know(ats, 'parent.example')
    ats.resolver.names.set('far.example', '127.0.0.40')
    for (const host of ['127.0.0.1', 'parent.example']) {
      await loadDocument(ats, documentOf(ats, host, [rule('host', 'direct.example')]), [])
      await row(ats, `parent as ${host}, far.example`, 'far.example')
      await row(ats, `parent as ${host}, address 127.0.0.40`, '127.0.0.40')
    }
    await loadDocument(ats, documentOf(ats, 'parent.example', [rule('host', 'direct.example')]), [
      '127.0.0.1',
    ])
    await row(ats, 'parent as parent.example, 127.0.0.1 excepted, far.example', 'far.example')
  })
}

/** A parent that takes the connection and then says nothing. */
async function silentParent(): Promise<void> {
  title('a parent that takes the connection and never answers; connect timeout 5 s')
  await withAts([], async (ats) => {
    await loadDocument(ats, documentOf(ats, '127.0.0.1', [rule('host', 'direct.example')]), ['127.0.0.0/8'])
    await ats.parents[0].behave('hang')
    for (const method of ['GET', 'CONNECT'] as const) {
      const mark = logEnd(ats)
      const startedAt = Date.now()
      const host = `corp.example:${ats.origin.port}`
      const { status, via } = await request(ats.port, { method, host, timeoutMs: 70_000 })
      const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1)
      say(method, `${status ?? 'cut'} ${via ?? '–'} after ${seconds} s`, withoutTimes(logSince(ats, mark)))
    }
  })
}

/** Whether a parent that was marked down is tried again after a reload, long before its retry time. */
async function reloadForgets(): Promise<void> {
  title('p1 marked down (retry time 300 s), back again, then a reload of parent.config')
  await withAts([], async (ats) => {
    const document = documentOf(ats, '127.0.0.1', [rule('host', 'direct.example')])
    await loadDocument(ats, document, ['127.0.0.0/8'])
    await ats.parents[0].behave('refuse')
    for (let times = 0; times < 2; times += 1) await row(ats, 'p1 refuses', 'corp.example')
    await ats.parents[0].behave('forward')
    await row(ats, 'p1 is back', 'corp.example')
    await loadDocument(ats, document, ['127.0.0.0/8'])
    await row(ats, 'after a reload', 'corp.example')
  })
}

/** Every line of diags.log with its time, process and numbers left out. */
async function normalMessages(): Promise<void> {
  title('messages of a start')
  await withAts([], async (ats) => {
    say(withoutTimes(readFileSync(join(ats.logDir, 'diags.log'), 'utf8')))
    title('messages of loading a document (files and records)')
    const mark = logEnd(ats)
    await loadDocument(ats, documentOf(ats, '127.0.0.1', [rule('ip_range', '127.0.0.40')]), ['127.0.0.0/8'])
    say(withoutTimes(logSince(ats, mark)))
    title('messages of a start with those files')
    await ats.stop()
    const before = logEnd(ats)
    await ats.restart()
    say(withoutTimes(logSince(ats, before)))
  })
}

async function withAts(records: readonly string[], work: (ats: TestAts) => Promise<void>): Promise<void> {
  const ats = await startAts({ extraRecords: records })
  try {
    await work(ats)
  } finally {
    await ats.close()
  }
}

function documentOf(ats: TestAts, parent: string, rules: readonly Rule[]): ConfigDocument {
  return {
    defaultAction: 'parent',
    rules,
    parentProxies: ats.parents.map(({ port }, index) => ({
      host: parent,
      port,
      priority: index + 1,
      enabled: true,
    })),
    clientRules: [],
    failover: defaultFailover,
    routeTests: [],
  }
}

function rule(kind: RuleKind, value: string): Rule {
  return { id: value, kind, value, action: 'direct', enabled: true, note: '', owner: '', expiresAt: null }
}

function toP1(ats: TestAts): string {
  return `parent="127.0.0.1:${ats.parents[0].port}" round_robin=false go_direct=false`
}

function know(ats: TestAts, name: string): void {
  ats.resolver.names.set(name, '127.0.0.1')
}

async function row(ats: TestAts, label: string, host: string): Promise<void> {
  const answers: string[] = []
  for (const method of ['GET', 'CONNECT'] as const) {
    const { status, via } = await request(ats.port, { method, host: `${host}:${ats.origin.port}` })
    answers.push(`${status ?? 'cut'} ${via ?? '–'}`)
  }
  say(label, ...answers)
}

/** The first line of the answer, and who brought it. */
function sent(ats: TestAts, start: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(ats.port, '127.0.0.1')
    let text = ''
    socket.setTimeout(8_000, () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      const parent = /x-parent: (\S+)/i.exec(text)?.[1]
      const via = text.includes('"origin":true') ? (parent ?? 'direct') : '–'
      resolve(`${text.split('\r\n')[0] || 'no answer'}, ${via}`)
    })
    socket.write(Buffer.concat([start, Buffer.from('Connection: close\r\n\r\n')]))
  })
}

function withoutTimes(log: string): string {
  return log
    .split('\n')
    .map((line) =>
      line.replace(/^\[[^\]]*\] (\{0x[0-9a-f]+\} )?/, '').replaceAll(/\/\S*\/(etc|log|cache|run)\b/g, '…/$1'),
    )
    .filter((line) => line !== '')
    .join('\n')
}

function title(text: string): void {
  console.log(`\n## ${text}`)
}

function say(...words: unknown[]): void {
  console.log(words.join('\t'))
}
