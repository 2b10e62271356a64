/** GraphQL types of proxies. */
import { ArgsType, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql'
import { OwnedRecord } from '../config/config.types.ts'
import {
  ApplyOutcome,
  AtsGeneration,
  ProxySort,
  ProxyStatus,
  RunningFilesSource,
} from '../core/vocabulary.ts'
import { connectionType } from '../graphql/page.ts'
import type { Bounds, LiveFilter } from './live-numbers.read.ts'
import type { ProxyFilter, ProxyRow } from './proxy.read.ts'
import type { ProxyPageArgs } from './proxy-page.read.ts'
import type { RunningFilesRow } from './running.read.ts'

@ObjectType({ description: 'What became of the last offer that the agent tried.' })
export class Attempt {
  @Field(() => String, { description: 'Hash of what was offered.' })
  hash!: string

  @Field(() => ApplyOutcome, { description: 'How it ended.' })
  outcome!: ApplyOutcome

  @Field(() => String, { description: 'In the agent’s and ATS’s own words.' })
  message!: string

  @Field(() => Date, { description: 'When the server heard of it.' })
  at!: Date

  @Field(() => Date, {
    nullable: true,
    description: 'When the agent, its files written, asked ATS to reload; by the agent’s clock.',
  })
  reloadRequestedAt!: Date | null

  @Field(() => Date, {
    nullable: true,
    description: 'When ATS said that it had loaded them; by the agent’s clock.',
  })
  loadedAt!: Date | null

  /** What its proxy should run now: that version, if several have the hash. */
  wantedVersionId!: string | null
}

@ObjectType({ description: 'One file as it lies on the disk.' })
export class RunningFile {
  @Field(() => String, { description: 'parent.config, sni.yaml or ip_allow.yaml.' })
  name!: string

  @Field(() => String, { description: 'Its exact text.' })
  content!: string

  @Field(() => String, { description: 'SHA-256 of its bytes, hex.' })
  sha256!: string
}

@ObjectType({ description: 'What lies on a proxy’s disk.' })
export class RunningFiles implements RunningFilesRow {
  @Field(() => RunningFilesSource, { description: 'How the server knows these bytes.' })
  source!: RunningFilesSource

  @Field(() => Date, {
    nullable: true,
    description:
      'When the agent reported them; null for those of a version, which its hash tells at every report.',
  })
  at!: Date | null

  @Field(() => [RunningFile], { description: 'The three files; one that is not there has an empty text.' })
  files!: readonly RunningFile[]

  @Field(() => [OwnedRecord], { description: 'The records of our block, with the values in force.' })
  records!: readonly OwnedRecord[]
}

@ObjectType({ description: 'Something on a host that stands in the way of configs.' })
export class HostProblem {
  @Field(() => String, { description: 'What it is about, e.g. `record` or `directory`.' })
  what!: string

  @Field(() => String, { description: 'What its agent found, in its own words.' })
  says!: string

  @Field(() => String, { description: 'What to do about it.' })
  remedy!: string
}

@ObjectType({ description: 'One life of an agent’s process.' })
export class AgentStart {
  @Field(() => String, { description: 'The address that it first spoke from.' })
  address!: string

  @Field(() => Date, { description: 'When it first spoke, or spoke again after another had.' })
  at!: Date
}

@ObjectType({ description: 'How many proxies are in a status.' })
export class ProxyCount {
  @Field(() => ProxyStatus, { description: 'The status.' })
  status!: ProxyStatus

  @Field(() => Int, { description: 'How many.' })
  count!: number
}

@ObjectType({ description: 'One ATS node with our agent beside it.' })
export class Proxy
  implements
    Pick<
      ProxyRow,
      | 'id'
      | 'hostname'
      | 'status'
      | 'isOnline'
      | 'lastSeenAt'
      | 'enrolledAt'
      | 'retiredAt'
      | 'desiredHash'
      | 'isEphemeral'
    >
{
  @Field(() => ID, { description: 'Opaque.' })
  id!: string

  @Field(() => String, { description: 'As it enrolled.' })
  hostname!: string

  @Field(() => ProxyStatus, {
    description: 'Computed from what it should run, tried and runs, and from freshness.',
  })
  status!: ProxyStatus

  @Field(() => Boolean, { description: 'Heard of within the last 90 s.' })
  isOnline!: boolean

  @Field(() => Date, { nullable: true, description: 'When its agent was last heard.' })
  lastSeenAt!: Date | null

  @Field(() => Date, { description: 'When it enrolled.' })
  enrolledAt!: Date

  @Field(() => Boolean, {
    description: 'Whether it is retired by itself after the silence that the settings name.',
  })
  isEphemeral!: boolean

  @Field(() => Date, { nullable: true, description: 'When it was retired, if it was.' })
  retiredAt!: Date | null

  @Field(() => String, { nullable: true, description: 'As the ATS binary says.' })
  atsVersion!: string | null

  @Field(() => AtsGeneration, {
    nullable: true,
    description: 'Null for an ATS that is not supported: it gets no offer.',
  })
  atsGeneration!: AtsGeneration | null

  @Field(() => String, { nullable: true, description: 'Version of the agent.' })
  agentVersion!: string | null

  @Field(() => String, { nullable: true, description: 'Hash of the files and records that it should run.' })
  desiredHash!: string | null

  versionId!: string | null
}

export const ProxyConnection = connectionType('Proxy', () => Proxy)

@InputType({ description: 'From one number to another, both included; what is left out is no bound.' })
export class NumberBounds implements Bounds {
  @Field(() => Float, { nullable: true, description: 'At least this.' })
  min?: number | null

  @Field(() => Float, { nullable: true, description: 'At most this.' })
  max?: number | null
}

@InputType({
  description:
    'Bounds for the newest statistics of a proxy; one whose numbers are older than three minutes, or not known, is within none.',
})
export class LiveNumbersFilter implements LiveFilter {
  @Field(() => NumberBounds, { nullable: true, description: 'Requests of clients a second.' })
  requestsPerSecond?: NumberBounds | null

  @Field(() => NumberBounds, { nullable: true, description: 'Connections of clients that are open.' })
  connections?: NumberBounds | null

  @Field(() => NumberBounds, {
    nullable: true,
    description: 'Share of the requests that was answered with 5xx, 0–1.',
  })
  errorRate?: NumberBounds | null

  @Field(() => NumberBounds, {
    nullable: true,
    description: 'Share of the reads of the cache that memory answered, 0–1.',
  })
  ramCacheHitRatio?: NumberBounds | null
}

@ArgsType()
export class ProxyCountArgs implements Omit<ProxyFilter, 'status' | 'ids' | 'where'> {
  @Field(() => String, { nullable: true, description: 'Part of the hostname.' })
  search?: string | null

  @Field(() => ID, { nullable: true, description: 'Only proxies that this config’s working copy names.' })
  configId?: string | null

  @Field(() => ID, {
    nullable: true,
    description: 'Only proxies that should run a version of this config now.',
  })
  runsConfigId?: string | null

  @Field(() => AtsGeneration, { nullable: true, description: 'Only proxies with this ATS generation.' })
  atsGeneration?: AtsGeneration | null

  @Field(() => LiveNumbersFilter, {
    nullable: true,
    description: 'Only proxies whose live numbers are within these bounds.',
  })
  live?: LiveNumbersFilter | null
}

@ArgsType()
export class ProxyFilterArgs extends ProxyCountArgs {
  @Field(() => ProxyStatus, {
    nullable: true,
    description: 'Only proxies in this status; without it or `configId` retired ones are left out.',
  })
  status?: ProxyStatus | null
}

@ArgsType()
export class ProxyArgs extends ProxyFilterArgs implements ProxyPageArgs {
  @Field(() => [ID], { nullable: true, description: 'Only these proxies, retired ones too; at most 100.' })
  ids?: string[] | null

  @Field(() => Int, { defaultValue: 50, description: 'Rows wanted, 1–100.' })
  first!: number

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the last row seen; one of a list in another order is refused.',
  })
  after?: string | null

  @Field(() => Int, {
    nullable: true,
    description: 'Rows to skip, 0–100,000, for a list that jumps; not together with `after`.',
  })
  offset?: number | null

  @Field(() => ProxySort, { defaultValue: ProxySort.HOSTNAME, description: 'What the list is ordered by.' })
  sort!: ProxySort

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'The other way round; ties and rows without a value stay as they are.',
  })
  descending!: boolean
}

@InputType({ description: 'Which proxy to retire.' })
export class RetireProxyInput {
  @Field(() => ID, { description: 'The proxy.' })
  id!: string
}

@InputType({ description: 'Which proxy shall try again.' })
export class RetryProxyInput {
  @Field(() => ID, { description: 'The proxy.' })
  id!: string
}

@ObjectType({ description: 'A proxy after a change.' })
export class ProxyPayload {
  @Field(() => Proxy, { description: 'The proxy.' })
  proxy!: Proxy
}
