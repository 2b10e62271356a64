/** What a pass of the real agent is made of, quiet unless told otherwise: no log, no reports, no probe. */
import { createAts } from '../../agent/ats.ts'
import type { AtsPlace } from '../../agent/ats-place.ts'
import type { Ats } from '../../agent/ats-port.ts'
import type { Identity } from '../../agent/identity.ts'
import type { Link } from '../../agent/link.ts'
import { createLog } from '../../agent/log.ts'
import { openMemory } from '../../agent/memory.ts'
import { createProbe } from '../../agent/probe.ts'
import type { ReconcileParts } from '../../agent/reconcile.ts'
import { createHold, inPassing } from '../../agent/taken-out.ts'
import { type OfferSource, upToDate } from './offers.ts'

/** Answers every report, and offers nothing. */
export const quietLink: Link = {
  async connect() {},
  sync: async () => upToDate,
  async acknowledge() {},
  async reportFiles() {},
  async reportParents() {},
  async reportHost() {},
  reportLogLines: async () => new Map(),
  async close() {},
}

/** The agent of `proxy-1`, for offers of this source; it never asks a server. */
export function identityFor({ serverKey }: OfferSource, ats: AtsPlace): Identity {
  const proxy = { hostname: 'proxy-1', proxyId: 'proxy-1', instanceId: 'instance-1' }
  return { servers: [], ...proxy, serverKey, privateKey: {}, ats }
}

export async function agentParts(
  home: string,
  place: AtsPlace,
  own: Pick<ReconcileParts, 'identity' | 'link'> & Partial<ReconcileParts>,
): Promise<ReconcileParts> {
  const ats = createAts(place)
  const parts = {
    place,
    ats,
    memory: await openMemory(home),
    probe: createProbe({ ats, urls: [] }),
    log: createLog(() => {}),
    startId: 'start-1',
    reportDisk: async () => {},
    reportParents: async () => {},
    capture: async () => {},
    wordWithinMs: 8_000,
    now: () => Date.now(),
    ...own,
  }
  return { holdOut: createHold({ ...parts, ...inPassing }).hold, ...parts }
}

/** The same ATS, asked for a reload in another way. */
export function reloadedBy(ats: Ats, reload: () => Promise<void>): Ats {
  return { ...ats, watchLoads: async () => ({ ...(await ats.watchLoads()), reload }) }
}
