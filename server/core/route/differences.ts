/** What another document changes for many requests. */
import type { RouteDecision, RouteExplanation, RouteRequest, RouteTable } from '../route.ts'

export interface RouteDifference {
  /** Counts from 0, in the requests as given. */
  readonly index: number
  readonly request: RouteRequest
  readonly before: RouteDecision
  readonly after: RouteDecision
}

/**
 * The requests, one after the other, whose verdict or first parent differs, or, where it depends on the address, whose
 * branches do. The rule alone may differ: that changes nothing. Holds one request at a time.
 */
export function* diffRoutes(
  before: RouteTable,
  after: RouteTable,
  requests: Iterable<RouteRequest>,
): Generator<RouteDifference> {
  let index = 0
  for (const request of requests) {
    const [old, now] = [before.decide(request), after.decide(request)]
    if (
      differ(old, now) ||
      (now.verdict === 'depends_on_address' && branchesDiffer(before, after, request))
    ) {
      yield { index, request, before: old, after: now }
    }
    index += 1
  }
}

function differ(before: RouteDecision, after: RouteDecision): boolean {
  const [a, b] = [before.parents[0], after.parents[0]]
  return before.verdict !== after.verdict || a?.host !== b?.host || a?.port !== b?.port
}

function branchesDiffer(before: RouteTable, after: RouteTable, request: RouteRequest): boolean {
  return outcomeText(before.explain(request)) !== outcomeText(after.explain(request))
}

/** The same text for the same outcomes, whichever rules they come from. */
function outcomeText({ branches }: RouteExplanation): string {
  return branches
    .map(({ addresses, isEveryOther, verdict, parents: [first] }) =>
      JSON.stringify([isEveryOther, verdict, first?.host, first?.port, addresses]),
    )
    .sort()
    .join('\n')
}
