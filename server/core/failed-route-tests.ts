/** Route tests that fail, as problems: they stand in the way of submission and approval, not of saving a draft. */
import type { ConfigDocument } from './config-document.ts'
import type { Problem } from './refusal.ts'
import type { RouteCircumstances } from './route.ts'
import { runRouteTests } from './route-test.ts'

/** Of a document that `checkDocument` has no problem with. Paths count from 0 (`routeTests.2`), sentences from 1. */
export function failedRouteTests(document: ConfigDocument, circumstances: RouteCircumstances): Problem[] {
  const results = runRouteTests(document, document.routeTests, circumstances)
  return document.routeTests.flatMap(({ target, expect }, index): Problem[] => {
    const result = results[index]
    if (result === undefined || result.passed) return []
    return [
      {
        path: `routeTests.${index}`,
        code: 'ROUTE_TEST_FAILED',
        message: `Route test ${index + 1} expects ${target} to be ${expectedWords[expect]}. ${result.because}`,
      },
    ]
  })
}

const expectedWords = {
  direct: 'sent direct',
  parent: 'sent to the parents',
  primary: 'sent to the first parent',
  denied: 'denied',
} as const
