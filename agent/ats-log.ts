/**
 * Reads ATS's verdict on a file from diags.log: the only thing that tells before 10.2 (docs/decisions/0003).
 *
 * A load counts only if its "loading ..." line was written after the file had been replaced; a "finished loading"
 * alone may end the load of an earlier content.
 */
import { constants } from 'node:fs'
import { access, type FileHandle, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AtsSilent, type LoadVerdict, type LoadWatch } from './ats-port.ts'
import type { RoutingFile } from './files.ts'

/** The lines that a log gained since the tail was opened; survives truncation and rotation. */
export interface LogTail {
  /** Everything new, as often as asked; a line that is still being written waits for its end. */
  read(): Promise<string[]>
  /** What is new since the last `take`. */
  take(): Promise<string[]>
  close(): Promise<void>
}

/** Limits what one apply keeps of a noisy log; beyond it the oldest lines go. */
const keptLines = 20_000

/**
 * Starts at the log's present end, or `bytesBack` before it, where the first line may be a part of one; a log that
 * doesn't exist yet is read from its start.
 */
export async function openTail(path: string, bytesBack = 0): Promise<LogTail> {
  let file: FileHandle | null = await open(path, 'r').catch(() => null)
  let position = file ? Math.max(0, (await file.stat()).size - bytesBack) : 0
  let rest = ''
  const lines: string[] = []

  async function drain(): Promise<void> {
    if (!file) return
    const { size } = await file.stat()
    if (size < position) position = 0 // truncated
    while (position < size) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, position)
      if (bytesRead === 0) return
      position += bytesRead
      const parts = (rest + buffer.toString('latin1', 0, bytesRead)).split('\n')
      rest = parts.pop() ?? ''
      lines.push(...parts)
    }
  }

  async function follow(): Promise<void> {
    await drain()
    const [now, held] = await Promise.all([stat(path).catch(() => null), file?.stat()])
    if (now && now.ino !== held?.ino) {
      await file?.close()
      file = await open(path, 'r').catch(() => null)
      position = 0
      await drain()
    }
    if (lines.length > keptLines) lines.splice(0, lines.length - keptLines)
  }

  return {
    async read() {
      await follow()
      return [...lines]
    },
    async take() {
      await follow()
      return lines.splice(0)
    },
    async close() {
      await file?.close()
      file = null
    },
  }
}

/** Follows the log from its present end on; `reload` is how this ATS is asked. @throws AtsSilent when we may not read it */
export async function watchLog(logDir: string, reload: () => Promise<void>): Promise<LoadWatch> {
  await requireLog(logDir)
  const source = join(logDir, 'diags.log')
  const tail = await openTail(source)
  return {
    source,
    reload,
    async verdicts(files) {
      const lines = await tail.read()
      return files.map((name) => ({ name, ...readVerdict(lines, name) }))
    },
    close: () => tail.close(),
  }
}

/** A log that we may not read hides every verdict; one that isn't there yet does not. */
async function requireLog(logDir: string): Promise<void> {
  await access(join(logDir, 'diags.log'), constants.R_OK).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT')
      throw new AtsSilent('what ATS says of its files can’t be read: let the agent’s user read its log', {
        cause,
      })
  })
}

/**
 * What ATS says of one file in lines that begin after the file was replaced. parent.config always "finishes":
 * a bad line is dropped alone, so any complaint during its load is a rejection.
 */
export function readVerdict(lines: readonly string[], name: RoutingFile): LoadVerdict {
  let isLoading = false
  let isComplete = false
  let hasFailed = false
  let complaints: string[] = []
  for (const line of lines) {
    const event = eventOf(line, name)
    if (event === 'loading') {
      isLoading = true
      complaints = []
    } else if (!isLoading) {
      // the end of an earlier load
    } else if (event === 'finished' || event === 'failed') {
      if (event === 'failed') complaints.push(textOf(line))
      hasFailed = event === 'failed' || (name === 'parent.config' && complaints.length > 0)
      isComplete = true
      isLoading = false
    } else if (isComplaint(line, name)) {
      complaints.push(textOf(line))
    }
  }
  if (!isComplete) return { result: 'waiting', complaints: [] }
  return hasFailed ? { result: 'rejected', complaints } : { result: 'loaded', complaints: [] }
}

function eventOf(line: string, name: RoutingFile): 'loading' | 'finished' | 'failed' | null {
  const found =
    /(?:^|[\s/])(parent\.config|sni\.yaml|ip_allow\.yaml) (loading \.\.\.|finished loading|failed to load)(.?)/.exec(
      line,
    )
  if (found?.[1] !== name) return null
  if (found[2] === 'loading ...') return 'loading'
  if (found[2] === 'finished loading') return 'finished'
  return found[3] === ':' ? null : 'failed' // with a colon it gives the reason; the verdict follows
}

const complaintMarks: Record<RoutingFile, RegExp> = {
  'parent.config': /ERROR:.*(\[ParentSelection\]|parent\.config)/,
  'sni.yaml': /ERROR:.*(sni\.yaml|SNIConfig)/,
  // Its warnings name the fault; the error only says that there is one.
  'ip_allow.yaml': /(ERROR|WARNING):.*(ip_allow\.yaml|IPAllow|IpAllow|at Line \d+)/i,
}

function isComplaint(line: string, name: RoutingFile): boolean {
  return complaintMarks[name].test(line)
}

/** Without time and thread: they'd make equal complaints differ. */
function textOf(line: string): string {
  return line.replace(/^\[[^\]]*\]\s+(\[[^\]]*\]|\S+)\s+/, '').trim()
}

const dayMs = 86_400_000

/** ATS's `Nov 26 10:32:49.683` names no year and no zone: the newest such moment of local time that isn't ahead. */
export function momentOf(stamp: string, now: Date): Date | null {
  const ofYear = (year: number) => {
    const [date, milliseconds] = stamp.split('.')
    return new Date(Date.parse(`${date} ${year}`) + Number(milliseconds))
  }
  const at = ofYear(now.getFullYear())
  if (Number.isNaN(at.getTime())) return null
  return at.getTime() > now.getTime() + dayMs ? ofYear(now.getFullYear() - 1) : at
}
