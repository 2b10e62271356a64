/** Tells the server what lies on the disk when that is not what was last applied: so that people see what was edited. */
import type { AtsRecord } from '#core/ats/records'
import { limits } from '#core/config-document'
import { type RunningSet, routingFiles } from './files.ts'
import type { Link } from './link.ts'
import { type Log, reasonOf } from './log.ts'
import { LinkError } from './transport.ts'

/** Larger files are not sent, and never cut: half a file would be read as the whole. */
export const largestReportedFileBytes = 1024 * 1024
/** What goes around the report in its message: the operation's text and its envelope. */
const envelopeBytes = 4 * 1024

export interface FilesReport {
  readonly hash: string
  readonly files: readonly { readonly name: string; readonly content: string }[]
  readonly records: readonly AtsRecord[]
}

/** Never rejects: the files are for people to read, and nothing waits for them. */
export type DiskReporter = (found: RunningSet) => Promise<void>

/** Remembers the last report for as long as the process lives: the server keeps one as well. */
export function createDiskReporter(link: Pick<Link, 'reportFiles'>, log: Log): DiskReporter {
  let lastHash: string | null = null
  return async ({ hash, files, records }) => {
    if (hash === lastHash) return
    const report = { hash, files: routingFiles.map((name) => ({ name, content: files[name] })), records }
    const fault = faultOf(report)
    if (fault !== null) {
      lastHash = hash
      log.warn('the files on disk are not reported', { reason: fault, hash })
      return
    }
    try {
      await link.reportFiles(report)
      lastHash = hash
      log.info('the files on disk were reported', { hash })
    } catch (error) {
      // A "no" would come again; without an answer the next pass tries once more.
      if (error instanceof LinkError && error.isFinal) lastHash = hash
      log.warn('the files on disk could not be reported', { reason: reasonOf(error), hash })
    }
  }
}

/** Why a report can't be sent whole, as a sentence. */
function faultOf(report: FilesReport): string | null {
  for (const { name, content } of report.files) {
    const bytes = Buffer.byteLength(content)
    if (bytes > largestReportedFileBytes) {
      return `${name} has ${bytes} bytes; at most ${largestReportedFileBytes} are reported.`
    }
    if (content.includes('\0')) return `${name} is not text.`
  }
  const bytes = Buffer.byteLength(JSON.stringify(report)) + envelopeBytes
  return bytes <= limits.bodyBytes ? null : `All files together take ${bytes} bytes to send.`
}
