/** GraphQL types of statistics: the same numbers as counts, as rates and as what an agent tells. */
import { GraphQLSafeInt } from 'graphql-scalars'
import { ArgsType, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql'
import {
  rateNameOf,
  type StatsCounter,
  type StatsGauge,
  type StatsRate,
  statsCounters,
  statsGauges,
} from '../core/stats.ts'
import type { FleetStatsChange as FleetStatsChangeRow } from './live.ts'
import type { RangeInput } from './range.ts'
import type { ReportStatsInput as ReportStatsFields, StatsSampleInput as SampleFields } from './report.ts'
import type { FleetPointRow, NewestStats, StatsPointRow } from './stats.read.ts'

/** What each counter counts, as the end of a sentence. */
const counted: Readonly<Record<StatsCounter, string>> = {
  totalClientConnections: 'connections that clients opened',
  requests: 'requests of clients, CONNECT included',
  connectRequests: 'CONNECT requests of clients',
  responses2xx: 'answers to clients with a status from 200 to 299; ATS counts no tunnel as one',
  responses3xx: 'answers to clients with a status from 300 to 399',
  responses4xx: 'answers to clients with a status from 400 to 499',
  responses5xx: 'answers to clients with a status from 500 to 599',
  clientRequestBytes: 'bytes from clients, headers included; of a tunnel when it closes',
  clientResponseBytes:
    'bytes to clients, headers included; of a tunnel when it closes, where 9.2 counts the header of its answer twice',
  connectFailures: 'requests for which no connection to a parent or origin could be made',
  clientAborts: 'requests that clients broke off',
  parentConnections: 'connections to parents',
  parentRetries: 'requests that were tried again after a parent had failed',
  parentMarkDowns: 'times that a parent was marked down',
  cacheHits: 'requests that were answered from the cache',
  cacheMisses: 'requests that could have been in the cache and were not, those that failed included',
  ramCacheHits: 'reads of the cache that were answered from memory',
  ramCacheMisses: 'reads of the cache that were not',
}

const gauged: Readonly<Record<StatsGauge, string>> = {
  currentClientConnections: 'Connections of clients that are open',
  currentParentConnections: 'Connections to parents that are open',
  hostLoad: 'Runnable tasks of the host over the last minute, for each of its processors',
  hostMemoryTotalBytes: 'Memory of the host, in bytes',
  hostMemoryAvailableBytes: 'Memory of the host that programs could have, in bytes',
}

type Class = abstract new () => object

/** Declares one nullable field for each number; a decorator for each would say the same six times over. */
function declareNumbers(
  on: Class,
  type: typeof Float | typeof GraphQLSafeInt,
  texts: Readonly<Record<string, string>>,
): void {
  for (const [name, description] of Object.entries(texts)) {
    Field(() => type, { nullable: true, description })(on.prototype, name)
  }
}

const said = <Key extends string>(keys: readonly Key[], text: (key: Key) => readonly [string, string]) =>
  Object.fromEntries(keys.map(text))
const wholeGauges = statsGauges.filter((gauge) => gauge !== 'hostLoad')
const counts = said(statsCounters, (counter) => [
  counter,
  `Number of ${counted[counter]}, as ATS counts from its start.`,
])
const rates = said(statsCounters, (counter) => [rateNameOf(counter), `A second: ${counted[counter]}.`])
const gaugesNow = said(wholeGauges, (gauge) => [gauge, `${gauged[gauge]}.`])
const gaugeMeans = said(statsGauges, (gauge) => [gauge, `${gauged[gauge]}: the mean.`])

@ObjectType({
  description: 'A proxy as its agent last saw it. A number that is not known is null, never zero.',
})
export class ProxyStats
  implements Pick<NewestStats, 'at' | 'atsStartedAt' | 'requestsPerSecond' | 'errorRate' | 'ramCacheHitRatio'>
{
  @Field(() => Date, { description: 'When the agent looked.' })
  at!: Date

  @Field(() => Date, { nullable: true, description: 'When ATS was started; null: it could not be asked.' })
  atsStartedAt!: Date | null

  @Field(() => Float, { nullable: true, description: 'Requests of clients a second, since the look before.' })
  requestsPerSecond!: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'Of the requests since the look before, the share that was answered with 5xx: 0–1.',
  })
  errorRate!: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'Of the reads of the cache since the look before, the share that memory answered: 0–1.',
  })
  ramCacheHitRatio!: number | null

  @Field(() => Float, { nullable: true, description: `${gauged.hostLoad}.` })
  hostLoad!: number | null
}
declareNumbers(ProxyStats, GraphQLSafeInt, { ...gaugesNow, ...counts })

@ObjectType({
  description:
    'One step of a proxy’s past. All is null when nothing is known of it: a gap, or older than what is kept.',
})
export class StatsPoint implements Pick<StatsPointRow, 'at' | 'currentClientConnectionsPeak' | 'restarts'> {
  @Field(() => Date, { description: 'Where the step begins.' })
  at!: Date

  @Field(() => Float, { nullable: true, description: 'The most connections of clients that were seen open.' })
  currentClientConnectionsPeak!: number | null

  @Field(() => Int, { nullable: true, description: 'How often ATS was seen to have started.' })
  restarts!: number | null
}
declareNumbers(StatsPoint, Float, { ...gaugeMeans, ...rates })

@ObjectType({
  description:
    'One step of the past of the fleet, or of one config’s proxies: sums over the proxies. The last minute or two are null until every agent has spoken.',
})
export class FleetStatsPoint implements Omit<FleetPointRow, StatsRate> {
  @Field(() => Date, { description: 'Where the step begins.' })
  at!: Date

  @Field(() => Int, {
    nullable: true,
    description: 'Proxies that told something; the most in a minute of the step.',
  })
  proxies!: number | null

  @Field(() => Int, { nullable: true, description: 'How often an ATS was seen to have started.' })
  restarts!: number | null

  @Field(() => Float, { nullable: true, description: 'Connections of clients that were open: the mean.' })
  currentClientConnections!: number | null

  @Field(() => Float, { nullable: true, description: 'The same, in the busiest minute of the step.' })
  currentClientConnectionsPeak!: number | null

  @Field(() => Float, { nullable: true, description: 'Connections to parents that were open: the mean.' })
  currentParentConnections!: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'Runnable tasks for each processor of a host: the mean of all hosts.',
  })
  hostLoad!: number | null

  @Field(() => Float, { nullable: true, description: 'The same, of the busiest host.' })
  hostLoadPeak!: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'Memory of all hosts that told it, in bytes: the mean.',
  })
  hostMemoryTotalBytes!: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'What programs could have had of that memory, in bytes: the mean.',
  })
  hostMemoryAvailableBytes!: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'Of the memory of the fullest host, the share that programs could not have: 0–1.',
  })
  hostMemoryUsedPeak!: number | null
}
declareNumbers(FleetStatsPoint, Float, rates)

@ObjectType({ description: 'The newest statistics of a proxy.' })
export class ProxyStatsChange {
  @Field(() => ID, { description: 'The proxy.' })
  proxyId!: string

  @Field(() => ProxyStats, { description: 'What its agent last saw.' })
  stats!: ProxyStats
}

@ObjectType({ description: 'What is new in the statistics since the last time.' })
export class FleetStatsChange implements Pick<FleetStatsChangeRow, 'rolledUpTo'> {
  @Field(() => Date, {
    description:
      'Samples that were stored before this are in `fleetStats` and `statsHistory`; it moves every 30 s.',
  })
  rolledUpTo!: Date

  @Field(() => [ProxyStatsChange], { description: 'Of the proxies asked for, those with newer numbers.' })
  proxies!: readonly ProxyStatsChange[]
}

@ArgsType()
export class StatsRangeArgs implements RangeInput {
  @Field(() => Date, { description: 'From here, taken back to the beginning of a step.' })
  since!: Date

  @Field(() => Date, {
    nullable: true,
    description: 'To here, taken on to the end of a step; now by default.',
  })
  until?: Date | null

  @Field(() => Int, {
    nullable: true,
    description:
      'Seconds of a step: a multiple of 60, with at most 1,500 points in all; by default up to 400 points. Whole days come from days (UTC), whole hours from hours, others from minutes, each kept for as long as the settings say.',
  })
  step?: number | null
}

@ArgsType()
export class FleetStatsArgs extends StatsRangeArgs {
  @Field(() => ID, {
    nullable: true,
    description: 'Only the proxies that should run a version of this config.',
  })
  configId?: string | null
}

@InputType({ description: 'One look of an agent at its ATS and its host; what is left out is not known.' })
export class StatsSampleInput implements SampleFields {
  @Field(() => Date, {
    description: 'When it looked, by the server’s clock: more than an hour ago or ahead, it is not taken.',
  })
  at!: Date

  @Field(() => Date, {
    nullable: true,
    description: 'When ATS was started; without it no counts are compared.',
  })
  atsStartedAt?: Date | null

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether this ATS went on from the counts of the one before it, as 9.2 does when its manager starts.',
  })
  countersContinue?: boolean | null

  @Field(() => Float, { nullable: true, description: `${gauged.hostLoad}.` })
  hostLoad?: number | null
}
declareNumbers(StatsSampleInput, GraphQLSafeInt, { ...gaugesNow, ...counts })

@InputType({ description: 'What an agent has seen since it was last heard.' })
export class ReportStatsInput implements ReportStatsFields {
  @Field(() => StatsSampleInput, {
    nullable: true,
    description:
      'The last sample with counts that was taken before these; without it the newest one that is stored.',
  })
  previous?: StatsSampleInput | null

  @Field(() => [StatsSampleInput], {
    description: 'Oldest first, at most 120. One that is told again is kept once.',
  })
  samples!: StatsSampleInput[]
}

@ObjectType({ simpleResolvers: true, description: 'The samples are on their way to the database.' })
export class ReportStatsPayload {
  @Field(() => Date, { description: 'The server’s clock.' })
  serverTime!: Date

  @Field(() => Boolean, { description: 'Nothing was taken, for want of room: send the same again later.' })
  isFull!: boolean
}
