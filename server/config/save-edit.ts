/** Writes one edit of a working copy, whatever it changes, as one revision with one audit entry. */
import type { ConfigDocument } from '../core/config-document.ts'
import type { configs } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { auditedConfig, auditedDocuments } from './audit-fields.ts'
import type { ConfigRow } from './config.read.ts'
import { type NamedProxy, writeProxies } from './listed-proxies.ts'
import { raiseRevision, type StepContext, writeDocument } from './working-copy.ts'

export interface Edit {
  readonly columns?: Pick<typeof configs.$inferInsert, 'name' | 'description'>
  readonly document?: { readonly before: ConfigDocument; readonly after: ConfigDocument }
  readonly proxies?: { readonly before: readonly NamedProxy[]; readonly after: readonly NamedProxy[] }
}

/** All of it or nothing. @throws Refusal CONFLICT when somebody was faster */
export async function saveEdit(op: Operation, step: StepContext, edit: Edit): Promise<ConfigRow> {
  const { document, proxies } = edit
  return op.change(async (tx) => {
    const config = await raiseRevision(op, tx, step, {
      ...edit.columns,
      ...(document && { defaultAction: document.after.defaultAction, failover: document.after.failover }),
    })
    if (document) await writeDocument(tx, config.id, document.before, document.after)
    if (proxies) await writeProxies(tx, config.id, proxies.before, proxies.after)
    const documents = document && auditedDocuments(document.before, document.after)
    return {
      result: config,
      audit: [
        {
          action: 'config.update',
          entity: { kind: 'config', id: config.id, name: config.name },
          old: { ...auditedConfig(step.config), ...documents?.old, ...(proxies && named(proxies.before)) },
          new: { ...auditedConfig(config), ...documents?.new, ...(proxies && named(proxies.after)) },
        },
      ],
    }
  })
}

function named(list: readonly NamedProxy[]): { proxies: string[] } {
  return { proxies: list.map((proxy) => proxy.hostname).sort() }
}
