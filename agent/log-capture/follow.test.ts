import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FilePlace, type Follower, follow, type RawLine } from './follow.ts'

let directory: string
let path: string
let epoch = 0
const opened: Follower[] = []
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'apm-follow-'))
  path = join(directory, 'traffic.out')
  epoch = 0
})
afterEach(async () => {
  for (const follower of opened.splice(0)) await follower.close()
  rmSync(directory, { recursive: true })
})

async function start(from: FilePlace | null = null): Promise<Follower<FilePlace>> {
  const follower = await follow(path, from, async () => ++epoch)
  opened.push(follower)
  return follower
}
async function all(follower: Follower): Promise<{ lines: RawLine[]; isBroken: boolean }> {
  const lines: RawLine[] = []
  let isBroken = false
  for (;;) {
    const read = await follower.read()
    isBroken ||= read.isBroken
    if (read.lines.length === 0) return { lines, isBroken }
    lines.push(...read.lines)
  }
}
const texts = ({ lines }: { lines: readonly RawLine[] }) => lines.map(({ text }) => text)

test('only what comes after the start, line by line, with bytes as offsets', async () => {
  writeFileSync(path, 'old\n')
  const follower = await start()
  appendFileSync(path, 'ünder')
  expect(texts(await all(follower))).toEqual([])
  appendFileSync(path, 'way\nsecond\n')
  expect((await all(follower)).lines.map(({ text, offset }) => [text, offset])).toEqual([
    ['ünderway', 4 + 10],
    ['second', 4 + 17],
  ])
})

test('a file that does not exist yet is read from its start', async () => {
  const follower = await start()
  expect(texts(await all(follower))).toEqual([])
  writeFileSync(path, 'first\n')
  expect(texts(await all(follower))).toEqual(['first'])
})

test('every line through rotations, also while nobody looks', async () => {
  writeFileSync(path, '')
  const follower = await start()
  appendFileSync(path, 'a1\n')
  const seen = (await all(follower)).lines
  appendFileSync(path, 'a2\n')
  renameSync(path, `${path}.1.old`)
  await new Promise((resolve) => setTimeout(resolve, 20)) // rotated files are told apart by when they were last written
  writeFileSync(path, 'b1\n')
  renameSync(path, `${path}.2.old`)
  await new Promise((resolve) => setTimeout(resolve, 20))
  writeFileSync(path, 'c1\n')
  const rest = await all(follower)
  expect([...texts({ lines: seen }), ...texts(rest)]).toEqual(['a1', 'a2', 'b1', 'c1'])
  expect(rest.isBroken).toBe(false)
  expect(new Set(rest.lines.map((line) => line.epoch)).size).toBe(3)
})

test('what a file ends with, without a line feed, is told once it has a successor', async () => {
  writeFileSync(path, '')
  const follower = await start()
  appendFileSync(path, 'whole\nbroken off')
  expect(texts(await all(follower))).toEqual(['whole'])
  renameSync(path, `${path}.old`)
  writeFileSync(path, '')
  const { lines } = await all(follower)
  expect(lines.map(({ text, offset }) => [text, offset])).toEqual([['broken off', 16]])
  appendFileSync(path, 'next\n')
  expect(texts(await all(follower))).toEqual(['next'])
})

test('goes on from a place: in the file, or in what it is called by now', async () => {
  writeFileSync(path, '')
  const first = await start()
  appendFileSync(path, 'one\ntw')
  await all(first)
  const one = first.place()
  if (!one) throw new Error('no place')
  appendFileSync(path, 'o\nthree\n')
  const { lines } = await all(await start(one))
  expect(lines.map(({ text, epoch: of, offset }) => [text, of, offset])).toEqual([
    ['two', one.epoch, 8],
    ['three', one.epoch, 14],
  ])
  renameSync(path, `${path}.old`)
  writeFileSync(path, 'four\n')
  const later = await all(await start(one))
  expect([texts(later), later.isBroken]).toEqual([['two', 'three', 'four'], false])
})

test('a cut file, and one that is gone, are told as broken', async () => {
  writeFileSync(path, 'long enough\n')
  const follower = await start()
  truncateSync(path, 0)
  appendFileSync(path, 'new\n')
  const cut = await all(follower)
  expect([texts(cut), cut.isBroken]).toEqual([['new'], true])
  // Cut and looked at before anything new is in it: said with the first line that comes.
  truncateSync(path, 0)
  expect(await follower.read()).toEqual({ lines: [], isBroken: false })
  appendFileSync(path, 'newer\n')
  const later = await all(follower)
  expect([texts(later), later.isBroken]).toEqual([['newer'], true])
  const gone = await all(await start({ epoch: 1, inode: 1, offset: 5 }))
  expect([texts(gone), gone.isBroken]).toEqual([['newer'], true])
})
