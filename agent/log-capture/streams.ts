/** Where this ATS writes: its debug lines go where its standard error goes, its access log has a usual name. */
import { readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { inertText, type LogLine, type LogSource, logLimits } from '#core/log-line'
import type { AtsPlace } from '../ats-place.ts'
import { pidOf, unitOf } from '../ats-run.ts'
import { accessLogNames, readAccessLine } from './access-line.ts'
import { createDebugReader } from './debug-line.ts'
import { type EpochOf, type Follower, follow, type Place, type RawLine } from './follow.ts'
import { followJournal } from './journal.ts'
import { gapAt } from './outbox.ts'
import { createLineRedact, type Redact } from './redact.ts'

export interface Stream {
  readonly source: LogSource
  /** A path, or the journal's name for it. */
  readonly name: string
  /** @param from where it was left; null: at its present end */
  follow(from: Place | null, epochOf: EpochOf): Promise<Follower>
}

export interface FoundStreams {
  readonly streams: readonly Stream[]
  /** What can't be followed, for people; null: all is well. */
  readonly problem: string | null
}

export async function findStreams({ runtimeDir, logDir }: AtsPlace): Promise<FoundStreams> {
  const server = await pidOf('server', runtimeDir)
  const error = server === null ? null : await readlink(`/proc/${server}/fd/2`).catch(() => null)
  const isFile = error === null || (await isRegular(error))
  const isSocket = error?.startsWith('socket:') === true
  const unit = isSocket && server !== null ? await unitOf(server) : null
  const debug =
    unit === null
      ? fileStream('debug', isFile && error !== null ? error : join(logDir, 'traffic.out'))
      : journalStream(unit)
  const accessLogs = accessLogNames.map((name) => join(logDir, name))
  const access = (
    await Promise.all(accessLogs.map(async (path) => ((await isRegular(path)) ? path : null)))
  ).find((path) => path !== null)
  const problems = [
    ...(isFile || unit !== null
      ? []
      : [
          'ATS writes its debug lines to no file (its standard error is neither a file nor a systemd unit’s journal), so they can’t be followed: start it with --bind_stdout and --bind_stderr.',
        ]),
    ...(access === undefined
      ? [
          `There is no access log in Squid’s format: in logging.yaml, write one in ASCII called “${accessLogNames[0].replace('.log', '')}” to see clients, URLs, statuses and durations.`,
        ]
      : []),
  ]
  return {
    streams: [debug, fileStream('access', access ?? accessLogs[0] ?? '')],
    problem: problems.length === 0 ? null : problems.join(' '),
  }
}

function fileStream(source: LogSource, path: string): Stream {
  return {
    source,
    name: path,
    follow: (from, epochOf) => follow(path, from !== null && 'inode' in from ? from : null, epochOf),
  }
}

/** What a unit writes to its standard error goes to the journal where systemd isn't told otherwise. */
function journalStream(unit: string): Stream {
  return {
    source: 'debug',
    name: `journal of ${unit}`,
    follow: (from, epochOf) =>
      followJournal({ unit }, from !== null && 'cursor' in from ? from : null, epochOf),
  }
}

async function isRegular(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true
}

/** A line as it may leave the host: read into fields, without secrets, inert, and not too long. */
export function createReader(source: LogSource): (raw: RawLine, redact: Redact, now: Date) => LogLine {
  const readDebugLine = createDebugReader()
  const redactLine = createLineRedact()
  return (raw, redact, now) => {
    const { epoch, offset, lost } = raw
    if (lost !== undefined) return gapAt({ epoch, offset, source, at: now }, 'skipped', lost)
    const text = cut(inertText(redactLine(raw, redact)))
    const id = `${epoch.toString(36)}.${offset}`
    const read = source === 'access' ? readAccessLine(text) : readDebugLine(text, id, now)
    return { ...read, epoch, offset, source, text, gap: null, lost: null }
  }
}

function cut(text: string): string {
  const { lineLength } = logLimits
  if (text.length <= lineLength) return text
  return `${text.slice(0, lineLength)}… [${text.length - lineLength} more characters]`
}
