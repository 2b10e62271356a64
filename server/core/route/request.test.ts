/** What ATS 9.2.9 was seen to compare with its patterns, and what it refuses before it routes. */
import { describe, expect, test } from 'vitest'
import { parseRouteRequest } from './request.ts'

describe('the compared text', () => {
  test.each([
    ['GET', 'http://corp.example/a', 'http://corp.example/a'],
    ['GET', 'http://corp.example:8080', 'http://corp.example:8080/'],
    ['GET', 'http://corp.example:8080?x=1', 'http://corp.example:8080?x=1'],
    ['GET', 'http://corp.example#x', 'http://corp.example#x'],
    ['GET', 'HTTP://corp.example/', 'HTTP://corp.example/'],
    ['GET', 'http://a%2F@Corp.example/', 'http://a/@Corp.example/'],
    ['CONNECT', 'corp.example:443', 'corp.example:443/'],
    ['CONNECT', 'a%2F@Corp.example:443', 'a/@Corp.example:443/'],
    ['CONNECT', 'a%00@Corp.example:443', 'a'],
    ['GET', 'https://corp.example/a?b', 'corp.example:443/'],
    ['GET', 'https://corp.example', 'corp.example:443/'],
  ])('of %s %s is %s', (method, url, text) => {
    const parsed = parseRouteRequest({ url, method, clientAddress: null, resolvedAddress: null })
    expect(parsed.ok && parsed.request.comparedText).toBe(text)
  })
})

test.each([...'!$&\'()*+,;="<>\\^`{|}'])('a name with %s is refused', (character) => {
  const url = `http://a${character}b.corp.example/`
  const parsed = parseRouteRequest({ url, method: 'GET', clientAddress: null, resolvedAddress: null })
  expect(parsed.ok).toBe(false)
})

test.each([...'-._~%'])('a name with %s is none that ATS refuses', (character) => {
  const url = `http://a${character}b.corp.example/`
  const parsed = parseRouteRequest({ url, method: 'GET', clientAddress: null, resolvedAddress: null })
  expect(parsed.ok).toBe(true)
})
