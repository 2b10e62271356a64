/** Reads the rules of working copies and versions, each as one value. */
import { inArray } from 'drizzle-orm'
import type { ConfigDocument, Rule } from '../core/config-document.ts'
import { Refusal } from '../core/refusal.ts'
import {
  clientRules,
  configRouteTests,
  configs,
  configVersions,
  domainRules,
  ipRangeRules,
  parentProxies,
} from '../database/tables.ts'
import type { BatchRead, Operation } from '../operation.ts'
import { groupByConfig } from './config.read.ts'
import { documentsIn } from './kept-documents.ts'

type Head = Pick<typeof configs.$inferSelect, 'id' | 'revision' | 'defaultAction' | 'failover'>

/**
 * The working copy's rules as one value: six statements for any number of configs, one when all are kept.
 *
 * The revision is read before the rules. An edit that comes between gives its rules to the older revision, which
 * nobody asks for again, and which no write is accepted for; the other way about would be kept and wrong.
 */
export const documentByConfigId: BatchRead<string, ConfigDocument> = async (op, ids) => {
  const kept = documentsIn(op.read)
  const heads = await op.read
    .select({
      id: configs.id,
      revision: configs.revision,
      defaultAction: configs.defaultAction,
      failover: configs.failover,
    })
    .from(configs)
    .where(inArray(configs.id, [...ids]))
  const found = new Map<string, ConfigDocument>()
  const missing: Head[] = []
  for (const head of heads) {
    const document = kept.get(head.id, head.revision)
    if (document) found.set(head.id, document)
    else missing.push(head)
  }
  for (const [head, document] of await readDocuments(op, missing)) {
    kept.set(head.id, head.revision, document)
    found.set(head.id, document)
  }
  return found
}

async function readDocuments(op: Operation, heads: readonly Head[]): Promise<[Head, ConfigDocument][]> {
  if (heads.length === 0) return []
  const keys = heads.map(({ id }) => id)
  const [domains, ranges, parents, clients, tests] = await Promise.all([
    op.read.select().from(domainRules).where(inArray(domainRules.configId, keys)),
    op.read.select().from(ipRangeRules).where(inArray(ipRangeRules.configId, keys)),
    op.read
      .select()
      .from(parentProxies)
      .where(inArray(parentProxies.configId, keys))
      .orderBy(parentProxies.priority),
    op.read
      .select()
      .from(clientRules)
      .where(inArray(clientRules.configId, keys))
      .orderBy(clientRules.position),
    op.read
      .select()
      .from(configRouteTests)
      .where(inArray(configRouteTests.configId, keys))
      .orderBy(configRouteTests.position),
  ])
  const rulesOf = groupByConfig([...domains, ...ranges])
  const parentsOf = groupByConfig(parents)
  const clientsOf = groupByConfig(clients)
  const testsOf = groupByConfig(tests)
  return heads.map((head) => [
    head,
    {
      defaultAction: head.defaultAction,
      rules: (rulesOf.get(head.id) ?? []).sort((a, b) => a.position - b.position).map(ruleOf),
      parentProxies: (parentsOf.get(head.id) ?? []).map(({ configId: _, ...parent }) => parent),
      clientRules: (clientsOf.get(head.id) ?? []).map(({ range, action }) => ({ range, action })),
      failover: head.failover,
      routeTests: (testsOf.get(head.id) ?? []).map(({ configId: _, position: __, ...test }) => test),
    },
  ])
}

function ruleOf(row: typeof domainRules.$inferSelect): Rule {
  const { configId: _config, position: _position, expiresAt, ...rule } = row
  return { ...rule, expiresAt: expiresAt?.toISOString() ?? null }
}

/** @throws Refusal NOT_FOUND */
export async function readDocument(op: Operation, configId: string): Promise<ConfigDocument> {
  const document = await op.load(documentByConfigId, configId)
  if (!document) throw new Refusal('NOT_FOUND', 'The config is gone.')
  return document
}

/** A version never changes: kept, it is the same for good. */
const anyRevision = 0

const versionDocumentById: BatchRead<string, ConfigDocument> = async (op, ids) => {
  const kept = documentsIn(op.read)
  const found = new Map<string, ConfigDocument>()
  for (const id of ids) {
    const document = kept.get(id, anyRevision)
    if (document) found.set(id, document)
  }
  const missing = ids.filter((id) => !found.has(id))
  if (missing.length === 0) return found
  const rows = await op.read
    .select({ id: configVersions.id, document: configVersions.document })
    .from(configVersions)
    .where(inArray(configVersions.id, missing))
  for (const { id, document: stored } of rows) {
    const document = { ...stored, routeTests: stored.routeTests ?? [] }
    kept.set(id, anyRevision, document)
    found.set(id, document)
  }
  return found
}

export async function readVersionDocument(op: Operation, versionId: string): Promise<ConfigDocument> {
  const document = await op.load(versionDocumentById, versionId)
  if (!document) throw new Error(`version ${versionId} has no document`)
  return document
}
