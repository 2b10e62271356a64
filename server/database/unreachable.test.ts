import { expect, test } from 'vitest'
import { isDatabaseUnreachable } from './unreachable.ts'

const failure = (fields: object) => Object.assign(new Error('no'), fields)
const refused = failure({ code: 'ECONNREFUSED', syscall: 'connect' })

test.each([
  ['a connection that is refused', refused],
  ['a socket that is not there', failure({ code: 'ENOENT', syscall: 'connect' })],
  ['a name that is not known', failure({ code: 'ENOTFOUND', syscall: 'getaddrinfo' })],
  ['a connection that breaks', failure({ code: 'CONNECTION_CLOSED' })],
  ['a server that starts', failure({ code: '57P03' })],
  ['a server without a connection left', failure({ code: '53300' })],
  ['any of them under the statement’s name', new Error('Failed query: select 1', { cause: refused })],
  ['several addresses that all refuse', new AggregateError([refused, refused])],
])('%s: it can’t be reached', (_what, error) => {
  expect(isDatabaseUnreachable(error)).toBe(true)
})

test.each([
  ['a statement that it refuses', failure({ code: '23505' })],
  ['a statement that takes too long', failure({ code: '57014' })],
  ['a file that is missing', failure({ code: 'ENOENT', syscall: 'open' })],
  ['a bug', new TypeError('x is not a function')],
  ['what is no error', 'CONNECTION_CLOSED'],
])('%s is something else', (_what, error) => {
  expect(isDatabaseUnreachable(error)).toBe(false)
})
