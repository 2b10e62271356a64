/** Files on disk: atomic writes that ATS notices, and the routing set as it really is there. */
import { constants } from 'node:fs'
import { chmod, chown, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type AtsRecord, readRecords } from '#core/ats/records'
import { contentHash } from '#core/config-files'
import { agentUser, ownerAfter } from './owner.ts'

/** The only files in ATS's configuration directory, besides the block in the records file, that an offer may name. */
export const routingFiles = ['parent.config', 'sni.yaml', 'ip_allow.yaml'] as const
export type RoutingFile = (typeof routingFiles)[number]
export const recordsFileNames = ['records.config', 'records.yaml'] as const

/** Where an ATS keeps its records, and what our block in it takes. */
export interface RecordsFile {
  readonly name: (typeof recordsFileNames)[number]
  /** The file's text with our block holding exactly these; every other byte stays. @throws RecordsFileError */
  readonly render: (existing: string, records: readonly AtsRecord[]) => string
  /** From ATS's word on a load until it surely obeys the records that changed. */
  readonly settleMs: number
}

/** What is on disk: bytes of each routing file, null for one that isn't there, and the whole records file. */
export interface DiskSet {
  readonly files: Readonly<Record<RoutingFile, Buffer | null>>
  readonly recordsFile: RecordsFile
  readonly records: string
}

/** @throws when a file is there but can't be read, or the records file is missing (a wrong directory). */
export async function readDiskSet(configDir: string, recordsFile: RecordsFile): Promise<DiskSet> {
  const [parent, sni, ipAllow, records] = await Promise.all([
    ...routingFiles.map((name) => readOrNull(join(configDir, name))),
    readFile(join(configDir, recordsFile.name)),
  ])
  return {
    files: { 'parent.config': parent ?? null, 'sni.yaml': sni ?? null, 'ip_allow.yaml': ipAllow ?? null },
    recordsFile,
    records: (records ?? Buffer.alloc(0)).toString(),
  }
}

/** What a proxy runs: the text of each file, empty for one that isn't there, and our records as they are in force. */
export interface RunningSet {
  readonly hash: string
  readonly files: Readonly<Record<RoutingFile, string>>
  readonly records: readonly AtsRecord[]
}

/** `live`: the values that ATS says are in force; a record that it doesn't name has the value of the block. */
export function runningSetOf(set: DiskSet, live: ReadonlyMap<string, string>): RunningSet {
  const textOf = (name: RoutingFile) => (set.files[name] ?? Buffer.alloc(0)).toString()
  const files = {
    'parent.config': textOf('parent.config'),
    'sni.yaml': textOf('sni.yaml'),
    'ip_allow.yaml': textOf('ip_allow.yaml'),
  }
  const records = readRecords(set.records).map((record) => ({ ...record, value: liveValue(record, live) }))
  const hash = contentHash(
    routingFiles.map((name) => ({ name, content: files[name] })),
    records,
  )
  return { hash, files, records }
}

/** ATS prints numbers in its own way (`5.000000`): an equal number is the same value. */
export function liveValue(record: AtsRecord, live: ReadonlyMap<string, string>): string {
  const value = live.get(record.name) ?? record.value
  return record.type !== 'STRING' && Number(value) === Number(record.value) ? record.value : value
}

export function isSame(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b)
}

/** What ATS reads from a file: its lines without comments and blank ones. */
export function meaningOf(content: Buffer | null): string {
  return (content ?? '')
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/^\s*#/.test(line))
    .join('\n')
}

/**
 * Replaces a file in one step that survives a power cut, with the mode that it had (`mode` for a new one), and its
 * owner where that may be (owner.ts). Its modification time ends later than the old one's: ATS 9.2 and 10.x ignore a
 * file that isn't newer.
 */
export async function writeAtomically(path: string, content: string | Buffer, mode = 0o644): Promise<void> {
  await stage(path, content, mode)
  await putInPlace(path)
}

/** Where a file waits beside its target. */
export function stagedPath(path: string): string {
  return `${path}.apm-new`
}

/** The first half of a write: the bytes are durable beside the target, which is as it was. Leaves nothing if it fails. */
export async function stage(path: string, content: string | Buffer, mode = 0o644): Promise<void> {
  const old = await stat(path).catch(() => null)
  const staged = stagedPath(path)
  await rm(staged, { force: true })
  // Exclusive and not through a link: nobody else's file is written to.
  const file = await open(
    staged,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o600,
  )
  try {
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    if (old) {
      const { uid, gid } = ownerAfter(old, agentUser())
      await chown(staged, uid, gid)
    }
    await chmod(staged, old ? old.mode & 0o7777 : mode)
  } catch (error) {
    await rm(staged, { force: true })
    throw error
  }
}

/** The second half: needs no space on the disk. */
export async function putInPlace(path: string): Promise<void> {
  const old = await stat(path).catch(() => null)
  if (old) {
    await utimes(stagedPath(path), new Date(), new Date())
    await makeNewer(stagedPath(path), old.mtimeMs)
  }
  await rename(stagedPath(path), path)
  await syncDirectory(dirname(path))
}

/** Gives a file a modification time later than the one it has, so that ATS reads it again. */
export async function touch(path: string): Promise<void> {
  const { mtimeMs } = await stat(path)
  try {
    await utimes(path, new Date(), new Date())
    await makeNewer(path, mtimeMs)
  } catch (error) {
    // Only its owner may set a time; who may replace it gets there by a copy.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) throw error
    await writeAtomically(path, await readFile(path))
  }
}

async function makeNewer(path: string, thanMs: number): Promise<void> {
  const { mtimeMs } = await stat(path)
  if (mtimeMs > thanMs) return
  const seconds = (thanMs + 10) / 1000
  await utimes(path, seconds, seconds)
}

export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

export async function readOrNull(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
