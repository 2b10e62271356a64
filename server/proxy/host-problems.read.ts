/** What stands in the way of configs on the hosts of proxies, as their agents last saw it. */
import { inArray } from 'drizzle-orm'
import { proxyProblems, type StoredProblem } from '../database/tables.ts'
import type { BatchRead, Operation } from '../operation.ts'

const problemsByProxyId: BatchRead<string, readonly StoredProblem[]> = async (op, ids) => {
  const rows = await op.read
    .select()
    .from(proxyProblems)
    .where(inArray(proxyProblems.proxyId, [...ids]))
  return new Map(rows.map((row) => [row.proxyId, row.problems]))
}

export async function readHostProblems(op: Operation, proxyId: string): Promise<readonly StoredProblem[]> {
  return (await op.load(problemsByProxyId, proxyId)) ?? []
}
