/** Approved versions: everything as it was confirmed and is delivered. */
import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import { AtsGeneration, Route } from '../core/vocabulary.ts'
import type { Context } from '../graphql/context.ts'
import { User } from '../user/user.types.ts'
import { filesByVersionId, readConfig } from './config.read.ts'
import { rulesOf, userOf } from './config.resolver.ts'
import {
  ClientRule,
  Config,
  ConfigFile,
  ConfigVersion,
  Failover,
  OwnedRecord,
  ParentProxy,
  Rule,
} from './config.types.ts'
import { filesOf, recordsOf } from './preview.read.ts'

@Resolver(() => ConfigVersion)
export class VersionResolver {
  @FieldResolver(() => Config, { description: 'The config that it is a version of.' })
  config(@Ctx() { op }: Context, @Root() version: ConfigVersion) {
    return readConfig(op, version.configId)
  }

  @FieldResolver(() => Route, { description: 'Where requests go that no rule matches.' })
  defaultAction(@Root() version: ConfigVersion): Route {
    return version.document.defaultAction
  }

  @FieldResolver(() => [Rule], { description: 'The ordered list.' })
  rules(@Root() version: ConfigVersion): Rule[] {
    return rulesOf(version.document)
  }

  @FieldResolver(() => [ParentProxy], { description: 'Next hops, by priority.' })
  parentProxies(@Root() version: ConfigVersion): readonly ParentProxy[] {
    return version.document.parentProxies
  }

  @FieldResolver(() => [ClientRule], { description: 'Who may use the proxies, in order.' })
  clientRules(@Root() version: ConfigVersion): readonly ClientRule[] {
    return version.document.clientRules
  }

  @FieldResolver(() => Failover, { description: 'What happens when a parent does not answer.' })
  failover(@Root() version: ConfigVersion): Failover {
    return version.document.failover
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who submitted it.' })
  submittedBy(@Ctx() context: Context, @Root() version: ConfigVersion) {
    return userOf(context, version.submittedBy)
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who gave the second confirmation.' })
  approvedBy(@Ctx() context: Context, @Root() version: ConfigVersion) {
    return userOf(context, version.approvedBy)
  }

  @FieldResolver(() => [ConfigFile], { description: 'The exact bytes that are delivered.' })
  async files(
    @Ctx() { op }: Context,
    @Root() version: ConfigVersion,
    @Arg('generation', () => AtsGeneration, { nullable: true, description: 'Only for this ATS generation.' })
    generation?: AtsGeneration | null,
  ): Promise<ConfigFile[]> {
    return filesOf((await op.load(filesByVersionId, version.id)) ?? [], generation ?? null)
  }

  @FieldResolver(() => [OwnedRecord], { description: 'The ATS records that go with the files.' })
  async records(
    @Ctx() { op }: Context,
    @Root() version: ConfigVersion,
    @Arg('generation', () => AtsGeneration, { description: 'For which ATS generation.' })
    generation: AtsGeneration,
  ): Promise<readonly OwnedRecord[]> {
    return recordsOf((await op.load(filesByVersionId, version.id)) ?? [], generation)
  }
}
