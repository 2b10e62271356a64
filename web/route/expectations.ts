/** Route tests made from what holds now. */
import type { RouteTable } from '#core/route'
import type { RouteTest } from '#core/route-test-shape'
import type { RouteExpectation } from '#core/vocabulary'
import { type Asked, requestOf } from './asked.ts'

export function newTest(target = ''): RouteTest {
  return { target, method: 'GET', clientAddress: null, resolvedAddress: null, expect: 'direct', note: '' }
}

/** Where the test's request goes now; null: it depends on an address, or is about more than one name. */
export function expectationOf(table: RouteTable, test: Omit<RouteTest, 'expect'>): RouteExpectation | null {
  if (test.target.startsWith('*')) return null
  const request = requestOf({
    url: test.target,
    method: test.method,
    client: test.clientAddress ?? '',
    resolved: test.resolvedAddress ?? '',
  })
  const { verdict } = table.decide(request)
  return verdict === 'depends_on_address' ? null : verdict
}

/** What was tried, as a test that expects the same answer. */
export function testOf(asked: Asked, expect: RouteExpectation): RouteTest {
  const { url, method, clientAddress, resolvedAddress } = requestOf(asked)
  return { target: url, method, clientAddress, resolvedAddress, expect, note: '' }
}
