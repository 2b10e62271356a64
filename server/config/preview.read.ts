/** What a working copy would become: its problems, warnings and rendered files. */
import type { Problem } from '../core/refusal.ts'
import { reviewWarnings } from '../core/review-warnings.ts'
import { checkDocument } from '../core/rules.ts'
import type { AtsGeneration } from '../core/vocabulary.ts'
import type { StoredFile, StoredRecord } from '../database/tables.ts'
import type { BatchRead, Operation } from '../operation.ts'
import { readSettings } from '../settings/settings.read.ts'
import { documentByConfigId, readListedProxies } from './config.read.ts'
import { renderAll } from './content.ts'

interface Rendering {
  readonly generation: AtsGeneration
  readonly files: readonly StoredFile[]
  readonly records: readonly StoredRecord[]
}

export const problemsByConfigId: BatchRead<string, readonly Problem[]> = async (op, ids) => {
  const entries = ids.map(async (id) => [id, await problemsOf(op, id)] as const)
  return new Map(await Promise.all(entries))
}

async function problemsOf(op: Operation, configId: string): Promise<readonly Problem[]> {
  const document = await op.load(documentByConfigId, configId)
  const retired = (await readListedProxies(op, configId)).filter((proxy) => proxy.isRetired)
  return [
    ...(document ? checkDocument(document) : []),
    ...retired.map(({ hostname }) => ({
      path: 'proxies',
      code: 'PROXY_RETIRED',
      message: `${hostname} was retired; take it off the list.`,
    })),
  ]
}

export const renderedByConfigId: BatchRead<string, readonly Rendering[]> = async (op, ids) => {
  const { outboundExceptions } = await readSettings(op)
  const entries = ids.map(async (id) => {
    const document = await op.load(documentByConfigId, id)
    const isRenderable = document && checkDocument(document).length === 0
    return [id, isRenderable ? renderAll(document, outboundExceptions) : []] as const
  })
  return new Map(await Promise.all(entries))
}

export const warningsByConfigId: BatchRead<string, readonly Problem[]> = async (op, ids) => {
  const { outboundExceptions } = await readSettings(op)
  const entries = ids.map(async (id) => {
    const document = await op.load(documentByConfigId, id)
    return [id, document ? reviewWarnings(document, { outboundExceptions, now: op.now }) : []] as const
  })
  return new Map(await Promise.all(entries))
}

/** @param generation null: all of them */
export function filesOf(renderings: readonly Rendering[], generation: AtsGeneration | null) {
  return renderings
    .filter((rendering) => generation === null || rendering.generation === generation)
    .flatMap((rendering) => rendering.files.map((file) => ({ generation: rendering.generation, ...file })))
}

export function recordsOf(
  renderings: readonly Rendering[],
  generation: AtsGeneration,
): readonly StoredRecord[] {
  return renderings.find((rendering) => rendering.generation === generation)?.records ?? []
}
