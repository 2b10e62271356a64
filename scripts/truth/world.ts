/** What surrounds every ATS of a run: an origin on all loopback addresses, parents, and a resolver. */
import { type Origin, startOrigin } from '../fleet/origin.ts'
import { type ParentProxy, startParentProxy } from '../fleet/parent-proxy.ts'
import { type ResolverStub, startResolverStub } from '../fleet/resolver-stub.ts'
import { inUnicode, type Situation } from './documents.ts'

export interface World {
  readonly origin: Origin
  /** Each on an address of its own, so that outbound rules tell them from origins. */
  readonly parents: readonly ParentProxy[]
  readonly resolver: ResolverStub
  stop(): Promise<void>
}

const parentHosts = ['127.77.0.1', '127.77.0.2', '127.77.0.3', '127.77.0.4']

export async function startWorld(): Promise<World> {
  const [origin, resolver] = await Promise.all([startOrigin({ host: '::' }), startResolverStub()])
  const resolve = new Map([['*', { host: '127.0.0.1', port: origin.port }]])
  const parents = await Promise.all(
    parentHosts.map((host, at) => startParentProxy({ name: `p${at + 1}`, host, resolve })),
  )
  return {
    origin,
    parents,
    resolver,
    async stop() {
      await Promise.all([origin.stop(), resolver.stop(), ...parents.map((parent) => parent.stop())])
    },
  }
}

/** Lets the resolver know a situation's names, also as the raw bytes of their Unicode form. */
export function makeKnown(resolver: ResolverStub, { names }: Pick<Situation, 'names'>): void {
  for (const [name, address] of names) {
    if (address === null) continue
    resolver.names.set(name, address)
    resolver.names.set(Buffer.from(inUnicode(name)).toString('latin1').toLowerCase(), address)
  }
}
