/** The hosts of proxies as their agents last saw them: how ATS is run, what stands in the way of configs, which parents are out. */
import { inArray } from 'drizzle-orm'
import { proxyHosts, type ReportedParentOut, type StoredProblem } from '../database/tables.ts'
import type { BatchRead, Operation } from '../operation.ts'

interface Host {
  readonly atsRun: string | null
  readonly problems: readonly StoredProblem[]
  readonly parentsOut: readonly ReportedParentOut[]
}

const hostByProxyId: BatchRead<string, Host> = async (op, ids) => {
  const rows = await op.read
    .select()
    .from(proxyHosts)
    .where(inArray(proxyHosts.proxyId, [...ids]))
  return new Map(rows.map((row) => [row.proxyId, row]))
}

export async function readHost(op: Operation, proxyId: string): Promise<Host> {
  return (await op.load(hostByProxyId, proxyId)) ?? { atsRun: null, problems: [], parentsOut: [] }
}
