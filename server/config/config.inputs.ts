/** GraphQL inputs of configs. */
import { Field, ID, InputType, Int } from 'type-graphql'
import { ClientAction, ParentSelection, Route, RouteExpectation, RuleKind } from '../core/vocabulary.ts'
import type { ApproveConfigInput as ApproveFields } from './approve.ts'
import type { CloneConfigInput as CloneFields } from './clone.ts'
import type { CreateConfigInput as CreateFields } from './create.ts'
import type { EditRulesInput as EditFields, RuleOperation } from './edit-rules.ts'
import type { DocumentFields, RouteTestFields, RuleFields } from './input.ts'
import type { RejectConfigInput as RejectFields } from './reject.ts'
import type { RestoreVersionInput as RestoreFields } from './restore.ts'
import type { RetireConfigInput as RetireFields } from './retire.ts'
import type { SetConfigProxiesInput as SetProxiesFields } from './set-proxies.ts'
import type { SubmitConfigInput as SubmitFields } from './submit.ts'
import type { UpdateConfigInput as UpdateFields } from './update.ts'

@InputType({ description: 'A rule.' })
export class RuleInput implements RuleFields {
  @Field(() => RuleKind, {
    description: 'DOMAIN: the name and all below it. HOST: exactly it. IP_RANGE: addresses.',
  })
  kind!: RuleKind

  @Field(() => String, {
    description: 'e.g. `corp.example`, `10.0.0.0/8`, `10.0.0.1-10.0.0.9`, `2001:db8::/32`',
  })
  value!: string

  @Field(() => Route, { description: 'Where matching requests go.' })
  action!: Route

  @Field(() => Boolean, { defaultValue: true, description: 'A disabled rule is kept but not rendered.' })
  enabled!: boolean

  @Field(() => String, { defaultValue: '', description: 'Why it is there; at most 500 characters.' })
  note!: string

  @Field(() => String, { defaultValue: '', description: 'Who asked for it; at most 100 characters.' })
  owner!: string

  @Field(() => Date, { nullable: true, description: 'When it is to end; null: never.' })
  expiresAt?: Date | null
}

@InputType({ description: 'A next hop.' })
export class ParentProxyInput {
  @Field(() => String, { description: 'Name or IPv4 address.' })
  host!: string

  @Field(() => Int, { description: '1–65535.' })
  port!: number

  @Field(() => Int, { description: '1 is tried first; distinct.' })
  priority!: number

  @Field(() => Boolean, { defaultValue: true, description: 'A disabled parent is kept but not used.' })
  enabled!: boolean
}

@InputType({ description: 'Who may use the proxy.' })
export class ClientRuleInput {
  @Field(() => String, { description: 'CIDR, `a-b` or one address.' })
  range!: string

  @Field(() => ClientAction, { description: 'Whether clients in the range may use the proxy.' })
  action!: ClientAction
}

@InputType({ description: 'What somebody relies on.' })
export class RouteTestInput implements RouteTestFields {
  @Field(() => String, {
    description: 'A URL, `host:port`, a bare host, or `*.corp.example`: the domain and all below it.',
  })
  target!: string

  @Field(() => String, { defaultValue: 'GET', description: 'e.g. GET or CONNECT.' })
  method!: string

  @Field(() => String, { nullable: true, description: 'Null: some client that may use the proxy.' })
  clientAddress?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'What the proxy’s resolver answers; null: not known.',
  })
  resolvedAddress?: string | null

  @Field(() => RouteExpectation, { description: 'Where the request is to go.' })
  expect!: RouteExpectation

  @Field(() => String, { defaultValue: '', description: 'Why it matters; at most 500 characters.' })
  note!: string
}

@InputType({
  description:
    'What happens when a parent does not answer; what is left out stays, or is PRIMARY_FIRST, 2, 300, 5 and false in a new config.',
})
export class FailoverInput {
  @Field(() => ParentSelection, { nullable: true, description: 'How a parent is picked.' })
  selection?: ParentSelection | null

  @Field(() => Int, { nullable: true, description: 'Failed attempts before a parent counts as down.' })
  failThreshold?: number | null

  @Field(() => Int, { nullable: true, description: 'Seconds until a parent that is down is tried again.' })
  retrySeconds?: number | null

  @Field(() => Int, { nullable: true, description: 'Seconds that one connection attempt may take.' })
  connectTimeoutSeconds?: number | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'With every parent down: true goes direct, false fails.',
  })
  directWhenAllDown?: boolean | null
}

@InputType({ description: 'A new config.' })
export class CreateConfigInput implements CreateFields, DocumentFields {
  @Field(() => String, { description: 'Unique, whatever the case; at most 100 characters.' })
  name!: string

  @Field(() => String, { defaultValue: '', description: 'What it is for; at most 2,000 characters.' })
  description!: string

  @Field(() => Route, { description: 'Where requests go that no rule matches.' })
  defaultAction!: Route

  @Field(() => [RuleInput], { defaultValue: [], description: 'In order; the first that matches decides.' })
  rules!: RuleInput[]

  @Field(() => [ParentProxyInput], { defaultValue: [], description: 'Next hops.' })
  parentProxies!: ParentProxyInput[]

  @Field(() => [ClientRuleInput], {
    defaultValue: [],
    description: 'In order. Empty: loopback and private ranges may use the proxy, the rest may not.',
  })
  clientRules!: ClientRuleInput[]

  @Field(() => FailoverInput, { nullable: true, description: 'What happens when a parent does not answer.' })
  failover?: FailoverInput

  @Field(() => [RouteTestInput], {
    defaultValue: [],
    description: 'What is to hold whenever the config is submitted or approved; at most 1,000.',
  })
  routeTests!: RouteTestInput[]
}

@InputType({ description: 'Fields left out stay as they are; a list given replaces the whole list.' })
export class UpdateConfigInput implements UpdateFields {
  @Field(() => ID, { description: 'The config.' })
  id!: string

  @Field(() => Int, { description: 'The revision that you read; a stale one is refused with CONFLICT.' })
  revision!: number

  @Field(() => String, { nullable: true, description: 'Unique, whatever the case.' })
  name?: string

  @Field(() => String, { nullable: true, description: 'What it is for.' })
  description?: string

  @Field(() => Route, { nullable: true, description: 'Where requests go that no rule matches.' })
  defaultAction?: Route

  @Field(() => [RuleInput], { nullable: true, description: 'In order; the first that matches decides.' })
  rules?: RuleInput[]

  @Field(() => [ParentProxyInput], { nullable: true, description: 'Next hops.' })
  parentProxies?: ParentProxyInput[]

  @Field(() => [ClientRuleInput], { nullable: true, description: 'In order.' })
  clientRules?: ClientRuleInput[]

  @Field(() => FailoverInput, { nullable: true, description: 'What happens when a parent does not answer.' })
  failover?: FailoverInput

  @Field(() => [RouteTestInput], {
    nullable: true,
    description: 'What is to hold whenever the config is submitted or approved; at most 1,000.',
  })
  routeTests?: RouteTestInput[]

  @Field(() => [ID], {
    nullable: true,
    description: 'The proxies that it names, as with setConfigProxies, in the same revision.',
  })
  proxyIds?: string[]
}

@InputType({ description: 'Inserts a rule.' })
export class AddRuleInput {
  @Field(() => RuleInput, { description: 'The rule.' })
  rule!: RuleInput

  @Field(() => Int, { nullable: true, description: '0-based position; at the end without it.' })
  at?: number | null
}

@InputType({ description: 'Replaces a rule in its place.' })
export class ChangeRuleInput {
  @Field(() => ID, { description: 'Which.' })
  id!: string

  @Field(() => RuleInput, { description: 'What it becomes.' })
  rule!: RuleInput
}

@InputType({ description: 'Takes a rule out.' })
export class RemoveRuleInput {
  @Field(() => ID, { description: 'Which.' })
  id!: string
}

@InputType({ description: 'Moves a rule.' })
export class MoveRuleInput {
  @Field(() => ID, { description: 'Which.' })
  id!: string

  @Field(() => Int, { description: 'Its 0-based position afterwards.' })
  to!: number
}

@InputType({ description: 'Exactly one of the fields.' })
export class RuleOperationInput implements RuleOperation {
  @Field(() => AddRuleInput, { nullable: true, description: 'Inserts a rule.' })
  add?: AddRuleInput

  @Field(() => ChangeRuleInput, { nullable: true, description: 'Replaces a rule in its place.' })
  update?: ChangeRuleInput

  @Field(() => RemoveRuleInput, { nullable: true, description: 'Takes a rule out.' })
  remove?: RemoveRuleInput

  @Field(() => MoveRuleInput, { nullable: true, description: 'Moves a rule.' })
  move?: MoveRuleInput
}

@InputType({ description: 'Edits of the rule list, applied in order, all or none.' })
export class EditRulesInput implements EditFields {
  @Field(() => ID, { description: 'The config.' })
  id!: string

  @Field(() => Int, { description: 'The revision that you read.' })
  revision!: number

  @Field(() => [RuleOperationInput], { description: 'At most 10,000.' })
  operations!: RuleOperationInput[]
}

@InputType({ description: 'Which proxies a config names.' })
export class SetConfigProxiesInput implements SetProxiesFields {
  @Field(() => ID, { description: 'The config.' })
  configId!: string

  @Field(() => Int, { description: 'The revision that you read.' })
  revision!: number

  @Field(() => [ID], { description: 'The whole list.' })
  proxyIds!: string[]
}

@InputType({ description: 'Which working copy to submit.' })
export class SubmitConfigInput implements SubmitFields {
  @Field(() => ID, { description: 'The config.' })
  id!: string

  @Field(() => Int, { description: 'The revision that you read.' })
  revision!: number
}

@InputType({ description: 'The second confirmation: of exactly this content.' })
export class ApproveConfigInput implements ApproveFields {
  @Field(() => ID, { description: 'The config.' })
  id!: string

  @Field(() => Int, { description: 'The revision that you saw.' })
  revision!: number

  @Field(() => String, { description: 'The `configHash` that you saw.' })
  configHash!: string

  @Field(() => [String], {
    nullable: true,
    description:
      'Codes of the warnings that you have read; they go into the audit entry. At most 100, each at most 100 characters.',
  })
  acknowledgedWarnings?: string[] | null
}

@InputType({ description: 'A new draft from a config’s rules, parents and description; not its proxies.' })
export class CloneConfigInput implements CloneFields {
  @Field(() => ID, { description: 'The config to copy from; a retired one as well.' })
  id!: string

  @Field(() => String, { description: 'Of the new config: unique, whatever the case.' })
  name!: string

  @Field(() => ID, {
    nullable: true,
    description: 'A version of that config; without it the working copy is copied.',
  })
  versionId?: string | null
}

@InputType({ description: 'Ends a config that no proxy runs and no usable enrolment token names.' })
export class RetireConfigInput implements RetireFields {
  @Field(() => ID, { description: 'The config.' })
  id!: string

  @Field(() => Int, { description: 'The revision that you saw.' })
  revision!: number

  @Field(() => String, { description: 'Why; at most 500 characters.' })
  reason!: string
}

@InputType({ description: 'Sends a submission back.' })
export class RejectConfigInput implements RejectFields {
  @Field(() => ID, { description: 'The config.' })
  id!: string

  @Field(() => Int, { description: 'The revision that you saw.' })
  revision!: number

  @Field(() => String, { description: 'Why; at most 500 characters.' })
  reason!: string
}

@InputType({ description: 'The way back.' })
export class RestoreVersionInput implements RestoreFields {
  @Field(() => ID, { description: 'The version whose document is wanted.' })
  versionId!: string

  @Field(() => Int, { description: 'The working copy’s revision that you read.' })
  revision!: number
}
