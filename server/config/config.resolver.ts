/** Configs: reading them, and every step of their life. */
import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql'
import type { ConfigDocument, Rule as CoreRule } from '../core/config-document.ts'
import type { RuleChange as CoreRuleChange } from '../core/diff.ts'
import { AtsGeneration, atsGenerations } from '../core/vocabulary.ts'
import type { Context } from '../graphql/context.ts'
import { type Connection, connectionOf, PageArgs } from '../graphql/page.ts'
import { permit } from '../permit.ts'
import { type ProxyRow, readProxies } from '../proxy/proxy.read.ts'
import { ProxyConnection } from '../proxy/proxy.types.ts'
import { proxyPageRequest } from '../proxy/proxy-page.read.ts'
import { usersById } from '../user/user.read.ts'
import { User } from '../user/user.types.ts'
import { approveConfig } from './approve.ts'
import { cloneConfig } from './clone.ts'
import {
  ApproveConfigInput,
  CloneConfigInput,
  CreateConfigInput,
  EditRulesInput,
  ImportConfigFilesInput,
  RejectConfigInput,
  RestoreVersionInput,
  RetireConfigInput,
  SetConfigProxiesInput,
  SubmitConfigInput,
  UpdateConfigInput,
} from './config.inputs.ts'
import {
  type ConfigRow,
  followingCountByConfigId,
  isLeaving,
  readConfig,
  readConfigs,
  readListedProxies,
  readVersions,
  takenCountByConfigId,
  type VersionRow,
  versionById,
} from './config.read.ts'
import {
  ClientRule,
  Config,
  ConfigArgs,
  ConfigConnection,
  ConfigFile,
  ConfigPayload,
  ConfigVersion,
  ConfigVersionConnection,
  Failover,
  ImportPayload,
  OwnedRecord,
  ParentProxy,
  Problem,
  RouteTest,
  Rule,
  RuleChange,
  RuleChanges,
  RuleChangesArgs,
  Warning,
} from './config.types.ts'
import { createConfig } from './create.ts'
import { documentByConfigId } from './document.read.ts'
import { editRules } from './edit-rules.ts'
import { importConfigFiles } from './import.ts'
import { filesOf, problemsByConfigId, readRendering, warningsByConfigId } from './preview.read.ts'
import { rejectConfig } from './reject.ts'
import { restoreVersion } from './restore.ts'
import { retireConfig } from './retire.ts'
import { readRuleChanges } from './rule-changes.read.ts'
import { setConfigProxies } from './set-proxies.ts'
import { submitConfig } from './submit.ts'
import { updateConfig } from './update.ts'

const generationArg = 'generation'

@Resolver(() => Config)
export class ConfigResolver {
  @Query(() => Config, { description: 'One config; NOT_FOUND for an unknown id.' })
  config(
    @Ctx() { op }: Context,
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
  ): Promise<Config> {
    permit(op, 'fleet.read')
    return readConfig(op, id)
  }

  @Query(() => ConfigConnection, { description: 'Configs by name.' })
  async configs(
    @Ctx() { op }: Context,
    @Args(() => ConfigArgs) args: ConfigArgs,
  ): Promise<Connection<ConfigRow>> {
    permit(op, 'fleet.read')
    const { search = null, status = null, isRetired } = args
    const filter = { search, status, isRetired }
    return connectionOf(await readConfigs(op, filter, args.request(2)))
  }

  @FieldResolver(() => [Rule], { description: 'The ordered list of the working copy.' })
  async rules(@Ctx() context: Context, @Root() config: Config): Promise<Rule[]> {
    return rulesOf(await documentOf(context, config))
  }

  @FieldResolver(() => RuleChanges, { description: 'What became of its rules between two of its states.' })
  async ruleChanges(
    @Ctx() { op }: Context,
    @Root() config: Config,
    @Args(() => RuleChangesArgs) request: RuleChangesArgs,
  ): Promise<RuleChanges> {
    const { changes, ...counts } = await readRuleChanges(op, config.id, request)
    return { ...counts, changes: changes.map(changeOf) }
  }

  @FieldResolver(() => [ParentProxy], { description: 'Next hops, by priority.' })
  async parentProxies(@Ctx() context: Context, @Root() config: Config): Promise<readonly ParentProxy[]> {
    return (await documentOf(context, config)).parentProxies
  }

  @FieldResolver(() => [ClientRule], { description: 'Who may use the proxies, in order.' })
  async clientRules(@Ctx() context: Context, @Root() config: Config): Promise<readonly ClientRule[]> {
    return (await documentOf(context, config)).clientRules
  }

  @FieldResolver(() => [RouteTest], { description: 'What is to hold, in order.' })
  async routeTests(@Ctx() context: Context, @Root() config: Config): Promise<readonly RouteTest[]> {
    return (await documentOf(context, config)).routeTests
  }

  @FieldResolver(() => Failover, { description: 'What happens when a parent does not answer.' })
  async failover(@Ctx() context: Context, @Root() config: Config): Promise<Failover> {
    return (await documentOf(context, config)).failover
  }

  @FieldResolver(() => ProxyConnection, { description: 'Proxies that the working copy names.' })
  async proxies(
    @Ctx() { op }: Context,
    @Root() config: Config,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Connection<ProxyRow>> {
    return connectionOf(await readProxies(op, { configId: config.id }, proxyPageRequest(page)))
  }

  @FieldResolver(() => [ID], { description: 'Every proxy that the working copy names, without pages.' })
  async proxyIds(@Ctx() { op }: Context, @Root() config: Config): Promise<readonly string[]> {
    return (await readListedProxies(op, config.id)).map((proxy) => proxy.id)
  }

  @FieldResolver(() => ProxyConnection, {
    description:
      'Proxies that run this config now and will be released at approval, because the working copy no longer names them.',
  })
  async leavingProxies(
    @Ctx() { op }: Context,
    @Root() config: Config,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Connection<ProxyRow>> {
    return connectionOf(
      await readProxies(op, { where: isLeaving(op.read, config.id) }, proxyPageRequest(page)),
    )
  }

  @FieldResolver(() => Int, {
    description: 'Listed proxies that another config runs now; approval takes them over.',
  })
  async takenProxyCount(@Ctx() { op }: Context, @Root() config: Config): Promise<number> {
    return (await op.load(takenCountByConfigId, config.id)) ?? 0
  }

  @FieldResolver(() => Int, {
    description:
      'Proxies that follow this config through their enrolment token; in neither the list nor the hash.',
  })
  async followingProxyCount(@Ctx() { op }: Context, @Root() config: Config): Promise<number> {
    return (await op.load(followingCountByConfigId, config.id)) ?? 0
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who made it.' })
  createdBy(@Ctx() context: Context, @Root() config: Config) {
    return userOf(context, config.createdBy)
  }

  @FieldResolver(() => [User], {
    description:
      'Who changed the working copy since the last approval; under SECOND_PERSON they can’t approve it.',
  })
  async authors(@Ctx() { op }: Context, @Root() config: Config): Promise<User[]> {
    const users = await Promise.all(config.authorIds.map((id) => op.load(usersById, id)))
    return users.filter((user) => user !== undefined)
  }

  @FieldResolver(() => User, {
    nullable: true,
    description: 'Who submitted the working copy; null in draft.',
  })
  submittedBy(@Ctx() context: Context, @Root() config: Config) {
    return userOf(context, config.submittedBy)
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who approved the working copy; null in draft.' })
  approvedBy(@Ctx() context: Context, @Root() config: Config) {
    return userOf(context, config.approvedBy)
  }

  @FieldResolver(() => [ConfigFile], {
    description: 'What approval would deliver, rendered from the working copy; empty while it has problems.',
  })
  async files(
    @Ctx() { op }: Context,
    @Root() config: Config,
    @Arg(generationArg, () => AtsGeneration, { nullable: true, description: 'Only for this ATS generation.' })
    generation?: AtsGeneration | null,
  ): Promise<ConfigFile[]> {
    const wanted = generation ? [generation] : atsGenerations
    return (await Promise.all(wanted.map((each) => readRendering(op, config.id, each))))
      .flat()
      .flatMap(filesOf)
  }

  @FieldResolver(() => [OwnedRecord], { description: 'The ATS records that approval would set.' })
  async records(
    @Ctx() { op }: Context,
    @Root() config: Config,
    @Arg(generationArg, () => AtsGeneration, { description: 'For which ATS generation.' })
    generation: AtsGeneration,
  ): Promise<readonly OwnedRecord[]> {
    return (await readRendering(op, config.id, generation)).flatMap((rendering) => rendering.records)
  }

  @FieldResolver(() => [Problem], { description: 'What blocks submission.' })
  async problems(@Ctx() { op }: Context, @Root() config: Config): Promise<readonly Problem[]> {
    return (await op.load(problemsByConfigId, config.id)) ?? []
  }

  @FieldResolver(() => [Warning], {
    description: 'What a reviewer should know, each with a way to mend it; blocks nothing.',
  })
  async warnings(@Ctx() { op }: Context, @Root() config: Config): Promise<readonly Warning[]> {
    return (await op.load(warningsByConfigId, config.id)) ?? []
  }

  @FieldResolver(() => ConfigVersion, {
    nullable: true,
    description: 'What runs, also while the working copy is being edited.',
  })
  async activeVersion(@Ctx() { op }: Context, @Root() config: Config) {
    return config.activeVersionId === null ? null : op.load(versionById, config.activeVersionId)
  }

  @FieldResolver(() => Boolean, { description: 'Whether a version was ever approved.' })
  hasActiveVersion(@Root() config: Config): boolean {
    return config.activeVersionId !== null
  }

  @FieldResolver(() => ConfigVersionConnection, { description: 'Every approved version, newest first.' })
  async versions(
    @Ctx() { op }: Context,
    @Root() config: Config,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Connection<VersionRow>> {
    return connectionOf(await readVersions(op, config.id, page.request(1)))
  }

  @Mutation(() => ConfigPayload, { description: 'Makes a config: a draft that nothing runs yet.' })
  async createConfig(
    @Ctx() { op }: Context,
    @Arg('input', () => CreateConfigInput) input: CreateConfigInput,
  ) {
    return { config: await createConfig(op, input) }
  }

  @Mutation(() => ConfigPayload, { description: 'Edits the working copy; it becomes a draft again.' })
  async updateConfig(
    @Ctx() { op }: Context,
    @Arg('input', () => UpdateConfigInput) input: UpdateConfigInput,
  ) {
    return { config: await updateConfig(op, input) }
  }

  @Mutation(() => ConfigPayload, { description: 'Edits a long rule list by operations.' })
  async editRules(@Ctx() { op }: Context, @Arg('input', () => EditRulesInput) input: EditRulesInput) {
    return { config: await editRules(op, input) }
  }

  @Mutation(() => ConfigPayload, {
    description: 'Says which proxies the config names; takes effect at approval.',
  })
  async setConfigProxies(
    @Ctx() { op }: Context,
    @Arg('input', () => SetConfigProxiesInput) input: SetConfigProxiesInput,
  ) {
    return { config: await setConfigProxies(op, input) }
  }

  @Mutation(() => ConfigPayload, {
    description: 'Freezes the draft and gives it the hash that the second confirmation names.',
  })
  async submitConfig(
    @Ctx() { op }: Context,
    @Arg('input', () => SubmitConfigInput) input: SubmitConfigInput,
  ) {
    return { config: await submitConfig(op, input) }
  }

  @Mutation(() => ConfigPayload, {
    description: 'The second confirmation: agents fetch the new version within seconds.',
  })
  async approveConfig(
    @Ctx() { op }: Context,
    @Arg('input', () => ApproveConfigInput) input: ApproveConfigInput,
  ) {
    return { config: await approveConfig(op, input) }
  }

  @Mutation(() => ConfigPayload, { description: 'Sends a submission back to draft, with a reason.' })
  async rejectConfig(
    @Ctx() { op }: Context,
    @Arg('input', () => RejectConfigInput) input: RejectConfigInput,
  ) {
    return { config: await rejectConfig(op, input) }
  }

  @Mutation(() => ConfigPayload, {
    description: 'Puts an older version’s document into a submitted working copy.',
  })
  async restoreVersion(
    @Ctx() { op }: Context,
    @Arg('input', () => RestoreVersionInput) input: RestoreVersionInput,
  ) {
    return { config: await restoreVersion(op, input) }
  }

  @Mutation(() => ConfigPayload, {
    description: 'Makes a draft from another config’s working copy, or from one of its versions.',
  })
  async cloneConfig(@Ctx() { op }: Context, @Arg('input', () => CloneConfigInput) input: CloneConfigInput) {
    return { config: await cloneConfig(op, input) }
  }

  @Mutation(() => ImportPayload, {
    description:
      'Makes a draft from an ATS’s own files. BAD_USER_INPUT for files that give no rule, no parent and no client rule.',
  })
  importConfigFiles(
    @Ctx() { op }: Context,
    @Arg('input', () => ImportConfigFilesInput) input: ImportConfigFilesInput,
  ) {
    return importConfigFiles(op, input)
  }

  @Mutation(() => ConfigPayload, {
    description:
      'Retires a config: its versions and audit trail stay readable. CONFLICT while proxies run it or enrolment tokens name it.',
  })
  async retireConfig(
    @Ctx() { op }: Context,
    @Arg('input', () => RetireConfigInput) input: RetireConfigInput,
  ) {
    return { config: await retireConfig(op, input) }
  }
}

async function documentOf({ op }: Context, config: Config): Promise<ConfigDocument> {
  const document = await op.load(documentByConfigId, config.id)
  if (!document) throw new Error(`config ${config.id} has no document`)
  return document
}

export function rulesOf(document: ConfigDocument): Rule[] {
  return document.rules.map(ruleOf)
}

function ruleOf(rule: CoreRule): Rule {
  return { ...rule, expiresAt: rule.expiresAt === null ? null : new Date(rule.expiresAt) }
}

function changeOf(change: CoreRuleChange): RuleChange {
  const { kind } = change
  switch (kind) {
    case 'rule-removed':
      return { kind, row: change.row, fromRow: null, before: ruleOf(change.rule), after: null }
    case 'rule-added':
      return { kind, row: change.row, fromRow: null, before: null, after: ruleOf(change.rule) }
    case 'rule-changed': {
      const { before, after, row } = change
      return { kind, row, fromRow: null, before: ruleOf(before), after: ruleOf(after) }
    }
    case 'rule-moved': {
      const rule = ruleOf(change.rule)
      return { kind, row: change.toRow, fromRow: change.fromRow, before: rule, after: rule }
    }
  }
}

export function userOf({ op }: Context, id: string | null) {
  return id === null ? null : op.load(usersById, id)
}
