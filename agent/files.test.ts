import { chmod, chown, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { meaningOf, touch, writeAtomically } from './files.ts'

let path: string
let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'apm-files-'))
  path = join(directory, 'parent.config')
})
afterEach(() => rm(directory, { recursive: true }))

test('a replaced file keeps its mode and owner, and nothing else stays behind', async () => {
  await writeFile(path, 'old')
  await chmod(path, 0o640)
  const isRoot = process.getuid?.() === 0
  if (isRoot) await chown(path, 65534, 65534)
  await writeAtomically(path, 'new')
  const { mode, uid } = await stat(path)
  expect(mode & 0o777).toBe(0o640)
  expect(uid).toBe(isRoot ? 65534 : process.getuid?.())
  expect(await readFile(path, 'utf8')).toBe('new')
  expect(await readdir(directory)).toEqual(['parent.config'])
})

test('its modification time grows, even when the old one lies in the future', async () => {
  const future = Math.floor(Date.now() / 1000) + 1_000
  await writeFile(path, 'old')
  await utimes(path, future, future)
  await writeAtomically(path, 'new')
  const written = (await stat(path)).mtimeMs
  expect(written).toBeGreaterThan(future * 1000)
  await touch(path)
  expect((await stat(path)).mtimeMs).toBeGreaterThan(written)
})

test('who may replace a file, but not set its time, gets there by a copy', async () => {
  await writeFile(path, 'as it is')
  const before = (await stat(path)).mtimeMs
  const isRoot = process.geteuid?.() === 0
  try {
    if (isRoot) {
      await chown(path, 65534, 65534)
      await chmod(directory, 0o777)
      process.seteuid?.(65533)
    }
    await touch(path)
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
  const { mtimeMs, uid } = await stat(path)
  expect(mtimeMs).toBeGreaterThan(before)
  expect(uid).toBe(isRoot ? 65533 : process.getuid?.())
  expect(await readFile(path, 'utf8')).toBe('as it is')
})

test('many writes in a row have ever later times', async () => {
  const times: number[] = []
  for (let count = 0; count < 20; count += 1) {
    await writeAtomically(path, String(count))
    times.push((await stat(path)).mtimeMs)
  }
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
})

test('meaning leaves out comments and blank lines, and nothing else', () => {
  expect(meaningOf(Buffer.from('# x\n\na b  \n  # y\n  - c\n'))).toBe('a b\n  - c')
  expect(meaningOf(Buffer.from('a #b'))).toBe('a #b')
})
