/** Renders a document for one ATS generation, and computes the hashes that people approve and agents compare. */
import { renderIpAllowYaml } from './ats/ip-allow-yaml.ts'
import { renderParentConfig } from './ats/parent-config.ts'
import { type AtsRecord, renderRecords } from './ats/records.ts'
import { renderSniYaml } from './ats/sni-yaml.ts'
import { type ConfigDocument, canonicalDocument } from './config-document.ts'
import { sha256, sha256OfParts } from './sha256.ts'
import type { AtsGeneration } from './vocabulary.ts'

export interface RenderedFile {
  readonly name: string
  readonly content: string
  /** Hex, of the content's UTF-8 bytes. */
  readonly sha256: string
}

export interface RenderedConfig {
  readonly generation: AtsGeneration
  readonly files: readonly RenderedFile[]
  readonly records: readonly AtsRecord[]
  /** SHA-256, hex, over all files and records: what a proxy should run and says it runs. */
  readonly hash: string
}

/** Renders a document that `checkDocument` has no problem with; the same rules always give the same bytes. */
export function renderConfigFiles(
  document: ConfigDocument,
  generation: AtsGeneration,
  outboundExceptions: readonly string[] = [],
): RenderedConfig {
  const routing = routingOf(document)
  const { canonical, parentConfig } = routing
  const files = [
    parentConfig,
    toFile('sni.yaml', renderSniYaml()),
    toFile('ip_allow.yaml', renderIpAllowYaml(canonical, generation, outboundExceptions)),
  ]
  const records = renderRecords(canonical, generation)
  // Generations may have equal bytes, and the largest file is the same for all: it is hashed once for each difference.
  const difference = JSON.stringify([files.map((file) => file.sha256), records])
  const hash = routing.hashes.get(difference) ?? contentHash(files, records)
  routing.hashes.set(difference, hash)
  return { generation, files, records, hash }
}

interface Routing {
  readonly canonical: ConfigDocument
  readonly parentConfig: RenderedFile
  /** Of files and records, by what may differ in them. */
  readonly hashes: Map<string, string>
}

const knownRoutings = new WeakMap<ConfigDocument, Routing>()

/** The same for every generation, and by far the largest part: documents are never changed in place. */
function routingOf(document: ConfigDocument): Routing {
  const known = knownRoutings.get(document)
  if (known !== undefined) return known
  const canonical = canonicalDocument(document)
  const routing = {
    canonical,
    parentConfig: toFile('parent.config', renderParentConfig(canonical)),
    hashes: new Map<string, string>(),
  }
  knownRoutings.set(document, routing)
  return routing
}

/**
 * The hash of one proxy's files and records, whatever order they are listed in; an agent computes it from its disk.
 */
export function contentHash(
  files: readonly { readonly name: string; readonly content: string }[],
  records: readonly AtsRecord[],
): string {
  const parts = [
    ...[...files].sort(byName).flatMap(({ name, content }) => ['file', name, content]),
    ...[...records].sort(byName).flatMap(({ name, type, value }) => ['record', name, type, value]),
  ]
  return sha256OfParts(parts)
}

/** What people approve: the rules, the bytes for every generation, and the proxies with what they run now. */
export interface ApprovedContent {
  readonly document: ConfigDocument
  readonly rendered: readonly RenderedConfig[]
  /** `versionId` is the version that the proxy should run before this approval; null for none. */
  readonly proxies: readonly { readonly id: string; readonly versionId: string | null }[]
}

/** SHA-256, hex. Rule ids don't count: the same rules typed again are the same content. */
export function configHash({ document, rendered, proxies }: ApprovedContent): string {
  const canonical = canonicalDocument(document)
  const rules = canonical.rules.map((rule) => ({ ...rule, id: undefined }))
  const byGeneration = [...rendered].sort((a, b) => compare(a.generation, b.generation))
  const byId = [...proxies].sort((a, b) => compare(a.id, b.id))
  return sha256OfParts([
    'document',
    JSON.stringify({ ...canonical, rules }),
    ...byGeneration.flatMap(({ generation, hash }) => ['generation', generation, hash]),
    ...byId.flatMap(({ id, versionId }) => [
      'proxy',
      id,
      versionId === null ? 'none' : `version ${versionId}`,
    ]),
  ])
}

function toFile(name: string, content: string): RenderedFile {
  return { name, content, sha256: sha256(content) }
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return compare(a.name, b.name)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
