/** Keeps what an agent found on its disk when those are no version's bytes. */
import { createHash } from 'node:crypto'
import { contentHash } from '../core/config-files.ts'
import { type Problem, refuseInput } from '../core/refusal.ts'
import { isStorable } from '../core/stored-text.ts'
import type { StoredRecord } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { isVersionHash } from '../proxy/running.read.ts'
import type { SyncParts } from './offer.ts'
import { requireOwnProxy } from './own-proxy.ts'

export interface ReportFilesInput {
  readonly hash: string
  readonly files: readonly { readonly name: string; readonly content: string }[]
  readonly records: readonly StoredRecord[]
}

const reportedNames = ['ip_allow.yaml', 'parent.config', 'sni.yaml']
const largestFileBytes = 1024 * 1024
const mostRecords = 200
const longestRecordText = 1_000

/**
 * Observed, not audited: the report of another hash was. Replaces the find before; what is a version's is not kept
 * twice. @throws Refusal UNAUTHENTICATED (retired), BAD_USER_INPUT
 */
export async function reportFiles(op: Operation, parts: SyncParts, input: ReportFilesInput): Promise<void> {
  const { proxyId } = await requireOwnProxy(op, parts.memory)
  const [first, ...rest] = problemsOf(input)
  if (first) throw refuseInput([first, ...rest])
  if (await isVersionHash(op, input.hash)) return
  await op.observe.proxyFiles({
    proxyId,
    hash: input.hash,
    files: input.files.map(({ name, content }) => ({ name, content, sha256: sha256(content) })),
    records: input.records.map(({ name, type, value }) => ({ name, type, value })),
    reportedAt: op.now,
  })
}

function problemsOf({ hash, files, records }: ReportFilesInput): readonly Problem[] {
  const names = files.map((file) => file.name).sort()
  if (names.join() !== reportedNames.join()) {
    const message = `Must be ${reportedNames.join(', ')}, each once.`
    return [{ path: 'files', code: 'OTHER_FILES', message }]
  }
  const problems = files.flatMap(({ name, content }, index): Problem[] => {
    const path = `files.${index}.content`
    if (Buffer.byteLength(content) > largestFileBytes) {
      return [{ path, code: 'FILE_TOO_LARGE', message: `${name}: at most ${largestFileBytes} bytes.` }]
    }
    return isStorable(content) ? [] : [{ path, code: 'NOT_TEXT', message: `${name} is not text.` }]
  })
  const isRecord = ({ name, value }: StoredRecord) =>
    [name, value].every((text) => text.length <= longestRecordText && isStorable(text))
  if (records.length > mostRecords || !records.every(isRecord)) {
    const message = `At most ${mostRecords} records, names and values of at most ${longestRecordText} characters.`
    problems.push({ path: 'records', code: 'TOO_MANY', message })
  }
  if (problems.length > 0 || contentHash(files, records) === hash) return problems
  return [{ path: 'hash', code: 'HASH_MISMATCH', message: 'The files and records do not have this hash.' }]
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex')
}
