/** Ends every capture of a proxy's logs: its agent puts debug back as soon as it hears of it. */
import { and, eq, gt, isNull } from 'drizzle-orm'
import { Refusal } from '../core/refusal.ts'
import { logCaptures, proxies } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import { readProxy } from '../proxy/proxy.read.ts'

/** @throws Refusal FORBIDDEN, NOT_FOUND, CONFLICT when none is open */
export async function stopLogCapture(op: Operation, input: { readonly proxyId: string }): Promise<string> {
  permit(op, 'log_capture.stop')
  const { id, hostname: name } = await readProxy(op, input.proxyId)
  return op.change(async (tx) => {
    const ended = await tx
      .update(logCaptures)
      .set({ stoppedAt: op.now })
      .where(and(eq(logCaptures.proxyId, id), isNull(logCaptures.stoppedAt), gt(logCaptures.until, op.now)))
      .returning({ until: logCaptures.until })
    if (ended.length === 0) throw new Refusal('CONFLICT', `proxyId: no capture is open on ${name}.`)
    await tx.update(proxies).set({ captureLogsUntil: null }).where(eq(proxies.id, id))
    return {
      result: id,
      audit: [
        {
          action: 'log_capture.stop',
          entity: { kind: 'proxy', id, name },
          old: {
            until: ended
              .map(({ until }) => until.toISOString())
              .sort()
              .at(-1),
          },
          new: { until: null },
        },
      ],
    }
  })
}
