/** What a submission consists of: the rendered files of every generation, the proxies, and the hash over all of it. */

import type { ConfigDocument } from '../core/config-document.ts'
import { configHash, type RenderedConfig, renderConfigFiles } from '../core/config-files.ts'
import { failedRouteTests } from '../core/failed-route-tests.ts'
import { type Problem, refuseInput } from '../core/refusal.ts'
import { checkDocument } from '../core/rules.ts'
import { atsGenerations } from '../core/vocabulary.ts'
import type { SubmittedProxy } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { readSettings } from '../settings/settings.read.ts'
import { type ListedProxy, readListedProxies } from './config.read.ts'
import { readDocument } from './document.read.ts'

export interface Submission {
  readonly document: ConfigDocument
  readonly rendered: readonly RenderedConfig[]
  readonly proxies: readonly ListedProxy[]
  readonly submittedProxies: readonly SubmittedProxy[]
  readonly configHash: string
}

/** Renders the working copy as it stands. @throws Refusal BAD_USER_INPUT when its document can't be submitted */
export async function readSubmission(op: Operation, configId: string): Promise<Submission> {
  const [document, listed, { outboundExceptions }] = await Promise.all([
    readDocument(op, configId),
    readListedProxies(op, configId),
    readSettings(op.read),
  ])
  return contentOf(document, listed, outboundExceptions)
}

export function contentOf(
  document: ConfigDocument,
  listed: readonly ListedProxy[],
  outboundExceptions: readonly string[],
): Submission {
  requireNone(checkDocument(document))
  requireNone(failedRouteTests(document, { outboundExceptions }))
  const rendered = renderAll(document, outboundExceptions)
  const submittedProxies = listed.map(({ id, versionId }) => ({ id, versionId }))
  return {
    document,
    rendered,
    proxies: listed,
    submittedProxies,
    configHash: configHash({ document, rendered, proxies: submittedProxies }),
  }
}

function requireNone([first, ...rest]: readonly Problem[]): void {
  if (first) throw refuseInput([first, ...rest])
}

export function renderAll(document: ConfigDocument, outboundExceptions: readonly string[]): RenderedConfig[] {
  return atsGenerations.map((generation) => renderConfigFiles(document, generation, outboundExceptions))
}
