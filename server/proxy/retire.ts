/** Retires proxies: their history stays, their agents are no longer heard, their hostnames are free again. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import { Refusal } from '../core/refusal.ts'
import { proxies, proxyReports } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import { readSettings } from '../settings/settings.read.ts'
import { type ProxyRow, readProxy } from './proxy.read.ts'

/** @throws Refusal FORBIDDEN, NOT_FOUND, CONFLICT when it is retired already */
export async function retireProxy(op: Operation, input: { readonly id: string }): Promise<ProxyRow> {
  permit(op, 'proxy.retire')
  const proxy = await readProxy(op, input.id)
  await retire(op, proxy, {})
  return readProxy(op, proxy.id)
}

/** A timer job: ephemeral proxies that have been silent for as long as the settings say. */
export async function retireSilentProxies(op: Operation): Promise<void> {
  const { ephemeralSilenceMinutes } = await readSettings(op.read)
  const limit = new Date(op.now.getTime() - ephemeralSilenceMinutes * 60_000)
  const lastSign = sql`coalesce(${proxyReports.lastSeenAt}, ${proxies.enrolledAt})`
  const silent = await op.read
    .select({ id: proxies.id, hostname: proxies.hostname, versionId: proxies.versionId })
    .from(proxies)
    .innerJoin(proxyReports, eq(proxyReports.proxyId, proxies.id))
    .where(
      and(
        proxies.isEphemeral,
        isNull(proxies.retiredAt),
        sql`${lastSign} < ${limit.toISOString()}::timestamptz`,
      ),
    )
  for (const proxy of silent) {
    await retire(op, proxy, { silentMinutes: ephemeralSilenceMinutes }).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error // another replica was first
    })
  }
}

/** `why` goes into the audit entry. @throws Refusal CONFLICT when it is retired already */
function retire(
  op: Operation,
  proxy: Pick<ProxyRow, 'id' | 'hostname' | 'versionId'>,
  why: Readonly<Record<string, number>>,
): Promise<void> {
  return op.change(async (tx) => {
    const [retired] = await tx
      .update(proxies)
      .set({ retiredAt: op.now, versionId: null, followsConfigId: null })
      .where(and(eq(proxies.id, proxy.id), isNull(proxies.retiredAt)))
      .returning({ id: proxies.id })
    if (!retired) throw new Refusal('CONFLICT', `id: ${proxy.hostname} was retired already.`)
    return {
      result: undefined,
      audit: [
        {
          action: 'proxy.retire',
          entity: { kind: 'proxy', id: proxy.id, name: proxy.hostname },
          old: { retiredAt: null, versionId: proxy.versionId },
          new: { retiredAt: op.now, versionId: null, ...why },
        },
      ],
    }
  })
}
