import { expect, test } from 'vitest'
import { inertText, type LogFilter, type LogLine, noFields } from '#core/log-line'
import { readAccessLine } from './access-line.ts'
import { createDebugReader } from './debug-line.ts'
import { createMatch } from './filter.ts'
import { choose, choosing } from './outbox.ts'
import { createRedact, removed } from './redact.ts'
import { createReader } from './streams.ts'

/** As ATS 9.2.9 wrote them: one request to the parent, one direct, interleaved with another thread's. */
const debugLines = [
  '[Nov 26 21:28:58.647] [ET_NET 0] DEBUG: <ParentSelection.cc:853 (UpdateMatch)> (parent_select) Matched with 0x14b8e4002408 parent node from line 2',
  '[Nov 26 21:28:58.647] [ET_NET 0] DEBUG: <ParentSelection.cc:853 (UpdateMatch)> (parent_select) Matched with 0x14b8e4002388 parent node from line 1',
  '[Nov 26 21:28:58.680] [ET_NET 1] DEBUG: <ParentSelection.cc:853 (UpdateMatch)> (parent_select) Matched with 0x14b8e4002408 parent node from line 7',
  '[Nov 26 21:28:58.647] [ET_NET 0] DEBUG: <ParentRoundRobin.cc:181 (selectParent)> (parent_select) Chosen parent = 127.0.0.1.46607',
  '[Nov 26 21:28:58.647] [ET_NET 0] DEBUG: <ParentSelection.cc:162 (findParent)> (parent_select) Result for corp.example was parent 127.0.0.1:46607',
  '[Nov 26 21:28:58.680] [ET_NET 1] DEBUG: <ParentSelection.cc:158 (findParent)> (parent_select) Result for ext.example was PARENT_DIRECT',
  '[Nov 26 21:28:58.758] [ET_NET 0] DEBUG: <ParentSelection.cc:214 (nextParent)> (parent_select) Retry result for corp.example was PARENT_FAIL',
]

test('a choice of a parent is read with its rule, thread by thread', () => {
  const read = createDebugReader()
  const found = debugLines.map((text, index) => read(text, `t${index}`, new Date(2026, 10, 27)))
  expect(found[4]).toMatchObject({
    transaction: 't0',
    ruleLine: 1,
    host: 'corp.example',
    parent: '127.0.0.1:46607',
  })
  expect(found[4]?.at?.getMilliseconds()).toBe(647)
  expect(found[5]).toMatchObject({ transaction: 't2', ruleLine: 7, host: 'ext.example', parent: 'DIRECT' })
  expect(found[6]).toMatchObject({ transaction: 't0', host: 'corp.example', parent: 'NONE' })
  expect(read('not a line of ATS', 'x', new Date())).toEqual({ ...noFields, at: null })
})

test('an access line is read, with and without a parent', () => {
  expect(
    readAccessLine(
      '1795728478.732 42 127.0.0.1 TCP_MISS/200 516 GET http://corp.example:42859/a?b=c - PARENT_HIT/127.0.0.1 application/json',
    ),
  ).toEqual({
    ...noFields,
    at: new Date(1_795_728_478_732),
    client: '127.0.0.1',
    method: 'GET',
    url: 'http://corp.example:42859/a?b=c',
    host: 'corp.example',
    parent: '127.0.0.1',
    status: 200,
    durationMs: 42,
  })
  expect(
    readAccessLine('1795728478.810 4 ::1 TCP_MISS/200 535 CONNECT ext.example:443/ - DIRECT/ext.example -'),
  ).toMatchObject({ host: 'ext.example', parent: 'DIRECT', method: 'CONNECT', client: '::1' })
  expect(
    readAccessLine(
      '1795728478.815 58 127.0.0.1 ERR_UNKNOWN/500 595 GET http://nosuch.example/ - NONE/- text/html',
    ),
  ).toMatchObject({ status: 500, parent: null })
  expect(readAccessLine('{"t":1}')).toEqual({ ...noFields, at: null })
})

test.each([
  'GET http://user:hunter2@corp.example/ HTTP/1.1',
  'http://corp.example/?a=1&access_token=hunter2&b=2',
  'http://corp.example/?X-Amz-Signature=hunter2',
  'http://corp.example/?user%5Bpassword%5D=hunter2',
  'http://corp.example/?ticket=hunter2#x',
  'http://corp.example/?api_key=hunter2',
  'Authorization: Basic hunter2',
  'proxy-authorization: Bearer hunter2',
  '"Cookie": "a=b; sid=hunter2"',
  'Set-Cookie: sid=hunter2; Path=/',
  'sent Bearer hunter2, and more',
  'token eyJhbGciOi.hunter2.abc',
])('a secret goes: %s', (text) => {
  const redact = createRedact(['ticket'])
  expect(redact(text)).not.toContain('hunter2')
  expect(redact(text)).toContain(removed)
  expect(redact(redact(text))).toBe(redact(text))
})

test('what is no secret stays', () => {
  const text =
    '1795728478.732 42 127.0.0.1 TCP_MISS/200 516 GET http://corp.example:42859/keys/tokens?page=2&monkey=1&barcode=5 - PARENT_HIT/127.0.0.1 text/html'
  expect(createRedact([])(text)).toBe(text)
  for (const line of debugLines) expect(createRedact([])(line)).toBe(line)
})

test('inert text is inert, and stays as it is', () => {
  const text = 'a\tb\u001b[31m\u202e\u0000\u009b2J ü 漢'
  expect(inertText(text)).toBe('a\tb\\x1b[31m\\u202e\\x00\\x9b2J ü 漢')
  expect(inertText(inertText(text))).toBe(inertText(text))
})

const everything: LogFilter = {
  text: '',
  isRegex: false,
  host: '',
  clientAddress: '',
  errorsOnly: false,
  redact: [],
}
const line = (offset: number, more: Partial<LogLine> = {}): LogLine => ({
  ...noFields,
  ...{ epoch: 1, offset, source: 'access', at: null, text: `line ${offset}`, gap: null, lost: null },
  ...more,
})

test.each<[string, Partial<LogFilter>, Partial<LogLine>, boolean]>([
  ['text in any case', { text: 'LINE' }, {}, true],
  ['text is no expression', { text: 'l.ne' }, {}, false],
  ['an expression', { text: 'l.ne \\d+$', isRegex: true }, {}, true],
  ['a host', { host: 'corp.example' }, { host: 'Corp.example' }, true],
  ['a host below', { host: 'corp.example' }, { host: 'a.corp.example' }, true],
  ['a host that only ends alike', { host: 'corp.example' }, { host: 'xcorp.example' }, false],
  ['a line without a host', { host: 'corp.example' }, {}, false],
  ['a client', { clientAddress: '10.0.0.1' }, { client: '10.0.0.1' }, true],
  ['another client', { clientAddress: '10.0.0.1' }, { client: '10.0.0.11' }, false],
  ['an error', { errorsOnly: true }, { status: 502 }, true],
  ['an answer', { errorsOnly: true }, { status: 304 }, false],
  ['no parent left', { errorsOnly: true }, { parent: 'NONE' }, true],
])('a filter: %s', (_what, filter, more, isWanted) => {
  expect(createMatch({ ...everything, ...filter })([line(1, more)])).toEqual([isWanted])
})

test('an expression that takes for ever is ended, and its lines are counted', () => {
  const filter = { ...everything, text: '^(a+)+$', isRegex: true }
  const capture = choosing({ id: 'c', endsAtMs: 0, mostLines: 100, filter }, 0)
  const lines = [line(1, { text: `${'a'.repeat(60)}b` }), line(2, { text: 'aa' })]
  for (let n = 0; n < 5; n += 1) {
    expect(choose(lines, [capture])).toEqual([
      { ...noFields, epoch: 1, offset: 2, source: 'access', at: null, text: '', gap: 'slow', lost: 2 },
    ])
  }
})

test('lines and gaps together are the lines that were wanted', () => {
  const of = (id: string, mostLines: number) => ({ id, endsAtMs: 0, mostLines })
  const capture = choosing({ ...of('c', 3), filter: { ...everything, text: 'x' } }, 0)
  const other = choosing({ ...of('d', 9), filter: { ...everything, text: 'y' } }, 0)
  const texts = ['x', 'a', 'xy', 'x', 'x', 'a', 'x', 'y', 'x']
  const chosen = choose(
    texts.map((text, index) => line(index, { text })),
    [capture, other],
  )
  expect(chosen.map(({ text, lost }) => lost ?? text)).toEqual(['x', 'xy', 'x', 2, 'y', 1])
  const two = [line(1, { text: 'y' }), line(2, { text: 'y' })]
  expect(choose(two, [other], { isSkipping: true })).toMatchObject([{ gap: 'skipped', lost: 2, offset: 2 }])
})

test('lines that the server has are counted and not told again, neither are those after a capture’s end', () => {
  const capture = choosing({ id: 'c', endsAtMs: 10_000, mostLines: 3, filter: everything }, 1)
  const lines = [line(1), line(2), line(3), line(4), line(5, { at: new Date(60_000) })]
  const chosen = choose(lines, [capture], { isKnown: ({ offset }) => offset === 1 })
  expect(chosen.map(({ offset, gap, lost }) => ({ offset, gap, lost }))).toEqual([
    { offset: 2, gap: null, lost: null },
    { offset: 4, gap: 'limit', lost: 2 },
  ])
})

test('a header of credentials that goes on in further lines is removed to its end, and so is the rest of a long line', () => {
  const redact = createRedact(['ticket'])
  const read = createReader('debug')
  let offset = 0
  const told = (text: string, isPiece = false) => {
    offset += text.length + 1
    const raw = { epoch: 1, offset, text, ...(isPiece && { isPiece: true as const }) }
    return read(raw, redact, new Date()).text
  }
  // An agent that begins here can't know what this goes on with.
  expect(told(' aHVudGVyMg==')).toBe(removed)
  expect(told('Host: corp.example')).toBe('Host: corp.example')
  expect(told('Authorization:')).toBe(`Authorization:${removed}`)
  expect(told('  Basic')).toBe(removed)
  expect(told('\taHVudGVyMg==')).toBe(removed)
  expect(told('Cookie: theme=dark;')).toBe(`Cookie: ${removed}`)
  expect(told(' session=hunter2')).toBe(removed)
  expect(told('Proxy-Authorization: Negotiate')).toBe(`Proxy-Authorization: ${removed}`)
  expect(told(' hunter2')).toBe(removed)
  expect(told('Set-Cookie: a=hunter2')).toBe(`Set-Cookie: ${removed}`)
  expect(told('Accept: text/html,')).toBe('Accept: text/html,')
  expect(told(' text/plain')).toBe(' text/plain')
  expect(told('GET /?page=1&ticket=hunt', true)).toBe(`GET /?page=1&ticket=${removed}`)
  expect(told('er2&more=', true)).toBe(removed)
  expect(told('hunter2')).toBe(removed)
  expect(told('GET /?ticket=hunter2&page=1')).toBe(`GET /?ticket=${removed}&page=1`)
})
