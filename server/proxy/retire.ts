/** Retires a proxy: its history stays, its agent is no longer heard, its hostname is free again. */
import { and, eq, isNull } from 'drizzle-orm'
import { Refusal } from '../core/refusal.ts'
import { proxies } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import { type ProxyRow, readProxy } from './proxy.read.ts'

/** @throws Refusal FORBIDDEN, NOT_FOUND, CONFLICT when it is retired already */
export async function retireProxy(op: Operation, input: { readonly id: string }): Promise<ProxyRow> {
  permit(op, 'proxy.retire')
  const proxy = await readProxy(op, input.id)
  await op.change(async (tx) => {
    const [retired] = await tx
      .update(proxies)
      .set({ retiredAt: op.now, versionId: null, followsConfigId: null })
      .where(and(eq(proxies.id, proxy.id), isNull(proxies.retiredAt)))
      .returning({ id: proxies.id })
    if (!retired) throw new Refusal('CONFLICT', `id: ${proxy.hostname} was retired already.`)
    return {
      result: null,
      audit: [
        {
          action: 'proxy.retire',
          entity: { kind: 'proxy', id: proxy.id, name: proxy.hostname },
          old: { retiredAt: null, versionId: proxy.versionId },
          new: { retiredAt: op.now, versionId: null },
        },
      ],
    }
  })
  return readProxy(op, proxy.id)
}
