/** GraphQL types and inputs of routes: where requests go, and what decides. */
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { ParentProxy, RouteTest, Rule } from '../config/config.types.ts'
import { Verdict } from '../core/vocabulary.ts'
import type {
  CompareRoutesInput as CompareFields,
  ExplainRouteInput as ExplainFields,
  ExplainRoutesInput as ExplainManyFields,
  RouteRequestFields,
} from './explain.ts'
import { RouteSource } from './source.ts'

registerEnumType(RouteSource, {
  name: 'RouteSource',
  description:
    'Whose rules: DRAFT, the working copy. ACTIVE: the version that runs. PROXY: the version whose bytes the named proxy has now.',
})

@ObjectType({ description: 'Where a request goes.' })
export class RouteOutcome {
  @Field(() => Verdict, { description: 'Where it goes.' })
  verdict!: Verdict

  @Field(() => Rule, {
    nullable: true,
    description: 'The rule that decides; null where none does: the default, an odd spelling, a refusal.',
  })
  rule!: Rule | null

  @Field(() => [ParentProxy], {
    description: 'Those that ATS may use, in the order in which it tries them; empty unless PARENT.',
  })
  parents!: readonly ParentProxy[]
}

@ObjectType({ description: 'Where a request goes for some of the addresses that its name may have.' })
export class RouteBranch extends RouteOutcome {
  @Field(() => [String], {
    description: 'Addresses, blocks and ranges, ascending; empty for every other address.',
  })
  addresses!: readonly string[]

  @Field(() => Int, { description: 'Ranges of this branch that are not listed.' })
  unlistedAddresses!: number

  @Field(() => Boolean, { description: 'Whether it holds for all addresses that no other branch names.' })
  isEveryOther!: boolean
}

@ObjectType({ description: 'One fact on the way to the verdict.' })
export class RouteReason {
  @Field(() => String, { description: 'Stable.' })
  code!: string

  @Field(() => String, { description: 'A sentence.' })
  message!: string
}

@ObjectType({ description: 'Where a request goes, and why.' })
export class RouteExplanation extends RouteOutcome {
  @Field(() => [RouteReason], { description: 'In the order in which ATS comes to them.' })
  reasons!: readonly RouteReason[]

  @Field(() => [RouteBranch], {
    description: 'Only for DEPENDS_ON_ADDRESS: which addresses lead where; every address is in one branch.',
  })
  branches!: readonly RouteBranch[]
}

@ObjectType({ description: 'A request that goes elsewhere by other rules.' })
export class RouteDifference {
  @Field(() => Int, { description: 'Which of the requests, from 0.' })
  index!: number

  @Field(() => RouteOutcome, { description: 'By the rules compared from.' })
  before!: RouteOutcome

  @Field(() => RouteOutcome, { description: 'By the rules compared to.' })
  after!: RouteOutcome
}

@ObjectType({ description: 'What other rules change for a list of requests.' })
export class RouteComparison {
  @Field(() => Int, { description: 'Requests compared.' })
  comparedCount!: number

  @Field(() => Int, { description: 'Requests that go elsewhere.' })
  differentCount!: number

  @Field(() => [RouteDifference], { description: 'Those that go elsewhere, in the order of the requests.' })
  differences!: readonly RouteDifference[]
}

@ObjectType({ description: 'What became of one route test of the working copy.' })
export class RouteTestResult {
  @Field(() => RouteTest, { description: 'The test.' })
  test!: RouteTest

  @Field(() => Boolean, { description: 'Whether the request goes where the test expects it.' })
  passed!: boolean

  @Field(() => RouteOutcome, {
    description: 'Where it goes; for a target that stands for many names: where the first that fails goes.',
  })
  got!: RouteOutcome

  @Field(() => String, { description: 'A sentence that names the request and what decided.' })
  message!: string
}

@InputType({ description: 'A request as a client sends it: spellings count.' })
export class RouteRequestInput implements RouteRequestFields {
  @Field(() => String, { description: 'Absolute http:// or https:// URL, or host:port.' })
  url!: string

  @Field(() => String, {
    defaultValue: 'GET',
    description: 'e.g. GET; an https URL and CONNECT are a tunnel to host and port.',
  })
  method!: string

  @Field(() => String, { nullable: true, description: 'Null: some client that may use the proxy.' })
  clientAddress?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'What the proxy’s resolver answers for the host; null: not known.',
  })
  resolvedAddress?: string | null
}

@InputType({ description: 'One request, and whose rules it is asked of.' })
export class ExplainRouteInput extends RouteRequestInput implements ExplainFields {
  @Field(() => ID, { description: 'The config.' })
  configId!: string

  @Field(() => RouteSource, { defaultValue: RouteSource.DRAFT, description: 'Whose rules.' })
  source!: RouteSource

  @Field(() => ID, { nullable: true, description: 'The proxy, where the source is PROXY.' })
  proxyId?: string | null
}

@InputType({ description: 'Many requests, and whose rules they are asked of.' })
export class ExplainRoutesInput implements ExplainManyFields {
  @Field(() => ID, { description: 'The config.' })
  configId!: string

  @Field(() => RouteSource, { defaultValue: RouteSource.DRAFT, description: 'Whose rules.' })
  source!: RouteSource

  @Field(() => ID, { nullable: true, description: 'The proxy, where the source is PROXY.' })
  proxyId?: string | null

  @Field(() => [RouteRequestInput], { description: 'At most 1,000.' })
  requests!: RouteRequestInput[]
}

@InputType({ description: 'Many requests, and the two sets of rules that are compared.' })
export class CompareRoutesInput implements CompareFields {
  @Field(() => ID, { description: 'The config.' })
  configId!: string

  @Field(() => RouteSource, { defaultValue: RouteSource.ACTIVE, description: 'The rules compared from.' })
  from!: RouteSource

  @Field(() => RouteSource, { defaultValue: RouteSource.DRAFT, description: 'The rules compared to.' })
  to!: RouteSource

  @Field(() => ID, { nullable: true, description: 'The proxy, where one of the two is PROXY.' })
  proxyId?: string | null

  @Field(() => [RouteRequestInput], { description: 'At most 1,000.' })
  requests!: RouteRequestInput[]
}
