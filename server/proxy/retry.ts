/** Lets a proxy try once more what failed there, or was edited by hand: the same bytes under a new sequence, which wakes its agent. */
import { and, eq, isNull } from 'drizzle-orm'
import { Refusal } from '../core/refusal.ts'
import { proxies } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import { type ProxyRow, readProxy } from './proxy.read.ts'

/** @throws Refusal FORBIDDEN, NOT_FOUND, CONFLICT when nothing has failed or drifted there, or not any more */
export async function retryProxy(op: Operation, input: { readonly id: string }): Promise<ProxyRow> {
  permit(op, 'proxy.retry')
  const proxy = await readProxy(op, input.id)
  if (proxy.status !== 'failed' && proxy.status !== 'drifted') {
    throw new Refusal(
      'CONFLICT',
      `id: ${proxy.hostname} has nothing to try again; only a proxy whose last attempt failed, or whose files were edited, has.`,
    )
  }
  await op.change(async (tx) => {
    const sequence = proxy.sequence + 1
    const [retried] = await tx
      .update(proxies)
      .set({ sequence })
      .where(and(eq(proxies.id, proxy.id), eq(proxies.sequence, proxy.sequence), isNull(proxies.retiredAt)))
      .returning({ id: proxies.id })
    if (!retried) throw new Refusal('CONFLICT', `id: ${proxy.hostname} is told something else already.`)
    return {
      result: null,
      audit: [
        {
          action: 'proxy.retry',
          entity: { kind: 'proxy', id: proxy.id, name: proxy.hostname },
          old: { sequence: proxy.sequence },
          new: { sequence },
        },
      ],
    }
  })
  return readProxy(op, proxy.id)
}
