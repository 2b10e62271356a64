/** The demo's network on loopback: an origin with names in two domains, two parents, a resolver, one real ATS. */
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AtsInstance, atsPaths, isAtsInstalled, startAts } from '../fleet/ats-instance.ts'
import { stopLeftover } from '../fleet/ats-processes.ts'
import { freePort } from '../fleet/listen.ts'
import { type Origin, startOrigin } from '../fleet/origin.ts'
import { type ParentProxy, startParentProxy } from '../fleet/parent-proxy.ts'
import { type ResolverStub, startResolverStub } from '../fleet/resolver-stub.ts'
import type { DemoHome, PortName } from './state.ts'

/** They resolve for the demo's ATS and its parents, and nowhere else. */
export const originNames = [
  'www.corp.example',
  'api.corp.example',
  'files.corp.example',
  'www.shop.example',
  'cdn.shop.example',
] as const

const loopback = '127.0.0.1'

export interface DemoFleet {
  readonly origin: Origin
  readonly parents: readonly ParentProxy[]
  /** Null when it is not installed. */
  readonly ats: AtsInstance | null
  stop(): Promise<void>
}

export async function startFleet(home: DemoHome, say: (line: string) => void): Promise<DemoFleet> {
  const origin = await onKeptPort(home, 'origin', (port) => startOrigin({ host: loopback, port }))
  const resolve = new Map([['*', { host: loopback, port: origin.port }]])
  const parent = (name: PortName) =>
    onKeptPort(home, name, (port) => startParentProxy({ name, host: loopback, port, resolve }))
  const parents = [await parent('primary'), await parent('secondary')]
  const names = originNames.map((name) => [name, loopback] as const)
  const resolver = await startResolverStub({ names })
  let ats: AtsInstance | null = null
  try {
    ats = isAtsInstalled() ? await startProxy(home, origin, resolver, say) : null
  } catch (error) {
    say(`Traffic Server did not start, the rest does: ${(error as Error).message}`)
  }
  home.keep({
    ports: {
      ...home.state.ports,
      origin: origin.port,
      ...Object.fromEntries(parents.map(({ name, port }) => [name, port])),
      ...(ats && { ats: ats.port }),
    },
  })
  return {
    origin,
    parents,
    ats,
    async stop() {
      await ats?.stop()
      await Promise.all([origin.stop(), resolver.stop(), ...parents.map((each) => each.stop())])
    },
  }
}

async function startProxy(
  home: DemoHome,
  origin: Origin,
  resolver: ResolverStub,
  say: (line: string) => void,
): Promise<AtsInstance> {
  say('Starting Apache Traffic Server, about 3 s…')
  const directory = atsDirectory(home)
  // One that a crash left behind holds its port for some seconds more, and clients have it as their proxy.
  await stopLeftover(atsPaths(directory, 0).runroot)
  const kept = home.state.ports.ats
  const port = kept !== undefined && (await becomesFree(kept)) ? kept : await freePort()
  return startAts({
    directory,
    port,
    resolverPort: resolver.port,
    connectPorts: [origin.port],
    hasAccessLog: true,
    hostsFile: originNames.map((name) => `${loopback} ${name}`),
  })
}

/** Unix sockets have short paths: below a home that lies deep, ATS gets a private folder in the temp directory. */
function atsDirectory(home: DemoHome): string {
  const near = home.path('ats')
  if (Buffer.byteLength(near) <= 80) return near
  const kept = home.state.atsDirectory
  if (kept !== undefined && existsSync(kept)) return kept
  const made = mkdtempSync(join(tmpdir(), 'apm-ats-'))
  home.keep({ atsDirectory: made })
  return made
}

/** The port of the last start if it is still free: configs that were approved then name it. */
async function onKeptPort<T>(
  home: DemoHome,
  name: PortName,
  start: (port: number) => Promise<T>,
): Promise<T> {
  const kept = home.state.ports[name]
  if (kept === undefined) return start(0)
  try {
    return await start(kept)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return start(0)
  }
}

/** A process that ends loses its name in /proc before the kernel has closed its sockets. */
async function becomesFree(port: number): Promise<boolean> {
  for (const end = Date.now() + 5_000; Date.now() < end; await sleep(50)) {
    if (await isFree(port)) return true
  }
  return false
}

export async function isFree(port: number): Promise<boolean> {
  const probe = await startOrigin({ host: loopback, port }).catch(() => null)
  await probe?.stop()
  return probe !== null
}
