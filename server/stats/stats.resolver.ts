/** Statistics: what agents tell, and what became of it. */
import {
  Arg,
  Args,
  Ctx,
  FieldResolver,
  ID,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql'
import type { Context } from '../graphql/context.ts'
import { permit } from '../permit.ts'
import type { ProxyRow } from '../proxy/proxy.read.ts'
import { Proxy } from '../proxy/proxy.types.ts'
import { reportStats } from './report.ts'
import {
  type FleetPointRow,
  type NewestStats,
  readFleetStats,
  readNewestStats,
  readStatsHistory,
  type StatsPointRow,
} from './stats.read.ts'
import {
  FleetStatsArgs,
  FleetStatsChange,
  FleetStatsPoint,
  ProxyStats,
  ReportStatsInput,
  ReportStatsPayload,
  StatsPoint,
  StatsRangeArgs,
} from './stats.types.ts'

@Resolver(() => Proxy)
export class StatsResolver {
  @FieldResolver(() => ProxyStats, {
    nullable: true,
    description: 'Its newest statistics; null while its agent has told none.',
  })
  stats(@Ctx() { op }: Context, @Root() proxy: ProxyRow): Promise<NewestStats | null> {
    return readNewestStats(op, proxy.id)
  }

  @FieldResolver(() => [StatsPoint], {
    description: 'Its statistics over time, a point for every step; rates are a second.',
  })
  statsHistory(
    @Ctx() { op }: Context,
    @Root() proxy: ProxyRow,
    @Args(() => StatsRangeArgs) args: StatsRangeArgs,
  ): Promise<readonly StatsPointRow[]> {
    return readStatsHistory(op, proxy.id, args)
  }

  @Query(() => [FleetStatsPoint], {
    description: 'Statistics of all proxies together over time, a point for every step; rates are a second.',
  })
  fleetStats(
    @Ctx() { op }: Context,
    @Args(() => FleetStatsArgs) args: FleetStatsArgs,
  ): Promise<readonly FleetPointRow[]> {
    permit(op, 'fleet.read')
    return readFleetStats(op, args)
  }

  @Subscription(() => FleetStatsChange, {
    description:
      'Live numbers: within a second what is known, then whatever is new. For dashboards: ask for the sums again when they have been rolled up further.',
    subscribe: ({ args, context }: { args: { proxyIds?: string[] | null }; context: Context }) => {
      permit(context.op, 'fleet.read')
      return context.parts.live.watch(args.proxyIds ?? [])
    },
  })
  fleetStatsChanged(
    @Root() change: FleetStatsChange,
    @Arg('proxyIds', () => [ID], {
      nullable: true,
      description: 'Those in sight, at most 200; none are told of by themselves.',
    })
    _proxyIds?: string[] | null,
  ): FleetStatsChange {
    return change
  }

  @Mutation(() => ReportStatsPayload, {
    nullable: true,
    description:
      'For agents: statistics, beside `sync` in one document. Null with an error leaves the rest of the answer whole.',
  })
  async reportStats(
    @Ctx() { op, parts }: Context,
    @Arg('input', () => ReportStatsInput) input: ReportStatsInput,
  ): Promise<ReportStatsPayload> {
    const { isFull } = await reportStats(op, { memory: parts.sync.memory, queue: parts.stats }, input)
    return { serverTime: op.now, isFull }
  }
}
