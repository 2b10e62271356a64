/** Deletes all captured lines of a proxy before their time. */
import { eq } from 'drizzle-orm'
import { proxyLogs } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import { readProxy } from '../proxy/proxy.read.ts'

/** How many there were. @throws Refusal FORBIDDEN, NOT_FOUND */
export async function deleteLogLines(op: Operation, input: { readonly proxyId: string }): Promise<number> {
  permit(op, 'log_lines.delete')
  const { id, hostname: name } = await readProxy(op, input.proxyId)
  return op.change(async (tx) => {
    const { count } = await tx.delete(proxyLogs).where(eq(proxyLogs.proxyId, id))
    return {
      result: count,
      audit: [{ action: 'log_lines.delete', entity: { kind: 'proxy', id, name }, old: { lines: count } }],
    }
  })
}
