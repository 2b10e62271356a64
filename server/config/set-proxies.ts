/** Says which proxies a config names; takes effect at approval. */
import { and, eq, inArray, isNull } from 'drizzle-orm'
import { limits } from '../core/config-document.ts'
import { type Problem, refuseInput } from '../core/refusal.ts'
import { configProxies, proxies } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { isId } from '../paging.ts'
import { type ConfigRow, readListedProxies } from './config.read.ts'
import { raiseRevision, requireStep } from './working-copy.ts'

export interface SetConfigProxiesInput {
  readonly configId: string
  readonly revision: number
  readonly proxyIds: readonly string[]
}

const rowsPerStatement = 10_000

/** Replaces the list. @throws Refusal FORBIDDEN, NOT_FOUND, CONFLICT, BAD_USER_INPUT for unknown or retired proxies */
export async function setConfigProxies(op: Operation, input: SetConfigProxiesInput): Promise<ConfigRow> {
  const step = await requireStep(op, 'update', { id: input.configId, revision: input.revision })
  const wanted = await requireProxies(op, input.proxyIds)
  const before = await readListedProxies(op, step.config.id)
  return op.change(async (tx) => {
    const config = await raiseRevision(op, tx, step)
    const kept = new Set(wanted.map((proxy) => proxy.id))
    const known = new Set(before.map((proxy) => proxy.id))
    const gone = before.map((proxy) => proxy.id).filter((id) => !kept.has(id))
    if (gone.length > 0) {
      await tx
        .delete(configProxies)
        .where(and(eq(configProxies.configId, config.id), inArray(configProxies.proxyId, gone)))
    }
    const added = wanted.filter((proxy) => !known.has(proxy.id))
    for (let start = 0; start < added.length; start += rowsPerStatement) {
      const rows = added.slice(start, start + rowsPerStatement)
      await tx.insert(configProxies).values(rows.map((proxy) => ({ configId: config.id, proxyId: proxy.id })))
    }
    const names = (list: readonly { hostname: string }[]) => list.map((proxy) => proxy.hostname).sort()
    return {
      result: config,
      audit: [
        {
          action: 'config.update',
          entity: { kind: 'config', id: config.id, name: config.name },
          old: { revision: step.config.revision, status: step.config.status, proxies: names(before) },
          new: { revision: config.revision, status: config.status, proxies: names(wanted) },
        },
      ],
    }
  })
}

async function requireProxies(
  op: Operation,
  ids: readonly string[],
): Promise<readonly { id: string; hostname: string }[]> {
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
  const problems = ids.flatMap((id, index): Problem[] =>
    known.has(id)
      ? []
      : [
          {
            path: `proxyIds.${index}`,
            code: 'NO_SUCH_PROXY',
            message: 'No proxy has this id, or it was retired.',
          },
        ],
  )
  const [first, ...rest] = problems.slice(0, limits.problems)
  if (first) throw refuseInput([first, ...rest])
  return found
}
