import { expect, test } from 'vitest'
import { limits } from '#core/config-document'
import { document as english } from './en/document.ts'
import { document as portuguese } from './pt-BR/document.ts'

const stated = {
  'problem.CONNECT_TIMEOUT_OUT_OF_RANGE': limits.connectTimeoutSeconds,
  'problem.FAIL_THRESHOLD_OUT_OF_RANGE': limits.failThreshold,
  'problem.NOTE_TOO_LONG': limits.noteLength,
  'problem.OWNER_TOO_LONG': limits.ownerLength,
  'problem.PRIORITY_OUT_OF_RANGE': limits.priority,
  'problem.RETRY_SECONDS_OUT_OF_RANGE': limits.retrySeconds,
  'problem.URL_TOO_LONG': limits.urlLength,
} as const

test.each(Object.entries(stated))('%s states the limit', (key, limit) => {
  for (const [locale, texts] of [
    ['en', english],
    ['pt-BR', portuguese],
  ] as const) {
    expect(texts[key as keyof typeof stated]).toContain(limit.toLocaleString(locale))
  }
})
