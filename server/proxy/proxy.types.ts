/** GraphQL types of proxies. */
import { ArgsType, Field, ID, InputType, ObjectType } from 'type-graphql'
import { ApplyOutcome, AtsGeneration, ProxyStatus } from '../core/vocabulary.ts'
import { connectionType, PageArgs } from '../graphql/page.ts'
import type { ProxyFilter, ProxyRow } from './proxy.read.ts'

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
}

@ObjectType({ description: 'One ATS node with our agent beside it.' })
export class Proxy
  implements
    Pick<
      ProxyRow,
      'id' | 'hostname' | 'status' | 'isOnline' | 'lastSeenAt' | 'enrolledAt' | 'retiredAt' | 'desiredHash'
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

@ArgsType()
export class ProxyArgs extends PageArgs implements ProxyFilter {
  @Field(() => String, { nullable: true, description: 'Part of the hostname.' })
  search?: string | null

  @Field(() => ProxyStatus, {
    nullable: true,
    description: 'Only proxies in this status; retired ones are left out unless asked for.',
  })
  status?: ProxyStatus | null

  @Field(() => ID, { nullable: true, description: 'Only proxies that this config’s working copy names.' })
  configId?: string | null
}

@InputType({ description: 'Which proxy to retire.' })
export class RetireProxyInput {
  @Field(() => ID, { description: 'The proxy.' })
  id!: string
}

@ObjectType({ description: 'A proxy after a change.' })
export class ProxyPayload {
  @Field(() => Proxy, { description: 'The proxy.' })
  proxy!: Proxy
}
