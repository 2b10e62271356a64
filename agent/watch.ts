/** Hears of edits by hand where the file system tells of them; the next poll finds the others. */
import { watch } from 'node:fs'
import { basename } from 'node:path'
import { recordsFileNames, routingFiles } from './files.ts'
import { type Log, reasonOf } from './log.ts'

export interface WatchParts {
  readonly configDir: string
  readonly onEdit: () => void
  readonly log: Log
  /** From the first sign of an edit to the call: an editor writes in several steps. */
  readonly settleMs?: number
  /** The least time between two calls: a program that writes the files again and again is not raced with. */
  readonly leastGapMs?: number
}

const watched: readonly string[] = [...routingFiles, ...recordsFileNames]

/** Our own writes are heard as well: they cost one pass that finds nothing to do. Answers how to end it. */
export function watchFiles({
  configDir,
  onEdit,
  log,
  settleMs = 300,
  leastGapMs = 10_000,
}: WatchParts): () => void {
  let timer: NodeJS.Timeout | undefined
  let toldAt = Number.NEGATIVE_INFINITY
  const tellSoon = () => {
    timer ??= setTimeout(
      () => {
        timer = undefined
        toldAt = performance.now()
        onEdit()
      },
      Math.max(settleMs, toldAt + leastGapMs - performance.now()),
    )
  }
  const giveUp = (error: unknown) =>
    log.warn('edits by hand are found with the next poll only', { reason: reasonOf(error) })
  try {
    const watcher = watch(configDir, { persistent: false }, (_, name) => {
      // By its own name the directory tells of its rights: they may have been given just now.
      if (name !== null && (watched.includes(name) || name === basename(configDir))) tellSoon()
    })
    watcher.on('error', (error) => {
      watcher.close()
      giveUp(error)
    })
    return () => {
      clearTimeout(timer)
      watcher.close()
    }
  } catch (error) {
    giveUp(error) // no such directory, or too many watches on this host
    return () => {}
  }
}
