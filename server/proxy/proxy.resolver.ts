/** Proxies: what each should run, tried and runs. */
import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { configById, versionById } from '../config/config.read.ts'
import { Config, ConfigVersion } from '../config/config.types.ts'
import type { Context } from '../graphql/context.ts'
import { type Connection, connectionOf, PageArgs } from '../graphql/page.ts'
import { permit } from '../permit.ts'
import { isCopiedAt } from '../sync/agent-starts.read.ts'
import { readHost } from './host.read.ts'
import {
  BringBackParentInput,
  ParentEventConnection,
  ParentHost,
  ParentHostArgs,
  ParentPayload,
  ProxyParent,
  ReturningParent,
  TakenOut,
  TakeOutParentInput,
} from './parent.types.ts'
import { readParentHosts } from './parent-hosts.read.ts'
import {
  type ParentEventRow,
  readParentEvents,
  readParents,
  readReturning,
  readTakenOut,
} from './parents.read.ts'
import {
  countProxies,
  type ProxyRow,
  proxiesByHostname,
  readProxies,
  readProxy,
  readProxyIds,
  statusReason,
} from './proxy.read.ts'
import {
  AgentStart,
  Attempt,
  HostProblem,
  Proxy,
  ProxyArgs,
  ProxyConnection,
  ProxyCount,
  ProxyCountArgs,
  ProxyFilterArgs,
  ProxyPayload,
  RetireProxyInput,
  RetryProxyInput,
  RunningFiles,
} from './proxy.types.ts'
import { proxyPageRequest } from './proxy-page.read.ts'
import { retireProxy } from './retire.ts'
import { retryProxy } from './retry.ts'
import { readFoundFiles, readRunningFiles, versionIdOf } from './running.read.ts'
import { bringBackParent, takeOutParent } from './take-out-parent.ts'

@Resolver(() => Proxy)
export class ProxyResolver {
  @Query(() => Proxy, { description: 'One proxy; NOT_FOUND for an unknown id.' })
  proxy(
    @Ctx() { op }: Context,
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
  ): Promise<ProxyRow> {
    permit(op, 'fleet.read')
    return readProxy(op, id)
  }

  @Query(() => ProxyConnection, { description: 'The fleet.' })
  async proxies(
    @Ctx() { op }: Context,
    @Args(() => ProxyArgs) args: ProxyArgs,
  ): Promise<Connection<ProxyRow>> {
    permit(op, 'fleet.read')
    return connectionOf(await readProxies(op, args, proxyPageRequest(args)))
  }

  @Query(() => [ProxyCount], {
    description: 'How many proxies are in each status, every status listed, by urgency.',
  })
  async proxyCounts(
    @Ctx() { op }: Context,
    @Args(() => ProxyCountArgs) args: ProxyCountArgs,
  ): Promise<readonly ProxyCount[]> {
    permit(op, 'fleet.read')
    return countProxies(op, args)
  }

  @Query(() => [ID], {
    description: 'Every proxy that matches, by hostname; BAD_USER_INPUT when they are more than 20,000.',
  })
  async proxyIds(
    @Ctx() { op }: Context,
    @Args(() => ProxyFilterArgs) args: ProxyFilterArgs,
  ): Promise<readonly string[]> {
    permit(op, 'fleet.read')
    return readProxyIds(op, args)
  }

  @Query(() => [ParentHost], {
    description:
      'Hosts of the parents that proxies should use, or that are taken out on some; by host, with how many it concerns.',
  })
  async parentHosts(
    @Ctx() { op }: Context,
    @Args(() => ParentHostArgs) args: ParentHostArgs,
  ): Promise<readonly ParentHost[]> {
    permit(op, 'fleet.read')
    return readParentHosts(op, args)
  }

  @FieldResolver(() => String, { description: 'Why the status is what it is, in one English sentence.' })
  statusReason(@Root() proxy: ProxyRow): string {
    return statusReason(proxy)
  }

  @FieldResolver(() => ConfigVersion, { nullable: true, description: 'The version that it should run.' })
  async version(@Ctx() { op }: Context, @Root() proxy: ProxyRow) {
    return proxy.versionId === null ? null : op.load(versionById, proxy.versionId)
  }

  @FieldResolver(() => Config, { nullable: true, description: 'The config whose version it should run.' })
  async config(@Ctx() { op }: Context, @Root() proxy: ProxyRow) {
    const version = proxy.versionId === null ? undefined : await op.load(versionById, proxy.versionId)
    return version ? op.load(configById, version.configId) : null
  }

  @FieldResolver(() => Attempt, { nullable: true, description: 'The last offer that its agent tried.' })
  attempted(@Root() proxy: ProxyRow): Attempt | null {
    const { attemptedHash: hash, attemptedOutcome: outcome, attemptedAt: at } = proxy
    if (hash === null || outcome === null || at === null) return null
    const { attemptedMessage, reloadRequestedAt, loadedAt } = proxy
    const times = { at, reloadRequestedAt, loadedAt }
    return { hash, outcome, message: attemptedMessage ?? '', ...times, wantedVersionId: proxy.versionId }
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Hash of the bytes on its disk that ATS has loaded; null: nothing of ours.',
  })
  runningHash(@Root() proxy: ProxyRow): string | null {
    return proxy.currentConfigHash
  }

  @FieldResolver(() => ConfigVersion, {
    nullable: true,
    description: 'The version whose bytes it runs; null when they are no version’s.',
  })
  async runningVersion(@Ctx() { op }: Context, @Root() proxy: ProxyRow) {
    const id = await versionIdOf(op, proxy.currentConfigHash, proxy.versionId)
    return id === null ? null : op.load(versionById, id)
  }

  @FieldResolver(() => RunningFiles, {
    nullable: true,
    description:
      'What lies on its disk; null while that is not known. Before anything of ours was applied: the host’s own.',
  })
  runningFiles(@Ctx() { op }: Context, @Root() proxy: ProxyRow): Promise<RunningFiles | null> {
    return readRunningFiles(op, proxy)
  }

  @FieldResolver(() => RunningFiles, {
    nullable: true,
    description:
      'The newest files that its agent found and nobody had approved: the host’s own, or an edit by hand. Kept when the approved ones are back.',
  })
  foundFiles(@Ctx() { op }: Context, @Root() proxy: ProxyRow): Promise<RunningFiles | null> {
    return readFoundFiles(op, proxy)
  }

  @FieldResolver(() => [ProxyParent], {
    description: 'The parents of what it runs, in failover order, as its ATS holds them.',
  })
  parents(@Ctx() { op }: Context, @Root() proxy: ProxyRow): Promise<readonly ProxyParent[]> {
    return readParents(op, proxy)
  }

  @FieldResolver(() => [TakenOut], {
    description: 'Every host that is taken out there, also of parents that it runs no more.',
  })
  takenOutParents(@Ctx() { op }: Context, @Root() proxy: ProxyRow): Promise<readonly TakenOut[]> {
    return readTakenOut(op, proxy)
  }

  @FieldResolver(() => [ReturningParent], {
    description: 'Hosts that were brought back there, until ATS is seen to use them again.',
  })
  returningParents(@Ctx() { op }: Context, @Root() proxy: ProxyRow): Promise<readonly ReturningParent[]> {
    return readReturning(op, proxy)
  }

  @FieldResolver(() => ParentEventConnection, {
    description: 'What ATS did with its parents, the last told first; the newest 1,000 are kept.',
  })
  async parentEvents(
    @Ctx() { op }: Context,
    @Root() proxy: ProxyRow,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<Connection<ParentEventRow>> {
    return connectionOf(await readParentEvents(op, proxy.id, args.request(1)))
  }

  @FieldResolver(() => [HostProblem], {
    description:
      'What stands in the way of configs on its host, as its agent last saw it; none: all is well.',
  })
  async hostProblems(@Ctx() { op }: Context, @Root() proxy: ProxyRow): Promise<readonly HostProblem[]> {
    return (await readHost(op, proxy.id)).problems
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'How ATS is run on its host, in its agent’s words, e.g. `traffic_server under traffic_manager, by systemd (trafficserver.service), as trafficserver`; null: not seen.',
  })
  async atsRun(@Ctx() { op }: Context, @Root() proxy: ProxyRow): Promise<string | null> {
    return (await readHost(op, proxy.id)).atsRun
  }

  @FieldResolver(() => [AgentStart], {
    description:
      'The agents that use this identity in turn: its host was cloned, and each copy but one has to be enrolled anew. Empty when none were seen within the last 10 minutes.',
  })
  copies(@Ctx() { op }: Context, @Root() { agentStarts, copiedAt }: ProxyRow): readonly AgentStart[] {
    if (!isCopiedAt(copiedAt, op.now)) return []
    return (agentStarts ?? []).slice(0, 2).map(({ address, at }) => ({ address, at: new Date(at) }))
  }

  @FieldResolver(() => [Proxy], {
    description: 'The other enrolments of its hostname, retired ones as well; the newest ten, newest first.',
  })
  async namesakes(@Ctx() { op }: Context, @Root() proxy: ProxyRow): Promise<readonly ProxyRow[]> {
    const named = (await op.load(proxiesByHostname, proxy.hostname)) ?? []
    return named.filter(({ id }) => id !== proxy.id).slice(0, 10)
  }

  @Mutation(() => ProxyPayload, {
    description:
      'Retires a proxy: its history stays, its agent is no longer heard, its hostname is free again.',
  })
  async retireProxy(@Ctx() { op }: Context, @Arg('input', () => RetireProxyInput) input: RetireProxyInput) {
    return { proxy: await retireProxy(op, input) }
  }

  @Mutation(() => ProxyPayload, {
    description:
      'Offers once more what failed there, or was edited by hand; CONFLICT unless the status is FAILED or DRIFTED. An agent tries by itself again only what ATS did not reject, and only a few times.',
  })
  async retryProxy(@Ctx() { op }: Context, @Arg('input', () => RetryProxyInput) input: RetryProxyInput) {
    return { proxy: await retryProxy(op, input) }
  }

  @Mutation(() => ParentPayload, {
    description:
      'Has ATS leave out every parent on a host, on one, some or all proxies, until it is brought back; CONFLICT when that changes nothing.',
  })
  async takeOutParent(
    @Ctx() { op }: Context,
    @Arg('input', () => TakeOutParentInput) input: TakeOutParentInput,
  ): Promise<ParentPayload> {
    return { changedCount: await takeOutParent(op, input) }
  }

  @Mutation(() => ParentPayload, {
    description: 'Has ATS use the parents on a host again; CONFLICT when that changes nothing.',
  })
  async bringBackParent(
    @Ctx() { op }: Context,
    @Arg('input', () => BringBackParentInput) input: BringBackParentInput,
  ): Promise<ParentPayload> {
    return { changedCount: await bringBackParent(op, input) }
  }
}

@Resolver(() => Attempt)
export class AttemptResolver {
  @FieldResolver(() => ConfigVersion, {
    nullable: true,
    description: 'The version whose hash was tried; null when none has it.',
  })
  async version(@Ctx() { op }: Context, @Root() attempt: Attempt) {
    const id = await versionIdOf(op, attempt.hash, attempt.wantedVersionId)
    return id === null ? null : op.load(versionById, id)
  }
}
