import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDomainName } from './domain-name.ts'

test.each([
  ['Corp.Example.', 'corp.example'],
  ['intranet', 'intranet'],
  ['_ldap._tcp.corp.example', '_ldap._tcp.corp.example'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['corp。example', 'corp.example'],
  [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`],
])('%s is the name %s', (text, name) => {
  expect(parseDomainName(text)).toEqual({ ok: true, name })
})

test('a domain may be written with a leading star or dot, a host may not', () => {
  for (const text of ['*.corp.example', '.corp.example']) {
    expect(parseDomainName(text, { allowWildcard: true })).toEqual({ ok: true, name: 'corp.example' })
    expect(parseDomainName(text)).toMatchObject({ ok: false, code: 'DOMAIN_MALFORMED' })
  }
})

test.each([
  '10.0.0.1',
  '10.0.0.0/8',
  '127.1',
  '0x7f.0.0.1',
  '::1',
  '[::1]',
  '１２７.0.0.1',
  '10.0.0.1-10.0.0.9',
])('%s is called an address', (text) => {
  expect(parseDomainName(text)).toMatchObject({ ok: false, code: 'ADDRESS_AS_DOMAIN' })
})

test.each([
  ['https://corp.example', /leave out https:/i],
  ['corp.example:8080', /port/],
  ['corp.example/a', /path/],
  ['user@corp.example', /@/],
  ['corp example', /spaces/],
  ['corp.example\nx', /line breaks/],
  ['corp..example', /empty part/],
  ['*.corp.*', /\*/],
  ['corp"x', /“"”/],
  ['a#b', /“#”/],
  ['', /missing/],
  ['.', /missing/],
])('%j is refused with advice', (text, advice) => {
  const parsed = parseDomainName(text, { allowWildcard: true })
  expect(parsed).toMatchObject({
    ok: false,
    code: 'DOMAIN_MALFORMED',
    message: expect.stringMatching(advice),
  })
})

test('labels and names that are too long are refused', () => {
  expect(parseDomainName('a'.repeat(64))).toMatchObject({ code: 'DOMAIN_TOO_LONG' })
  expect(parseDomainName(Array(128).fill('a').join('.'))).toMatchObject({ code: 'DOMAIN_TOO_LONG' })
})

test('whatever is typed, the outcome is a refusal or a name that needs no quotes and parses to itself', {
  timeout: 30_000,
}, () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.domain()), (text) => {
      const parsed = parseDomainName(text, { allowWildcard: true })
      if (!parsed.ok) return
      expect(parsed.name).toMatch(/^[a-z0-9_.-]{1,253}$/)
      expect(parseDomainName(parsed.name)).toEqual(parsed)
    }),
  )
})
