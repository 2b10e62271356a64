/**
 * Follows a file that grows, from a place in it, through rotation and truncation.
 *
 * The file is the buffer: what can't be sent yet isn't read. A place names a file by its inode, so that after a restart
 * of the agent a file that was renamed meanwhile is read to its end before its successor.
 */
import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** How far something was read: everything before it was told. */
export type Place = FilePlace | JournalPlace

export interface FilePlace {
  /** Grows with every file that is followed in this one's stead. */
  readonly epoch: number
  readonly inode: number
  /** Bytes. */
  readonly offset: number
}

export interface JournalPlace {
  readonly epoch: number
  /** Of an entry, as journald has it. */
  readonly cursor: string
  /** Which journal counts. */
  readonly journal: string
  /** The number of the entry. */
  readonly offset: number
}

export interface RawLine {
  readonly epoch: number
  /** Where the line ends, its line feed included. */
  readonly offset: number
  readonly text: string
  /** The next one goes on with it: no line feed came for so long. */
  readonly isPiece?: true
  /** In place of a line: so many that whoever wrote the log left out; null: it didn't say. */
  readonly lost?: number | null
}

export interface Followed {
  readonly lines: readonly RawLine[]
  /** Something between the lines before and these was lost, nobody knows how much. */
  readonly isBroken: boolean
}

export interface Follower<Left extends Place = Place> {
  /** Some lines, in their order, of at most about 256 KiB; none: that is all there is for now. */
  read(): Promise<Followed>
  /** Bytes that are written and not read yet, of the file that is open. */
  behind(): Promise<number>
  /** Everything before it was told; null while there is no file. */
  place(): Left | null
  close(): Promise<void>
}

const chunkBytes = 256 * 1024
/** Without a line feed after so many bytes a line is told in pieces. */
const longestLineBytes = 64 * 1024

/** As `Places` has it: the epoch of a file, by its inode, above a number. */
export type EpochOf = (file: string, above: number) => Promise<number>

/** @param from where to go on; null: at the file's present end */
export async function follow(
  path: string,
  from: FilePlace | null,
  epochOf: EpochOf,
): Promise<Follower<FilePlace>> {
  let file: FileHandle | null = null
  let inode = 0
  let epoch = 0
  let position = 0
  let rest = Buffer.alloc(0)
  let isBroken = false
  /** What stood at the end of a file without a line feed when its successor was opened. */
  let unfinished: RawLine[] = []
  const bytes = Buffer.alloc(chunkBytes)

  async function take(name: string, isKnown: (found: number) => boolean): Promise<boolean> {
    const opened = await open(name, 'r').catch(() => null)
    if (opened === null) return false
    const { ino } = await opened.stat()
    if (!isKnown(ino)) {
      await opened.close()
      return false
    }
    await file?.close()
    file = opened
    inode = ino
    position = 0
    rest = Buffer.alloc(0)
    return true
  }

  async function start(): Promise<void> {
    if (from !== null) {
      for (const name of [path, ...(await siblings(path))]) {
        if (!(await take(name, (found) => found === from.inode))) continue
        epoch = from.epoch
        position = from.offset
        return
      }
      isBroken = true // it has gone: what was in it and wasn't read is lost
    }
    if (!(await take(path, () => true))) return
    if (from === null) position = await sizeOf()
    await beginEpoch(from?.epoch ?? Number.POSITIVE_INFINITY)
  }

  async function sizeOf(): Promise<number> {
    return file === null ? 0 : (await file.stat()).size
  }

  /**
   * Goes on to the file that came after the one that is open: rotated as well by now, or the one with the name.
   * Whether there is more to read.
   */
  async function next(): Promise<boolean> {
    const named = await stat(path).catch(() => null)
    const held = file === null ? null : await file.stat()
    if (named === null || named.ino === held?.ino) return false
    if (held === null) return (await take(path, () => true)) && beginEpoch(epoch)
    // Once its successor exists nothing more is written into it; a moment before, something may have been.
    if (held.size > position) return true
    const rotated = await Promise.all(
      (await siblings(path)).map(async (name) => ({ name, found: await stat(name).catch(() => null) })),
    )
    const between = rotated
      .flatMap(({ name, found }) => (found === null ? [] : [{ name, ino: found.ino, at: found.mtimeMs }]))
      .filter(({ ino, at }) => ino !== held.ino && ino !== named.ino && at > held.mtimeMs)
      .sort((a, b) => a.at - b.at)[0]
    const end = rest.length > 0 ? [{ epoch, offset: position, text: rest.toString('utf8') }] : []
    const isNext = (between && (await take(between.name, (ino) => ino === between.ino))) ?? false
    if (!isNext && !(await take(path, (ino) => ino !== held.ino))) return false
    unfinished.push(...end)
    return beginEpoch(epoch)
  }

  async function beginEpoch(above: number): Promise<true> {
    epoch = await epochOf(String(inode), above)
    return true
  }

  async function drain(): Promise<RawLine[]> {
    if (file === null) return []
    const size = await sizeOf()
    if (size < position) {
      // Cut: what was written since the last look and before the cut is lost.
      isBroken = true
      position = 0
      rest = Buffer.alloc(0)
      await beginEpoch(epoch)
    }
    if (size === position) return []
    const { bytesRead } = await file.read(bytes, 0, chunkBytes, position)
    const startAt = position - rest.length
    position += bytesRead
    const all = Buffer.concat([rest, bytes.subarray(0, bytesRead)])
    const lines: RawLine[] = []
    let begin = 0
    for (let end = all.indexOf(10); end >= 0; end = all.indexOf(10, begin)) {
      lines.push({ epoch, offset: startAt + end + 1, text: all.toString('utf8', begin, end) })
      begin = end + 1
    }
    if (all.length - begin > longestLineBytes) {
      lines.push({ epoch, offset: startAt + all.length, text: all.toString('utf8', begin), isPiece: true })
      begin = all.length
    }
    rest = Buffer.from(all.subarray(begin))
    return lines
  }

  await start()
  return {
    async read() {
      let found: readonly RawLine[] = []
      do found = await drain()
      while (found.length === 0 && ((await sizeOf()) > position || (await next())))
      const lines = [...unfinished, ...found]
      unfinished = []
      const told = { lines, isBroken: isBroken && lines.length > 0 }
      if (told.isBroken) isBroken = false
      return told
    },
    async behind() {
      return Math.max(0, (await sizeOf()) - position)
    },
    place: () => (file === null ? null : { epoch, inode, offset: position - rest.length }),
    async close() {
      await file?.close()
      file = null
    },
  }
}

/** Files beside it whose names begin with its own: how rotated ones are called. */
async function siblings(path: string): Promise<string[]> {
  const names = await readdir(dirname(path)).catch(() => [])
  return names
    .filter((name) => name.startsWith(basename(path)) && name !== basename(path))
    .map((name) => join(dirname(path), name))
}
