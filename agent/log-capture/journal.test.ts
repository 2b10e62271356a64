/**
 * The journal of a unit, by a stand-in for journalctl that answers as systemd 252 was seen to: JSON with a cursor, bytes
 * where a message is no plain text, and an end with code 1 for a cursor that is none.
 */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Follower, JournalPlace, RawLine } from './follow.ts'
import { followJournal } from './journal.ts'

const standIn = `#!${process.execPath}
const { readFileSync } = require('node:fs')
const args = process.argv.slice(2)
const groups = args.filter((arg) => !arg.startsWith('--')).join(' ').split(' + ').map((group) => group.split(' '))
const isWanted = (entry) => groups.some((group) => group.every((match) => {
  const [name, value] = match.split('=')
  return entry[name] === value
}))
const entries = () => readFileSync(__dirname + '/journal.jsonl', 'utf8').split('\\n').slice(0, -1).map((line) => JSON.parse(line))
const cursor = args.find((arg) => arg.startsWith('--cursor='))?.slice(9)
const place = cursor && /i=([0-9a-f]+);/.exec(cursor)?.[1]
if (cursor && !place) { console.error('Failed to seek to cursor: Invalid argument'); process.exit(1) }
const numberOf = (entry) => parseInt(/i=([0-9a-f]+);/.exec(entry.__CURSOR)[1], 16)
let next = cursor ? parseInt(place, 16) : args.includes('--lines=0') ? Math.max(0, ...entries().map(numberOf)) + 1 : 0
setInterval(() => {
  for (const entry of entries()) {
    if (numberOf(entry) < next) continue
    next = numberOf(entry) + 1
    const { __CURSOR, MESSAGE, MESSAGE_ID, N_DROPPED } = entry
    if (isWanted(entry)) process.stdout.write(JSON.stringify({ __CURSOR, MESSAGE, MESSAGE_ID, N_DROPPED }) + '\\n')
  }
}, 10)
`

const unit = 'trafficserver.service'
let directory: string
let number: number
const opened: Follower[] = []
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'apm-journal-'))
  writeFileSync(join(directory, 'journalctl'), standIn, { mode: 0o755 })
  writeFileSync(join(directory, 'journal.jsonl'), '')
  number = 0
})
afterEach(async () => {
  for (const follower of opened.splice(0)) await follower.close()
  rmSync(directory, { recursive: true })
})

const cursorOf = (entry: number, journal = 'a1') => `s=${journal};i=${entry.toString(16)};b=b0;m=1;t=1;x=1`
function write(MESSAGE: unknown, more: Record<string, unknown> = {}, journal = 'a1'): void {
  number += 1
  const entry = { __CURSOR: cursorOf(number, journal), MESSAGE, _SYSTEMD_UNIT: unit, ...more }
  appendFileSync(join(directory, 'journal.jsonl'), `${JSON.stringify(entry)}\n`)
}
const epochs = new Map<string, number>()
async function start(from: JournalPlace | null = null): Promise<Follower<JournalPlace>> {
  const epochOf = async (file: string, above: number) => {
    const epoch = epochs.get(file) ?? 0
    if (epoch <= above) epochs.set(file, Math.max(above, ...epochs.values(), 0) + 1)
    return epochs.get(file) ?? 0
  }
  const follower = await followJournal({ unit, journalctl: join(directory, 'journalctl') }, from, epochOf)
  opened.push(follower)
  return follower
}
async function read(
  follower: Follower<JournalPlace>,
  count: number,
): Promise<{ lines: RawLine[]; isBroken: boolean }> {
  const lines: RawLine[] = []
  let isBroken = false
  while (lines.length < count) {
    const told = await follower.read()
    lines.push(...told.lines)
    isBroken ||= told.isBroken
    await wait(10)
  }
  return { lines, isBroken }
}
const texts = ({ lines }: { lines: readonly RawLine[] }) => lines.map(({ text }) => text)
/** The stand-in is at the journal's end when it has told an entry that was written after its start. */
async function atTheEnd(follower: Follower<JournalPlace>): Promise<void> {
  while (follower.place() === null) {
    write('now')
    await follower.read()
    await wait(50)
  }
  while (follower.place()?.offset !== number) {
    await follower.read()
    await wait(10)
  }
}

test('only what the unit writes from now on, with the numbers of its entries, bytes as text', async () => {
  write('old')
  const follower = await start()
  await atTheEnd(follower)
  write('of another unit', { _SYSTEMD_UNIT: 'ssh.service' })
  write('one')
  write([98, 105, 110, 1, 27, 91])
  write([98, 97, 100, 255])
  const told = await read(follower, 3)
  expect(texts(told)).toEqual(['one', 'bin\u0001\u001b[', 'bad\ufffd'])
  expect(told.lines.map(({ offset }) => offset)).toEqual([number - 2, number - 1, number])
  expect(follower.place()).toMatchObject({ cursor: cursorOf(number), journal: 'a1', offset: number })
})

test('goes on exactly where an agent before it was, and a journal that begins anew is another epoch', async () => {
  const first = await start()
  await atTheEnd(first)
  write('one')
  await read(first, 1)
  const place = first.place()
  await first.close()
  write('two')
  write('three')
  const second = await start(place)
  const told = await read(second, 2)
  expect([texts(told), told.isBroken]).toEqual([['two', 'three'], false])
  expect(told.lines.map(({ epoch }) => epoch)).toEqual([place?.epoch, place?.epoch])
  write('of a new journal', {}, 'a2')
  const [line] = (await read(second, 1)).lines
  expect(line?.epoch).toBeGreaterThan(place?.epoch ?? 0)
})

test('what has gone from the journal before it was read is told as broken', async () => {
  write('kept')
  const gone: JournalPlace = { epoch: 7, cursor: cursorOf(0), journal: 'a1', offset: 0 }
  const told = await read(await start(gone), 1)
  expect([texts(told), told.isBroken]).toEqual([['kept'], true])
})

test('messages that journald left out are a loss with their number', async () => {
  const follower = await start()
  await atTheEnd(follower)
  const own = { _SYSTEMD_UNIT: 'systemd-journald.service', OBJECT_SYSTEMD_UNIT: unit }
  write('Suppressed 128 messages from trafficserver.service', {
    ...own,
    MESSAGE_ID: 'a596d6fe7bfa4994828e72309e95d61e',
    N_DROPPED: '128',
  })
  expect((await read(follower, 1)).lines[0]).toMatchObject({ lost: 128 })
})
