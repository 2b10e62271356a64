/** GraphQL types of parents, as proxies use them and as administrators take them out. */
import { ArgsType, Field, ID, InputType, Int, ObjectType } from 'type-graphql'
import { ParentEventKind, ParentState } from '../core/vocabulary.ts'
import { connectionType } from '../graphql/page.ts'
import type { ParentHostRow, ParentScope } from './parent-hosts.read.ts'
import type { ParentEventRow, ProxyParentRow, ReturningRow, TakenOutRow } from './parents.read.ts'
import type {
  BringBackParentInput as BringBackParentFields,
  TakeOutParentInput as TakeOutParentFields,
} from './take-out-parent.ts'

@ObjectType({ description: 'That an administrator wants a host left out.' })
export class TakenOut implements TakenOutRow {
  @Field(() => String, { description: 'The host, without a port: all parents on it are out together.' })
  host!: string

  @Field(() => String, { description: 'Why, in their words.' })
  reason!: string

  @Field(() => String, {
    nullable: true,
    description: 'Who asked for it, as they were called then; null when it was asked before that was kept.',
  })
  by!: string | null

  @Field(() => Date, { description: 'When they asked for it.' })
  at!: Date

  @Field(() => Boolean, {
    description:
      'The agent was heard since, and so has been told; it does it within seconds, and again whenever ATS has restarted.',
  })
  isTold!: boolean

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether ATS leaves it out, as its agent read it back; null: not read back yet, or ATS could not be asked.',
  })
  isOut!: boolean | null

  @Field(() => String, { nullable: true, description: 'Why it is not out, in the words of ATS.' })
  says!: string | null
}

@ObjectType({
  description: 'A host that was brought back, and that ATS has not been seen to use again yet.',
})
export class ReturningParent implements ReturningRow {
  @Field(() => String, { description: 'The host, without a port.' })
  host!: string

  @Field(() => String, { nullable: true, description: 'Why it is still out, in the words of ATS.' })
  says!: string | null
}

@ObjectType({ description: 'A parent of what a proxy runs, as its ATS holds it.' })
export class ProxyParent implements ProxyParentRow {
  @Field(() => String, { description: 'Host as in the config.' })
  host!: string

  @Field(() => Int, { description: 'Port.' })
  port!: number

  @Field(() => ParentState, { description: 'As last told; as fresh as the proxy’s `lastSeenAt`.' })
  state!: ParentState

  @Field(() => Date, {
    nullable: true,
    description: 'Since when, by the proxy’s clock; null when nothing is known of it.',
  })
  since!: Date | null

  @Field(() => String, { nullable: true, description: 'ATS’s own words for it.' })
  reason!: string | null

  @Field(() => TakenOut, {
    nullable: true,
    description: 'Intent: its host is to be left out, whatever `state` says; the agent keeps it out.',
  })
  takenOut!: TakenOut | null
}

@ObjectType({ description: 'Something that ATS did with a parent, or with all of them.' })
export class ParentEvent implements Omit<ParentEventRow, 'proxyId' | 'id'> {
  @Field(() => ID, { description: 'Opaque.' })
  id!: number

  @Field(() => String, { nullable: true, description: 'Host as in the config; null: all parents.' })
  host!: string | null

  @Field(() => Int, { nullable: true, description: 'Port; null: all parents.' })
  port!: number | null

  @Field(() => ParentEventKind, { description: 'What it did.' })
  kind!: ParentEventKind

  @Field(() => Date, { description: 'When, by the proxy’s clock.' })
  at!: Date

  @Field(() => String, { description: 'ATS’s own words.' })
  reason!: string
}

export const ParentEventConnection = connectionType('ParentEvent', () => ParentEvent)

@InputType({ description: 'Which parent to leave out, where, and why.' })
export class TakeOutParentInput implements TakeOutParentFields {
  @Field(() => String, {
    description: 'Its host as in the config, without a port: all parents on it go together.',
  })
  host!: string

  @Field(() => [ID], { nullable: true, description: 'On these proxies; null: on all that use it.' })
  proxyIds?: string[] | null

  @Field(() => ID, {
    nullable: true,
    description: 'Only on proxies that should run a version of this config now.',
  })
  runsConfigId?: string | null

  @Field(() => String, { description: 'For those who find it out, 1–500 characters.' })
  reason!: string
}

@InputType({ description: 'Which parent to use again, and where.' })
export class BringBackParentInput implements BringBackParentFields {
  @Field(() => String, { description: 'Its host, without a port.' })
  host!: string

  @Field(() => [ID], { nullable: true, description: 'On these proxies; null: wherever it is out.' })
  proxyIds?: string[] | null

  @Field(() => ID, {
    nullable: true,
    description: 'Only on proxies that should run a version of this config now.',
  })
  runsConfigId?: string | null
}

@ArgsType()
export class ParentHostArgs implements ParentScope {
  @Field(() => [ID], { nullable: true, description: 'Of these proxies only; null: of the fleet.' })
  proxyIds?: string[] | null

  @Field(() => ID, {
    nullable: true,
    description: 'Only of proxies that should run a version of this config now.',
  })
  runsConfigId?: string | null

  @Field(() => String, { nullable: true, description: 'Only this host.' })
  host?: string | null
}

@ObjectType({ description: 'A host with parents, as ATS takes them out: all of them together.' })
export class ParentHost implements ParentHostRow {
  @Field(() => String, { description: 'As in the config.' })
  host!: string

  @Field(() => [Int], { description: 'Ports of the enabled parents on it; none when it is only taken out.' })
  ports!: readonly number[]

  @Field(() => Int, { description: 'Proxies that should use it and where it is not out.' })
  usedOn!: number

  @Field(() => Int, {
    description: 'Of `usedOn`: proxies with no other host left, where what goes to the parents would fail.',
  })
  lastOn!: number

  @Field(() => Int, { description: 'Of `lastOn`: proxies whose config then goes direct instead.' })
  directOn!: number

  @Field(() => Int, { description: 'Proxies where it is taken out.' })
  outOn!: number

  @Field(() => Int, { description: 'Of `outOn`: proxies whose ATS, read back, leaves it out.' })
  confirmedOn!: number

  @Field(() => Int, { description: 'Of `outOn`: proxies whose agents have not been heard since.' })
  waitingOn!: number

  @Field(() => [String], { description: 'The first eight of these by hostname.' })
  waitingFor!: readonly string[]
}

@ObjectType({ description: 'On how many proxies a parent was taken out, or brought back.' })
export class ParentPayload {
  @Field(() => Int, { description: 'Proxies changed, at least 1.' })
  changedCount!: number
}
