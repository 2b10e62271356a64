/** What the log keeps of what it is given: never a secret, always what finds a fault. */
import { expect, test } from 'vitest'
import { createLog } from './log.ts'

function logged(what: object): string {
  const lines: string[] = []
  createLog('debug', { write: (line: string) => void lines.push(line) }).error(what, 'fault')
  return lines.join('')
}

test.each([
  { password: 'canary' },
  { input: { newPassword: 'canary', currentPassword: 'canary' } },
  { request: { headers: { authorization: 'canary', cookie: 'canary' } } },
  { a: { b: { c: { token: 'canary', accessToken: 'canary', secret: 'canary' } } } },
])('a secret is not written: %j', (what) => {
  const line = logged(what)
  expect(line).toContain('[Redacted]')
  expect(line).not.toContain('canary')
})

test('of an error of the database: its words and its stack, not the values that the statement carried', () => {
  const cause = Object.assign(new Error('permission denied for table users'), {
    code: '42501',
    parameters: ['canary'],
    detail: 'canary',
  })
  const error = Object.assign(
    new Error('Failed query: insert into users values ($1)\nparams: canary,canary2'),
    {
      query: 'insert into users values ($1)',
      params: ['canary', 'canary2'],
      cause,
    },
  )
  const line = logged({ err: error })
  expect(line).not.toContain('canary')
  const { err } = JSON.parse(line)
  expect(err.message).toBe('Failed query: insert into users values ($1)')
  expect(err.cause).toMatchObject({ message: 'permission denied for table users', code: '42501' })
  expect(err.stack).toContain('log.test.ts')
  expect(logged({ err: 'a text' })).toContain('a text')
})
