/** Whom a request comes from, with every way to lie about it. */
import { expect, test } from 'vitest'
import { parseRange } from './core/cidr.ts'
import { clientAddress, noProxies, trustProxies } from './trusted-proxies.ts'

const trusted = trustProxies(
  ['10.0.0.0/8', '2001:db8::/32', '127.0.0.1'].flatMap((text) => {
    const parsed = parseRange(text)
    return parsed.ok ? [parsed.range] : []
  }),
)

test.each<[what: string, peer: string, forwarded: string | undefined, address: string]>([
  ['nobody in front', '203.0.113.9', undefined, '203.0.113.9'],
  ['a stranger who says they are somebody else', '203.0.113.9', '192.0.2.1', '203.0.113.9'],
  ['a stranger who claims a whole chain', '203.0.113.9', '192.0.2.1, 10.0.0.1', '203.0.113.9'],
  ['one proxy', '10.1.1.1', '203.0.113.9', '203.0.113.9'],
  [
    'what a client wrote before the proxy added the truth',
    '10.1.1.1',
    '192.0.2.1, 203.0.113.9',
    '203.0.113.9',
  ],
  ['a client that names a trusted proxy as itself', '10.1.1.1', '10.9.9.9, 203.0.113.9', '203.0.113.9'],
  ['two proxies', '10.1.1.1', '203.0.113.9, 10.2.2.2', '203.0.113.9'],
  ['all the way inside', '10.1.1.1', '10.3.3.3, 10.2.2.2', '10.3.3.3'],
  ['a proxy that says nothing', '10.1.1.1', undefined, '10.1.1.1'],
  ['nonsense at the end', '10.1.1.1', '203.0.113.9, unknown', '10.1.1.1'],
  ['nonsense before the client', '10.1.1.1', '<script>, 203.0.113.9', '203.0.113.9'],
  ['SQL', '10.1.1.1', "'; drop table users; --", '10.1.1.1'],
  ['nothing between commas', '10.1.1.1', ', ,', '10.1.1.1'],
  ['a port', '10.1.1.1', '203.0.113.9:51234', '203.0.113.9'],
  ['IPv6', '2001:db8::1', '2a00::7', '2a00::7'],
  ['IPv6 with a port', '2001:db8::1', '[2a00::7]:443', '2a00::7'],
  ['IPv4 in the dress of IPv6', '::ffff:10.1.1.1', '::ffff:203.0.113.9', '203.0.113.9'],
  ['an octal spelling of a trusted one', '10.1.1.1', '010.0.0.1', '10.1.1.1'],
])('%s', (_what, peer, forwarded, address) => {
  expect(clientAddress(trusted, peer, forwarded)).toBe(address)
})

test('without a list nobody is believed', () => {
  expect(clientAddress(noProxies, '127.0.0.1', '203.0.113.9')).toBe('127.0.0.1')
  expect(trustProxies([]).has('127.0.0.1')).toBe(false)
})
