/** How ATS is run on the hosts of proxies, and what stands in the way of configs, as their agents last saw it. */
import { inArray } from 'drizzle-orm'
import { proxyProblems, type StoredProblem } from '../database/tables.ts'
import type { BatchRead, Operation } from '../operation.ts'

interface Host {
  readonly atsRun: string | null
  readonly problems: readonly StoredProblem[]
}

const hostByProxyId: BatchRead<string, Host> = async (op, ids) => {
  const rows = await op.read
    .select()
    .from(proxyProblems)
    .where(inArray(proxyProblems.proxyId, [...ids]))
  return new Map(rows.map((row) => [row.proxyId, row]))
}

export async function readHost(op: Operation, proxyId: string): Promise<Host> {
  return (await op.load(hostByProxyId, proxyId)) ?? { atsRun: null, problems: [] }
}
