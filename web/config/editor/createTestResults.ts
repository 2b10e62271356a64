/** The route tests of a draft, run whenever its rules or they themselves change. */
import { createMemo } from 'solid-js'
import type { RouteCircumstances } from '#core/route'
import { type RouteTestResult, runRouteTests } from '#core/route-test'
import { answerable } from '../../route/answerable.ts'
import type { Draft } from './draft.ts'

export interface TestResults {
  /** By the place of the test; undefined: not run. */
  readonly at: (index: number) => RouteTestResult | undefined
  readonly passed: number
  readonly failed: number
  /** The rules can't be asked at all. */
  readonly isBlocked: boolean
}

export function createTestResults(draft: Draft, circumstances: () => RouteCircumstances | undefined) {
  return createMemo((): TestResults => {
    const { document, problems } = draft.checked()
    const asked = answerable(document, problems)
    const known = circumstances()
    if (known === undefined || !asked.ok) {
      return { at: () => undefined, passed: 0, failed: 0, isBlocked: !asked.ok }
    }
    // What has no target yet is being typed, and no failure.
    const unfinished = new Set(
      problems.flatMap(({ path }) => /^routeTests\.(\d+)\./.exec(path)?.[1] ?? []).map(Number),
    )
    const results = runRouteTests(asked.document, asked.document.routeTests, known).map((result, index) =>
      unfinished.has(index) ? undefined : result,
    )
    const count = (passed: boolean) => results.filter((result) => result?.passed === passed).length
    return { at: (index) => results[index], passed: count(true), failed: count(false), isBlocked: false }
  })
}
