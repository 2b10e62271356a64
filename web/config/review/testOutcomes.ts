/** What became of the working copy's route tests: worked out here, so that reasons are in the reader's language. */
import type { RouteCircumstances } from '#core/route'
import { type RouteTestResult, runRouteTests } from '#core/route-test'
import type { RouteTest } from '#core/route-test-shape'
import { turn } from '../../turns.ts'
import type { Fetched } from '../fetched.ts'
import { fetchDocument } from '../sides.ts'

export interface TestOutcome {
  readonly test: RouteTest
  readonly result: RouteTestResult
}

/** @param hasTests false: there is nothing to work out, and the rules needn't be fetched */
export async function fetchOutcomes(
  configId: string,
  hasTests: boolean,
  circumstances: RouteCircumstances,
): Promise<Fetched<readonly TestOutcome[]>> {
  if (!hasTests) return { data: [] }
  const { data, error } = await fetchDocument(configId, 'working')
  if (!data?.document) return { error }
  const { document } = data
  await turn()
  const results = runRouteTests(document, document.routeTests, circumstances)
  await turn()
  return {
    data: document.routeTests.flatMap((test, index) => {
      const result = results[index]
      return result === undefined ? [] : [{ test, result }]
    }),
  }
}
