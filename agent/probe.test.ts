import { expect, test } from 'vitest'
import { proxyAddress } from './probe.ts'

test.each([
  ['8080', { host: '127.0.0.1', port: 8080 }],
  ['8080 8080:ipv6', { host: '127.0.0.1', port: 8080 }],
  ['8080:ipv6', { host: '::1', port: 8080 }],
  ['443:ssl 3128:ipv4', { host: '127.0.0.1', port: 3128 }],
  ['3128:ip-in=192.0.2.7', { host: '192.0.2.7', port: 3128 }],
  ['3128:ip-in=[2001:db8::7]', { host: '2001:db8::7', port: 3128 }],
  ['3128:ip-in=0.0.0.0', { host: '127.0.0.1', port: 3128 }],
  ['3128:pp 3129', { host: '127.0.0.1', port: 3129 }],
  ['80:tr-full, 8080', { host: '127.0.0.1', port: 8080 }],
  ['443:ssl', null],
  ['', null],
])('ports “%s” are reached at %j', (ports, address) => {
  expect(proxyAddress(ports)).toEqual(address)
})
