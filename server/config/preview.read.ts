/** What a working copy would become: its problems, warnings and rendered files. */
import type { ConfigDocument } from '../core/config-document.ts'
import { renderConfigFiles } from '../core/config-files.ts'
import { failedRouteTests } from '../core/failed-route-tests.ts'
import type { Problem } from '../core/refusal.ts'
import { reviewWarnings } from '../core/review-warnings.ts'
import { checkDocument } from '../core/rules.ts'
import type { AtsGeneration } from '../core/vocabulary.ts'
import type { Warning } from '../core/warnings/warning.ts'
import type { StoredFile, StoredRecord } from '../database/tables.ts'
import type { BatchRead, Operation } from '../operation.ts'
import { readSettings } from '../settings/settings.read.ts'
import { parentHostnamesByConfigId, readListedProxies } from './config.read.ts'
import { documentByConfigId } from './document.read.ts'

interface Rendering {
  readonly generation: AtsGeneration
  readonly files: readonly StoredFile[]
  readonly records: readonly StoredRecord[]
}

/** What `checkDocument` finds; asked once by everything that is shown of one config. */
const documentProblemsByConfigId: BatchRead<string, readonly Problem[]> = async (op, ids) => {
  const entries = ids.map(async (id) => {
    const document = await op.load(documentByConfigId, id)
    return [id, document ? problemsIn(document) : []] as const
  })
  return new Map(await Promise.all(entries))
}

const knownProblems = new WeakMap<ConfigDocument, readonly Problem[]>()

/** Worked out once for as long as the document is kept (kept-documents.ts). */
function problemsIn(document: ConfigDocument): readonly Problem[] {
  const known = knownProblems.get(document)
  if (known !== undefined) return known
  const problems = checkDocument(document)
  knownProblems.set(document, problems)
  return problems
}

export const problemsByConfigId: BatchRead<string, readonly Problem[]> = async (op, ids) => {
  const { outboundExceptions } = await readSettings(op.read)
  const entries = ids.map(async (id) => [id, await problemsOf(op, id, outboundExceptions)] as const)
  return new Map(await Promise.all(entries))
}

async function problemsOf(
  op: Operation,
  configId: string,
  outboundExceptions: readonly string[],
): Promise<readonly Problem[]> {
  const inDocument = await readDocumentProblems(op, configId)
  const failed = inDocument.length === 0 ? await readFailedTests(op, configId, outboundExceptions) : []
  const retired = (await readListedProxies(op, configId)).filter((proxy) => proxy.isRetired)
  return [
    ...inDocument,
    ...failed,
    ...retired.map(({ hostname }) => ({
      path: 'proxies',
      code: 'PROXY_RETIRED',
      message: `${hostname} was retired; take it off the list.`,
    })),
  ]
}

/** Of the working copy alone: with any of these it can't be rendered, and no route be explained. */
export async function readDocumentProblems(op: Operation, configId: string): Promise<readonly Problem[]> {
  return (await op.load(documentProblemsByConfigId, configId)) ?? []
}

async function readFailedTests(
  op: Operation,
  configId: string,
  outboundExceptions: readonly string[],
): Promise<readonly Problem[]> {
  const document = await op.load(documentByConfigId, configId)
  if (!document || document.routeTests.length === 0) return []
  return failedRouteTests(document, { outboundExceptions })
}

/** Keys are `generation configId`: one rendering each, because one takes long where rules are many. */
const renderingByKey: BatchRead<string, Rendering> = async (op, keys) => {
  const { outboundExceptions } = await readSettings(op.read)
  const entries = keys.map(async (key) => {
    const [generation, configId] = key.split(' ') as [AtsGeneration, string]
    const document = await op.load(documentByConfigId, configId)
    const problems = (await op.load(documentProblemsByConfigId, configId)) ?? []
    const isRenderable = document && problems.length === 0
    return isRenderable ? [[key, renderConfigFiles(document, generation, outboundExceptions)] as const] : []
  })
  return new Map((await Promise.all(entries)).flat())
}

/** The working copy for one ATS generation; none while it has problems. */
export async function readRendering(
  op: Operation,
  configId: string,
  generation: AtsGeneration,
): Promise<readonly Rendering[]> {
  const rendering = await op.load(renderingByKey, `${generation} ${configId}`)
  return rendering ? [rendering] : []
}

export const warningsByConfigId: BatchRead<string, readonly Warning[]> = async (op, ids) => {
  const { outboundExceptions } = await readSettings(op.read)
  const entries = ids.map(async (id) => [id, await warningsOf(op, id, outboundExceptions)] as const)
  return new Map(await Promise.all(entries))
}

async function warningsOf(
  op: Operation,
  configId: string,
  outboundExceptions: readonly string[],
): Promise<readonly Warning[]> {
  const document = await op.load(documentByConfigId, configId)
  if (!document) return []
  const proxyHostnames = (await op.load(parentHostnamesByConfigId, configId)) ?? []
  return reviewWarnings(document, { outboundExceptions, proxyHostnames, now: op.now })
}

export function filesOf({ generation, files }: Pick<Rendering, 'generation' | 'files'>) {
  return files.map((file) => ({ generation, ...file }))
}
