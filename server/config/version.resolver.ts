/** Approved versions: everything as it was confirmed and is delivered. */
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql'
import { AtsGeneration, atsGenerations, Route } from '../core/vocabulary.ts'
import type { Context } from '../graphql/context.ts'
import { permit } from '../permit.ts'
import { User } from '../user/user.types.ts'
import { proxyCountByVersionId, readConfig, readVersion, readVersionFiles } from './config.read.ts'
import { rulesOf, userOf } from './config.resolver.ts'
import {
  ClientRule,
  Config,
  ConfigFile,
  ConfigVersion,
  Failover,
  OwnedRecord,
  ParentProxy,
  RouteTest,
  Rule,
} from './config.types.ts'
import { readVersionDocument } from './document.read.ts'
import { filesOf } from './preview.read.ts'

@Resolver(() => ConfigVersion)
export class VersionResolver {
  @Query(() => ConfigVersion, { description: 'One approved version; NOT_FOUND for an unknown id.' })
  configVersion(
    @Ctx() { op }: Context,
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
  ): Promise<ConfigVersion> {
    permit(op, 'fleet.read')
    return readVersion(op, id)
  }

  @FieldResolver(() => Config, { description: 'The config that it is a version of.' })
  config(@Ctx() { op }: Context, @Root() version: ConfigVersion) {
    return readConfig(op, version.configId)
  }

  @FieldResolver(() => Route, { description: 'Where requests go that no rule matches.' })
  async defaultAction(@Ctx() { op }: Context, @Root() version: ConfigVersion): Promise<Route> {
    return (await readVersionDocument(op, version.id)).defaultAction
  }

  @FieldResolver(() => [Rule], { description: 'The ordered list.' })
  async rules(@Ctx() { op }: Context, @Root() version: ConfigVersion): Promise<Rule[]> {
    return rulesOf(await readVersionDocument(op, version.id))
  }

  @FieldResolver(() => [ParentProxy], { description: 'Next hops, by priority.' })
  async parentProxies(
    @Ctx() { op }: Context,
    @Root() version: ConfigVersion,
  ): Promise<readonly ParentProxy[]> {
    return (await readVersionDocument(op, version.id)).parentProxies
  }

  @FieldResolver(() => [ClientRule], { description: 'Who may use the proxies, in order.' })
  async clientRules(@Ctx() { op }: Context, @Root() version: ConfigVersion): Promise<readonly ClientRule[]> {
    return (await readVersionDocument(op, version.id)).clientRules
  }

  @FieldResolver(() => [RouteTest], { description: 'What is to hold, in order.' })
  async routeTests(@Ctx() { op }: Context, @Root() version: ConfigVersion): Promise<readonly RouteTest[]> {
    return (await readVersionDocument(op, version.id)).routeTests
  }

  @FieldResolver(() => Failover, { description: 'What happens when a parent does not answer.' })
  async failover(@Ctx() { op }: Context, @Root() version: ConfigVersion): Promise<Failover> {
    return (await readVersionDocument(op, version.id)).failover
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who submitted it.' })
  submittedBy(@Ctx() context: Context, @Root() version: ConfigVersion) {
    return userOf(context, version.submittedBy)
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who gave the second confirmation.' })
  approvedBy(@Ctx() context: Context, @Root() version: ConfigVersion) {
    return userOf(context, version.approvedBy)
  }

  @FieldResolver(() => Int, { description: 'Proxies that should run exactly this version now.' })
  async proxyCount(@Ctx() { op }: Context, @Root() version: ConfigVersion): Promise<number> {
    return (await op.load(proxyCountByVersionId, version.id)) ?? 0
  }

  @FieldResolver(() => [ConfigFile], { description: 'The exact bytes that are delivered.' })
  async files(
    @Ctx() { op }: Context,
    @Root() version: ConfigVersion,
    @Arg('generation', () => AtsGeneration, { nullable: true, description: 'Only for this ATS generation.' })
    generation?: AtsGeneration | null,
  ): Promise<ConfigFile[]> {
    const wanted = generation ? [generation] : atsGenerations
    return (await readVersionFiles(op, version.id, wanted)).flatMap(filesOf)
  }

  @FieldResolver(() => [OwnedRecord], { description: 'The ATS records that go with the files.' })
  async records(
    @Ctx() { op }: Context,
    @Root() version: ConfigVersion,
    @Arg('generation', () => AtsGeneration, { description: 'For which ATS generation.' })
    generation: AtsGeneration,
  ): Promise<readonly OwnedRecord[]> {
    return (await readVersionFiles(op, version.id, [generation])).flatMap((each) => each.records)
  }
}
