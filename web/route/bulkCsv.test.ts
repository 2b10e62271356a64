import { expect, test } from 'vitest'
import type { RouteDecision, RouteRequest } from '#core/route'
import { bulkCsv } from './bulkCsv.ts'

const request: RouteRequest = {
  url: 'http://a.example/',
  method: 'GET',
  clientAddress: null,
  resolvedAddress: null,
}
const direct: RouteDecision = { verdict: 'direct', rule: null, parents: [] }
const parent: RouteDecision = {
  verdict: 'parent',
  rule: null,
  parents: [
    { host: '10.96.215.26', port: 3128, priority: 1, enabled: true },
    { host: '10.253.16.93', port: 3128, priority: 2, enabled: true },
  ],
}
const noRow = () => 0
const linesOf = (csv: string) => csv.split('\r\n')

test('a row says what was asked, both answers, and whether they differ', () => {
  const csv = bulkCsv([{ line: 3, request, before: direct, after: parent, isDifferent: true }], noRow, noRow)
  expect(linesOf(csv)).toEqual([
    'line,url,method,client,resolved,before,before_rule,before_parents,after,after_rule,after_parents,differs',
    '3,http://a.example/,GET,,,direct,,,parent,,10.96.215.26:3128 10.253.16.93:3128,true',
    '',
  ])
})

test('quotes and commas stay in their cell, and nothing pasted becomes a formula', () => {
  const rows = ['http://a.example/?q=1,"2"', '=cmd:80'].map((url, index) => ({
    line: index + 1,
    request: { ...request, url },
    before: null,
    after: direct,
    isDifferent: false,
  }))
  const [, first, second] = linesOf(bulkCsv(rows, noRow, noRow))
  expect(first).toContain('1,"http://a.example/?q=1,""2""",GET')
  expect(second).toContain("2,'=cmd:80,GET")
})
