/** Runs the route tests of a working copy. */

import { readDocument } from '../config/document.read.ts'
import { readDocumentProblems } from '../config/preview.read.ts'
import { type RouteTestResult, runRouteTests } from '../core/route-test.ts'
import type { RouteTest } from '../core/route-test-shape.ts'
import type { Operation } from '../operation.ts'
import { readSettings } from '../settings/settings.read.ts'

export interface TestedRoute extends RouteTestResult {
  readonly test: RouteTest
}

/** In the order of the tests; none while the document has problems, because then nothing can be said. */
export async function readTestResults(op: Operation, configId: string): Promise<readonly TestedRoute[]> {
  const [document, problems, { outboundExceptions }] = await Promise.all([
    readDocument(op, configId),
    readDocumentProblems(op, configId),
    readSettings(op.read),
  ])
  if (problems.length > 0) return []
  const results = runRouteTests(document, document.routeTests, { outboundExceptions })
  return results.flatMap((result, index) => {
    const test = document.routeTests[index]
    return test === undefined ? [] : [{ ...result, test }]
  })
}
