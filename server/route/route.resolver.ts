/** Routes: where requests go by which rules, and what became of a config's route tests. */
import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import { Config } from '../config/config.types.ts'
import { type RouteExplanation as Explained, type RouteDecision, reasonSentence } from '../core/route.ts'
import type { Context } from '../graphql/context.ts'
import { compareRoutes, explainRoute, explainRoutes } from './explain.ts'
import {
  CompareRoutesInput,
  ExplainRouteInput,
  ExplainRoutesInput,
  RouteComparison,
  RouteExplanation,
  type RouteOutcome,
  RouteTestResult,
} from './route.types.ts'
import { readTestResults } from './test-results.read.ts'

@Resolver(() => Config)
export class RouteResolver {
  @Query(() => RouteExplanation, { description: 'Where one request goes, and why.' })
  async explainRoute(
    @Ctx() { op }: Context,
    @Arg('input', () => ExplainRouteInput, { description: 'The request, and whose rules.' })
    input: ExplainRouteInput,
  ): Promise<RouteExplanation> {
    return explanationOf(await explainRoute(op, input))
  }

  @Query(() => [RouteExplanation], {
    description: 'The same for up to 1,000 requests, in their order.',
  })
  async explainRoutes(
    @Ctx() { op }: Context,
    @Arg('input', () => ExplainRoutesInput, { description: 'The requests, and whose rules.' })
    input: ExplainRoutesInput,
  ): Promise<RouteExplanation[]> {
    return (await explainRoutes(op, input)).map(explanationOf)
  }

  @Query(() => RouteComparison, {
    description: 'Which of up to 1,000 requests go elsewhere by other rules.',
  })
  async compareRoutes(
    @Ctx() { op }: Context,
    @Arg('input', () => CompareRoutesInput, { description: 'The requests, and the rules to compare.' })
    input: CompareRoutesInput,
  ): Promise<RouteComparison> {
    const { comparedCount, differences } = await compareRoutes(op, input)
    return {
      comparedCount,
      differentCount: differences.length,
      differences: differences.map(({ index, before, after }) => ({
        index,
        before: outcomeOf(before),
        after: outcomeOf(after),
      })),
    }
  }

  @FieldResolver(() => [RouteTestResult], {
    description:
      'What became of each route test of the working copy; empty while its other fields have problems.',
  })
  async routeTestResults(@Ctx() { op }: Context, @Root() config: Config): Promise<RouteTestResult[]> {
    return (await readTestResults(op, config.id)).map(({ test, passed, got, rule, parents, because }) => ({
      test,
      passed,
      got: outcomeOf({ verdict: got, rule, parents }),
      message: because,
    }))
  }
}

function explanationOf({ reasons, branches, ...decision }: Explained): RouteExplanation {
  return {
    ...outcomeOf(decision),
    reasons: reasons.map((reason) => ({ code: reason.code, message: reasonSentence(reason) })),
    branches: branches.map((branch) => ({ ...branch, ...outcomeOf(branch) })),
  }
}

function outcomeOf({ verdict, rule, parents }: RouteDecision): RouteOutcome {
  const expiresAt = rule === null || rule.expiresAt === null ? null : new Date(rule.expiresAt)
  return { verdict, rule: rule && { ...rule, expiresAt }, parents }
}
