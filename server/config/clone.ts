/** Makes a draft from another config's rules: from its working copy, or from one of its versions. */
import { randomUUID } from 'node:crypto'
import type { ConfigDocument } from '../core/config-document.ts'
import { Refusal } from '../core/refusal.ts'
import type { Operation } from '../operation.ts'
import { permitFor } from '../permit.ts'
import { type ConfigRow, readConfig, readVersion } from './config.read.ts'
import { insertConfig, requireFreeName } from './create.ts'
import { readDocument, readVersionDocument } from './document.read.ts'
import { nameFrom, requireStorable } from './input.ts'

export interface CloneConfigInput {
  readonly id: string
  readonly name: string
  /** Null: from the working copy. */
  readonly versionId?: string | null | undefined
}

/**
 * Copies rules, parents and description, not the proxies; a retired config can be cloned as well.
 * @throws Refusal FORBIDDEN, NOT_FOUND, CONFLICT for a name that is taken, BAD_USER_INPUT when today's checks refuse
 *   the old document
 */
export async function cloneConfig(op: Operation, input: CloneConfigInput): Promise<ConfigRow> {
  const user = permitFor(op, 'config.create', null)
  const source = await readConfig(op, input.id)
  const { version, document } = await readSource(op, source, input.versionId ?? null)
  const name = nameFrom(input.name)
  requireStorable(document)
  await requireFreeName(op, name, null)
  // Ids name one rule of one config.
  const rules = document.rules.map((rule) => ({ ...rule, id: randomUUID() }))
  return insertConfig(op, user, 'config.clone', {
    name,
    description: source.description,
    document: { ...document, rules },
    audited: { clonedFrom: source.name, clonedFromId: source.id, clonedVersion: version },
  })
}

async function readSource(
  op: Operation,
  config: ConfigRow,
  versionId: string | null,
): Promise<{ version: number | null; document: ConfigDocument }> {
  if (versionId === null) return { version: null, document: await readDocument(op, config.id) }
  const version = await readVersion(op, versionId)
  if (version.configId !== config.id) {
    throw new Refusal('NOT_FOUND', `versionId: "${config.name}" has no version with the id "${version.id}".`)
  }
  return { version: version.number, document: await readVersionDocument(op, version.id) }
}
