import { describe, expect, test } from 'vitest'
import { linesOf, readLine } from './bulkLines.ts'

const read = (text: string) => linesOf(text).map(readLine)

describe('a pasted line', () => {
  test.each([
    ['http://www.example/a', { url: 'http://www.example/a', method: 'GET' }],
    ['https://www.example/', { url: 'https://www.example/', method: 'CONNECT' }],
    ['www.example:8443', { url: 'www.example:8443', method: 'CONNECT' }],
    ['www.example', { url: 'http://www.example/', method: 'GET' }],
    ['10.1.2.3', { url: 'http://10.1.2.3/', method: 'GET' }],
    ['2001:db8::1', { url: 'http://[2001:db8::1]/', method: 'GET' }],
    ['http://a.example/ 10.1.2.3', { clientAddress: '10.1.2.3', resolvedAddress: null }],
    ['http://a.example/\t10.1.2.3\t192.0.2.7', { clientAddress: '10.1.2.3', resolvedAddress: '192.0.2.7' }],
    ['http://a.example/ - 192.0.2.7', { clientAddress: null, resolvedAddress: '192.0.2.7' }],
  ])('%s is asked', (text, request) => {
    expect(read(text)).toMatchObject([{ ok: true, line: 1, request }])
  })

  test.each([
    ['ftp://a.example/', 'SCHEME_UNKNOWN'],
    ['http://a.example:99999/', 'PORT_OUT_OF_RANGE'],
    ['http://a.example/ somebody', 'ADDRESS_MALFORMED'],
    ['http://a.example/ - 10.1.2', 'ADDRESS_MALFORMED'],
    ['http://a.example/ - - 10.1.2.3', 'TOO_MANY_COLUMNS'],
    ['http://münchen.example/', 'URL_MALFORMED'],
  ])('%s is told: %s', (text, code) => {
    expect(read(text)).toMatchObject([{ ok: false, line: 1, text, problem: { code } }])
  })
})

test('lines keep their numbers, whatever ends them; empty ones and comments are not asked', () => {
  const found = read('# from the access log\r\nhttp://a.example/\n\n  \rhttp://b.example/\n')
  expect(found).toMatchObject([
    { ok: true, line: 2, request: { url: 'http://a.example/' } },
    { ok: true, line: 5, request: { url: 'http://b.example/' } },
  ])
})
