/** Says which proxies a config names; takes effect at approval. */
import type { Operation } from '../operation.ts'
import { type ConfigRow, readListedProxies } from './config.read.ts'
import { requireProxies } from './listed-proxies.ts'
import { saveEdit } from './save-edit.ts'
import { requireStep } from './working-copy.ts'

export interface SetConfigProxiesInput {
  readonly configId: string
  readonly revision: number
  readonly proxyIds: readonly string[]
}

/** Replaces the list. @throws Refusal FORBIDDEN, NOT_FOUND, CONFLICT, BAD_USER_INPUT for unknown or retired proxies */
export async function setConfigProxies(op: Operation, input: SetConfigProxiesInput): Promise<ConfigRow> {
  const step = await requireStep(op, 'update', { id: input.configId, revision: input.revision })
  const after = await requireProxies(op, input.proxyIds)
  const before = await readListedProxies(op, step.config.id)
  return saveEdit(op, step, { proxies: { before, after } })
}
