/** The working copy's list of proxies: checking a wanted one, and writing it. */
import { and, eq, inArray, isNull } from 'drizzle-orm'
import { limits } from '../core/config-document.ts'
import { type Problem, refuseInput } from '../core/refusal.ts'
import type { WriteTransaction } from '../database/connect.ts'
import { configProxies, proxies } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { isId } from '../paging.ts'

export interface NamedProxy {
  readonly id: string
  readonly hostname: string
}

const rowsPerStatement = 10_000

/** @throws Refusal BAD_USER_INPUT naming every id that is unknown or of a retired proxy */
export async function requireProxies(op: Operation, ids: readonly string[]): Promise<readonly NamedProxy[]> {
  const distinct = [...new Set(ids)]
  if (distinct.length > limits.proxiesPerConfig) {
    const message = `At most ${limits.proxiesPerConfig} proxies in one config.`
    throw refuseInput([{ path: 'proxyIds', code: 'TOO_MANY', message }])
  }
  const found = await op.read
    .select({ id: proxies.id, hostname: proxies.hostname })
    .from(proxies)
    .where(and(inArray(proxies.id, distinct.filter(isId)), isNull(proxies.retiredAt)))
  const known = new Set(found.map((proxy) => proxy.id))
  const message = 'No proxy has this id, or it was retired.'
  const problems = ids.flatMap((id, index): Problem[] =>
    known.has(id) ? [] : [{ path: `proxyIds.${index}`, code: 'NO_SUCH_PROXY', message }],
  )
  const [first, ...rest] = problems.slice(0, limits.problems)
  if (first) throw refuseInput([first, ...rest])
  return found
}

/** Replaces the list by what differs; the config's revision was raised before, in the same transaction. */
export async function writeProxies(
  tx: WriteTransaction,
  configId: string,
  before: readonly NamedProxy[],
  after: readonly NamedProxy[],
): Promise<void> {
  const kept = new Set(after.map((proxy) => proxy.id))
  const known = new Set(before.map((proxy) => proxy.id))
  const gone = before.map((proxy) => proxy.id).filter((id) => !kept.has(id))
  if (gone.length > 0) {
    const isGone = and(eq(configProxies.configId, configId), inArray(configProxies.proxyId, gone))
    await tx.delete(configProxies).where(isGone)
  }
  const added = after.filter((proxy) => !known.has(proxy.id))
  for (let start = 0; start < added.length; start += rowsPerStatement) {
    const rows = added.slice(start, start + rowsPerStatement)
    await tx.insert(configProxies).values(rows.map((proxy) => ({ configId, proxyId: proxy.id })))
  }
}
