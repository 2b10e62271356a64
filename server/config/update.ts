/** Edits a working copy: fields left out stay, a list given replaces the whole list. */
import type { Operation } from '../operation.ts'
import { type ConfigRow, readListedProxies } from './config.read.ts'
import { requireFreeName } from './create.ts'
import { readDocument } from './document.read.ts'
import { type DocumentFields, descriptionFrom, documentFrom, nameFrom } from './input.ts'
import { requireProxies } from './listed-proxies.ts'
import { saveEdit } from './save-edit.ts'
import { requireStep } from './working-copy.ts'

export interface UpdateConfigInput extends DocumentFields {
  readonly id: string
  readonly revision: number
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly proxyIds?: readonly string[] | undefined
}

/** One revision for everything given. @throws Refusal FORBIDDEN, NOT_FOUND, CONFLICT (stale revision, taken name), BAD_USER_INPUT */
export async function updateConfig(op: Operation, input: UpdateConfigInput): Promise<ConfigRow> {
  const step = await requireStep(op, 'update', input)
  const before = await readDocument(op, step.config.id)
  const after = documentFrom(before, input)
  const name = input.name === undefined ? step.config.name : nameFrom(input.name)
  const description =
    input.description === undefined ? step.config.description : descriptionFrom(input.description)
  if (name !== step.config.name) await requireFreeName(op, name, step.config.id)
  const proxies = input.proxyIds && {
    before: await readListedProxies(op, step.config.id),
    after: await requireProxies(op, input.proxyIds),
  }
  return saveEdit(op, step, {
    columns: { name, description },
    document: { before, after },
    ...(proxies && { proxies }),
  })
}
