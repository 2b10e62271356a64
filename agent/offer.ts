/** Decides whether an offer may be tried at all: whose it is, how old, and whether it stays within local limits. */
import { createHash } from 'node:crypto'
import { type AtsRecord } from '#core/ats/records'
import { contentHash } from '#core/config-files'
import { type RoutingFile, routingFiles } from './files.ts'
import { type Identity, readSignature } from './identity.ts'
import type { OfferedFile, SyncOffer } from './link.ts'
import type { State } from './memory.ts'

/** An offer that the server has signed for us, byte for byte. */
export interface CheckedOffer {
  readonly hash: string
  readonly sequence: number
  readonly configId: string
  readonly version: number
  readonly files: Readonly<Record<RoutingFile, string>>
  readonly records: readonly AtsRecord[]
}

/** Fixed here, on the host: no server can raise them. */
export const localLimits = { fileBytes: 64 * 1024 * 1024, records: 100, recordValueLength: 1_000 }

/** The records that an offer may set: routing, and nothing like a plugin's path or the user ATS runs as. */
const allowedRecord =
  /^proxy\.config\.(http\.(parent_proxy\.[a-z_]+|(parent_)?connect_attempts_[a-z_]+|no_dns_just_forward_to_parent|uncacheable_requests_bypass_parent|[a-z_]*timeout[a-z_]*)|cache\.hostdb\.[a-z_]+|hostdb\.[a-z_]+)$/

/** The offer, or why it is refused: one English sentence. */
export async function checkOffer(
  offer: SyncOffer,
  identity: Identity,
  state: State,
): Promise<CheckedOffer | string> {
  const { hash, sequence, configId, version, files, records, signature } = offer
  if (!hash || !sequence || !configId || !version || !files || !records || !signature) {
    return 'The offer is incomplete.'
  }
  const claims = await readSignature(identity, signature)
  if (claims === null) return 'The signature is not from the server that this agent was enrolled with.'
  if (claims.proxyId !== identity.proxyId) return 'The signature is for another proxy.'
  if (
    claims.hash !== hash ||
    claims.sequence !== sequence ||
    claims.configId !== configId ||
    claims.version !== version
  ) {
    return 'The signature is for another offer.'
  }
  if (sequence < state.sequence) {
    return `Sequence ${sequence} is older than ${state.sequence}, which this agent has seen.`
  }
  if (sequence === state.sequence && state.sequenceHash !== null && hash !== state.sequenceHash) {
    return `Sequence ${sequence} was offered before with another hash.`
  }
  const fault = faultOfFiles(files) ?? faultOfRecords(records)
  if (fault !== null) return fault
  if (contentHash(files, records) !== hash) return 'The files and records do not have the signed hash.'
  const content = (name: RoutingFile): string => files.find((file) => file.name === name)?.content ?? ''
  return {
    hash,
    sequence,
    configId,
    version,
    records,
    files: {
      'parent.config': content('parent.config'),
      'sni.yaml': content('sni.yaml'),
      'ip_allow.yaml': content('ip_allow.yaml'),
    },
  }
}

function faultOfFiles(files: readonly OfferedFile[]): string | null {
  for (const { name, content, sha256 } of files) {
    if (!routingFiles.some((own) => own === name)) {
      return `The file ${JSON.stringify(name.slice(0, 100))} is not one that this agent writes.`
    }
    const bytes = Buffer.byteLength(content)
    if (bytes > localLimits.fileBytes)
      return `${name} has ${bytes} bytes; at most ${localLimits.fileBytes} are taken.`
    if (createHash('sha256').update(content).digest('hex') !== sha256)
      return `${name} does not have its own sha256.`
  }
  const missing = routingFiles.find((name) => files.filter((file) => file.name === name).length !== 1)
  return missing === undefined ? null : `${missing} must be offered exactly once.`
}

function faultOfRecords(records: readonly AtsRecord[]): string | null {
  if (records.length > localLimits.records)
    return `${records.length} records; at most ${localLimits.records} are taken.`
  for (const { name, value } of records) {
    if (!allowedRecord.test(name))
      return `The record ${JSON.stringify(name.slice(0, 100))} is not one that this agent sets.`
    if (value.length > localLimits.recordValueLength || /[^\x20-\x7e]/.test(value)) {
      return `The value of ${name} is too long, or has characters that records can't hold.`
    }
  }
  const names = new Set(records.map(({ name }) => name))
  return names.size === records.length ? null : 'A record is offered twice.'
}
