/** Whose rules a route is asked of: the working copy's, those that run, or those on one proxy. */
import { readConfig } from '../config/config.read.ts'
import { readDocument, readVersionDocument } from '../config/document.read.ts'
import { readDocumentProblems } from '../config/preview.read.ts'
import type { ConfigDocument } from '../core/config-document.ts'
import { Refusal, refuseInput } from '../core/refusal.ts'
import type { Operation } from '../operation.ts'
import { readProxy } from '../proxy/proxy.read.ts'
import { versionIdOf } from '../proxy/running.read.ts'

export const RouteSource = { DRAFT: 'draft', ACTIVE: 'active', PROXY: 'proxy' } as const
export type RouteSource = (typeof RouteSource)[keyof typeof RouteSource]

export interface SourceFields {
  readonly configId: string
  readonly source: RouteSource
  readonly proxyId?: string | null | undefined
}

/**
 * The rules of a source.
 * @throws Refusal NOT_FOUND for an unknown config or proxy, for a config that nothing was approved of, and for a proxy
 *   that runs no approved version; BAD_USER_INPUT for a working copy that has problems, and for a PROXY without its id
 */
export async function readSource(
  op: Operation,
  { configId, source, proxyId }: SourceFields,
): Promise<ConfigDocument> {
  const config = await readConfig(op, configId)
  switch (source) {
    case 'draft': {
      const [first, ...rest] = await readDocumentProblems(op, config.id)
      if (first) throw refuseInput([first, ...rest])
      return readDocument(op, config.id)
    }
    case 'active': {
      if (config.activeVersionId !== null) return readVersionDocument(op, config.activeVersionId)
      throw new Refusal('NOT_FOUND', `Nothing of "${config.name}" was approved yet: ask the working copy.`)
    }
    case 'proxy':
      return readRunning(op, proxyId ?? null)
  }
}

async function readRunning(op: Operation, proxyId: string | null): Promise<ConfigDocument> {
  if (proxyId === null) {
    const message = 'Name the proxy whose rules are wanted.'
    throw refuseInput([{ path: 'proxyId', code: 'PROXY_MISSING', message }])
  }
  const proxy = await readProxy(op, proxyId)
  const versionId = await versionIdOf(op, proxy.currentConfigHash, proxy.versionId)
  if (versionId !== null) return readVersionDocument(op, versionId)
  throw new Refusal('NOT_FOUND', `What ${proxy.hostname} runs now is no approved version.`)
}
