/** Proxies: what each should run, tried and runs. */
import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import { configById, versionById } from '../config/config.read.ts'
import { Config, ConfigVersion } from '../config/config.types.ts'
import type { Context } from '../graphql/context.ts'
import { type Connection, connectionOf } from '../graphql/page.ts'
import { permit } from '../permit.ts'
import { type ProxyRow, readProxies, readProxy, statusReason } from './proxy.read.ts'
import { Attempt, Proxy, ProxyArgs, ProxyConnection, ProxyPayload, RetireProxyInput } from './proxy.types.ts'
import { retireProxy } from './retire.ts'

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

  @Query(() => ProxyConnection, { description: 'The fleet, by hostname.' })
  async proxies(
    @Ctx() { op }: Context,
    @Args(() => ProxyArgs) args: ProxyArgs,
  ): Promise<Connection<ProxyRow>> {
    permit(op, 'fleet.read')
    return connectionOf(await readProxies(op, args, args.request(2)))
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
    return { hash, outcome, message: attemptedMessage ?? '', at, reloadRequestedAt, loadedAt }
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Hash of the bytes on its disk that ATS has loaded; null: nothing of ours.',
  })
  runningHash(@Root() proxy: ProxyRow): string | null {
    return proxy.currentConfigHash
  }

  @Mutation(() => ProxyPayload, {
    description:
      'Retires a proxy: its history stays, its agent is no longer heard, its hostname is free again.',
  })
  async retireProxy(@Ctx() { op }: Context, @Arg('input', () => RetireProxyInput) input: RetireProxyInput) {
    return { proxy: await retireProxy(op, input) }
  }
}
