import { expect, test } from 'vitest'
import { loginPath, safeNext } from './paths.ts'

test('the login page leads back to where it was called from', () => {
  const next = new URL(loginPath('/configs/a?tab=b'), 'http://apm.example').searchParams.get('next')
  expect(safeNext(next ?? undefined)).toBe('/configs/a?tab=b')
})

test.each(['https://evil.example', '//evil.example', '/\\evil.example', '/login?next=/login', '', undefined])(
  'never leads to %s',
  (next) => {
    expect(safeNext(next)).toBe('/proxies')
  },
)
