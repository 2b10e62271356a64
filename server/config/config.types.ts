/** GraphQL types of configs, their rules and versions. */
import { GraphQLJSON } from 'graphql-scalars'
import { ArgsType, Field, ID, Int, ObjectType } from 'type-graphql'
import type * as core from '../core/config-document.ts'
import { RuleChangeKind } from '../core/diff.ts'
import { type ImportFinding as Finding, FindingKind } from '../core/import-finding.ts'
import type { Problem as CoreProblem } from '../core/refusal.ts'
import type { RouteTest as CoreRouteTest } from '../core/route-test-shape.ts'
import {
  AtsGeneration,
  ClientAction,
  ConfigStatus,
  ParentSelection,
  Route,
  RouteExpectation,
  RuleKind,
  VersionStatus,
} from '../core/vocabulary.ts'
import type { Sentence } from '../core/warnings/sentences.ts'
import type { Warning as CoreWarning, WarningCode } from '../core/warnings/warning.ts'
import type { StoredFile, StoredRecord } from '../database/tables.ts'
import { connectionType, PageArgs } from '../graphql/page.ts'
import { RecordType } from '../graphql/scalars.ts'

@ObjectType({
  simpleResolvers: true,
  description: 'One line of the ordered list; the first enabled rule that matches decides.',
})
export class Rule implements Omit<core.Rule, 'expiresAt'> {
  @Field(() => ID, { description: 'Stable while the rule stays in the list.' })
  id!: string

  @Field(() => RuleKind, { description: 'What the value is.' })
  kind!: RuleKind

  @Field(() => String, { description: 'A name, or a range of addresses, in canonical spelling.' })
  value!: string

  @Field(() => Route, { description: 'Where matching requests go.' })
  action!: Route

  @Field(() => Boolean, { description: 'A disabled rule is kept but not rendered.' })
  enabled!: boolean

  @Field(() => String, { description: 'Why it is there.' })
  note!: string

  @Field(() => String, { description: 'Who asked for it.' })
  owner!: string

  @Field(() => Date, { nullable: true, description: 'When it is to end; null: never.' })
  expiresAt!: Date | null
}

@ObjectType({ simpleResolvers: true, description: 'A next hop.' })
export class ParentProxy implements core.ParentProxy {
  @Field(() => String, { description: 'Name or IPv4 address.' })
  host!: string

  @Field(() => Int, { description: '1–65535.' })
  port!: number

  @Field(() => Int, { description: '1 is tried first; distinct.' })
  priority!: number

  @Field(() => Boolean, { description: 'A disabled parent is kept but not used.' })
  enabled!: boolean
}

@ObjectType({
  simpleResolvers: true,
  description:
    'Who may use the proxy; the first range that holds the client decides, after the last comes deny.',
})
export class ClientRule implements core.ClientRule {
  @Field(() => String, { description: 'CIDR, `a-b` or one address.' })
  range!: string

  @Field(() => ClientAction, { description: 'Whether clients in the range may use the proxy.' })
  action!: ClientAction
}

@ObjectType({
  simpleResolvers: true,
  description: 'What somebody relies on: submission and approval are refused while it does not hold.',
})
export class RouteTest implements CoreRouteTest {
  @Field(() => String, {
    description: 'A URL, `host:port`, a bare host, or `*.corp.example`: the domain and all below it.',
  })
  target!: string

  @Field(() => String, { description: 'e.g. GET or CONNECT.' })
  method!: string

  @Field(() => String, { nullable: true, description: 'Null: some client that may use the proxy.' })
  clientAddress!: string | null

  @Field(() => String, {
    nullable: true,
    description: 'What the proxy’s resolver answers; null: not known.',
  })
  resolvedAddress!: string | null

  @Field(() => RouteExpectation, { description: 'Where the request is to go.' })
  expect!: RouteExpectation

  @Field(() => String, { description: 'Why it matters.' })
  note!: string
}

@ObjectType({ simpleResolvers: true, description: 'What happens when a parent does not answer.' })
export class Failover implements core.Failover {
  @Field(() => ParentSelection, { description: 'How a parent is picked.' })
  selection!: ParentSelection

  @Field(() => Int, { description: 'Failed attempts before a parent counts as down.' })
  failThreshold!: number

  @Field(() => Int, { description: 'Seconds until a parent that is down is tried again.' })
  retrySeconds!: number

  @Field(() => Int, { description: 'Seconds that one connection attempt may take.' })
  connectTimeoutSeconds!: number

  @Field(() => Boolean, { description: 'With every parent down: true goes direct, false fails.' })
  directWhenAllDown!: boolean
}

@ObjectType({ simpleResolvers: true, description: 'One generated file.' })
export class ConfigFile implements StoredFile {
  @Field(() => AtsGeneration, { description: 'The ATS generation that it is for.' })
  generation!: AtsGeneration

  @Field(() => String, { description: 'parent.config, sni.yaml or ip_allow.yaml.' })
  name!: string

  @Field(() => String, { description: 'Its exact text.' })
  content!: string

  @Field(() => String, { description: 'SHA-256 of its bytes, hex.' })
  sha256!: string
}

@ObjectType({
  simpleResolvers: true,
  description: 'An ATS record that routing depends on; kept in a marked block of the host’s records.',
})
export class OwnedRecord implements StoredRecord {
  @Field(() => String, { description: 'e.g. proxy.config.http.parent_proxy.retry_time' })
  name!: string

  @Field(() => RecordType, { description: 'Type as in records.config.' })
  type!: RecordType

  @Field(() => String, { description: 'Value as text.' })
  value!: string
}

@ObjectType({ simpleResolvers: true, description: 'One thing to mend or to know.' })
export class Problem implements CoreProblem {
  @Field(() => String, { description: 'Dotted, with list indexes: `rules.3.value`.' })
  path!: string

  @Field(() => String, { description: 'Stable.' })
  code!: string

  @Field(() => String, { description: 'A sentence.' })
  message!: string
}

@ObjectType({ simpleResolvers: true, description: 'What a reviewer should know; it blocks nothing.' })
export class Warning implements CoreWarning {
  @Field(() => String, {
    description: 'Dotted, with list indexes: `rules.3.value`. Empty where it only counts others.',
  })
  path!: string

  @Field(() => String, { description: 'Stable; what `acknowledgedWarnings` names.' })
  code!: WarningCode

  @Field(() => String, { description: 'A sentence.' })
  message!: string

  @Field(() => String, {
    description: 'Which sentence the message is: stable, to say it in another language.',
  })
  sentence!: Sentence

  @Field(() => GraphQLJSON, {
    description:
      'What the sentence names, by name: a text, a number, or a list as `{listed, isMore}`; rows count from 1.',
  })
  facts!: CoreWarning['facts']

  @Field(() => String, { description: 'How to mend it: a sentence.' })
  mend!: string

  @Field(() => Int, {
    description:
      '0. Of a code found more than 100 times the last one counts how many more there are, which are not listed.',
  })
  more!: number
}

@ObjectType({
  description: 'A named set of routing rules: one working copy, and the versions that were approved.',
})
export class Config {
  @Field(() => ID, { description: 'Opaque.' })
  id!: string

  @Field(() => String, { description: 'Unique, whatever the case.' })
  name!: string

  @Field(() => String, { description: 'What it is for.' })
  description!: string

  @Field(() => ConfigStatus, { description: 'Status of the working copy.' })
  status!: ConfigStatus

  @Field(() => Int, { description: 'Raised by every edit; name it when you change something.' })
  revision!: number

  @Field(() => Route, { description: 'Where requests go that no rule matches.' })
  defaultAction!: Route

  authorIds!: string[]
  createdBy!: string | null
  submittedBy!: string | null
  approvedBy!: string | null
  activeVersionId!: string | null

  @Field(() => Date, { description: 'When it was made.' })
  createdAt!: Date

  @Field(() => Date, { description: 'When the working copy last changed.' })
  updatedAt!: Date

  @Field(() => Date, { nullable: true, description: 'When the working copy was submitted; null in draft.' })
  submittedAt!: Date | null

  @Field(() => Date, { nullable: true, description: 'When the working copy was approved; null in draft.' })
  approvedAt!: Date | null

  @Field(() => String, {
    nullable: true,
    description:
      'What an approval confirms: document, files of every generation, proxies and who runs them now. Null in draft.',
  })
  configHash!: string | null

  @Field(() => Date, {
    nullable: true,
    description: 'When it was retired, if it was; then no step is open any more, and its name is free.',
  })
  retiredAt!: Date | null
}

@ObjectType({
  description: 'What was approved; immutable, with its exact bytes for every supported ATS generation.',
})
export class ConfigVersion {
  @Field(() => ID, { description: 'Opaque.' })
  id!: string

  @Field(() => Int, { description: 'Counts up within its config.' })
  number!: number

  @Field(() => VersionStatus, { description: 'ACTIVE for the newest.' })
  status!: VersionStatus

  configId!: string
  submittedBy!: string | null
  approvedBy!: string | null

  @Field(() => Date, { description: 'When it was submitted.' })
  submittedAt!: Date

  @Field(() => Date, { description: 'When it was approved.' })
  approvedAt!: Date

  @Field(() => String, { description: 'The hash that was confirmed.' })
  configHash!: string
}

export const ConfigConnection = connectionType('Config', () => Config)
export const ConfigVersionConnection = connectionType('ConfigVersion', () => ConfigVersion)

@ObjectType({ description: 'A config after a change.' })
export class ConfigPayload {
  @Field(() => Config, { description: 'The config.' })
  config!: Config
}

@ObjectType({ description: 'What an import says about one line of a file.' })
export class ImportFinding implements Finding {
  @Field(() => String, { description: 'The file, as it was named.' })
  file!: string

  @Field(() => Int, { description: 'The line, from 1.' })
  line!: number

  @Field(() => String, { description: 'The line’s text, at most 300 characters of it.' })
  text!: string

  @Field(() => String, { description: 'Stable; upper case.' })
  code!: Finding['code']

  @Field(() => String, { description: 'A sentence in English.' })
  message!: string

  @Field(() => FindingKind, { description: 'Whether something was lost, changed, or is only worth knowing.' })
  kind!: FindingKind
}

@ObjectType({ description: 'The draft that files became, and what they say beyond it.' })
export class ImportPayload {
  @Field(() => Config, { description: 'The config.' })
  config!: Config

  @Field(() => [ImportFinding], {
    description: 'By file and line; at most 10,000, and one that counts the rest.',
  })
  findings!: ImportFinding[]
}

@ObjectType({ description: 'What became of one rule.' })
export class RuleChange {
  @Field(() => RuleChangeKind, { description: 'A rule that was edited and moved is listed under both.' })
  kind!: RuleChangeKind

  @Field(() => Int, { description: 'Its row, from 1: of a removed rule where it was, else where it is.' })
  row!: number

  @Field(() => Int, { nullable: true, description: 'MOVED: the row where it was.' })
  fromRow!: number | null

  @Field(() => Rule, { nullable: true, description: 'The rule as it was; null where it was ADDED.' })
  before!: Rule | null

  @Field(() => Rule, { nullable: true, description: 'The rule as it is; null where it was REMOVED.' })
  after!: Rule | null
}

@ObjectType({ description: 'How the rules of two states of a config differ.' })
export class RuleChanges {
  @Field(() => Int, { description: 'Rules that went.' })
  removedCount!: number

  @Field(() => Int, { description: 'Rules that came.' })
  addedCount!: number

  @Field(() => Int, { description: 'Rules of which a field is another.' })
  changedCount!: number

  @Field(() => Int, { description: 'Rules that moved past others; as few as possible.' })
  movedCount!: number

  @Field(() => [RuleChange], {
    description: 'The page asked for: by kind in the order of these counts, then by row.',
  })
  changes!: RuleChange[]
}

@ArgsType()
export class RuleChangesArgs {
  @Field(() => ID, {
    description:
      'A version of this config; `working`: the working copy; `none`: nothing, so that every rule is new.',
  })
  from!: string

  @Field(() => ID, { defaultValue: 'working', description: 'A version of this config, or `working`.' })
  to!: string

  @Field(() => Int, { defaultValue: 0, description: 'Changes to pass over.' })
  offset!: number

  @Field(() => Int, { defaultValue: 50, description: 'Changes wanted, 1–100.' })
  first!: number
}

@ArgsType()
export class ConfigArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Part of the name or description.' })
  search?: string | null

  @Field(() => ConfigStatus, { nullable: true, description: 'Only working copies in this status.' })
  status?: ConfigStatus | null

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'False: only configs that live. True: only retired ones.',
  })
  isRetired!: boolean
}
