/**
 * Follows what a systemd unit writes to the journal, as `follow.ts` does a file: the journal is the buffer, and what
 * isn't taken from journalctl waits there.
 *
 * A cursor names a place (systemd 252): `s=` the journal that counts, `i=` the number of the entry in it, which grows.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type { EpochOf, Followed, Follower, JournalPlace, RawLine } from './follow.ts'

export interface JournalParts {
  /** `trafficserver.service` */
  readonly unit: string
  /** The program; by default that of the PATH. */
  readonly journalctl?: string
}

/** journald's own word that it left messages of a unit out (systemd's catalogue); `N_DROPPED` says how many. */
const droppedId = 'a596d6fe7bfa4994828e72309e95d61e'
const fields = 'MESSAGE,N_DROPPED,MESSAGE_ID'
/** After a journalctl that ended by itself. */
const againMs = 1_000

interface Entry {
  readonly __CURSOR: string
  /** Bytes where it is no plain text. */
  readonly MESSAGE?: string | readonly number[] | null
  readonly MESSAGE_ID?: string
  readonly N_DROPPED?: string
}

/** @param from where to go on; null: at the journal's present end */
export async function followJournal(
  { unit, journalctl = 'journalctl' }: JournalParts,
  from: JournalPlace | null,
  epochOf: EpochOf,
): Promise<Follower<JournalPlace>> {
  const matches = [`_SYSTEMD_UNIT=${unit}`, '+', `OBJECT_SYSTEMD_UNIT=${unit}`, `MESSAGE_ID=${droppedId}`]
  let place = from
  let child: ChildProcess | null = null
  /** The first entry of a journalctl that goes on at a cursor is the one that was told last. */
  let isFirst = false
  let isBroken = false
  let endedAt = Number.NEGATIVE_INFINITY
  let rest = ''

  function start(): void {
    const where = place === null ? ['--lines=0'] : ['--no-tail', `--cursor=${place.cursor}`]
    const options = ['--output=json', `--output-fields=${fields}`, '--all', '--quiet', '--follow']
    const started = spawn(journalctl, [...options, ...where, ...matches], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    child = started
    isFirst = place !== null
    rest = ''
    started.stdout.setEncoding('utf8')
    const end = () => {
      if (child !== started) return
      child = null
      endedAt = performance.now()
    }
    started.on('error', end)
    // Not "exit": what it wrote before is still to be read.
    started.on('close', end)
  }

  /** Null: it was told before. */
  async function lineOf(entry: Entry): Promise<RawLine | null> {
    const { __CURSOR: cursor } = entry
    const [, journal = '', number = ''] = /s=([^;]+);i=([^;]+);/.exec(cursor) ?? []
    const isKnown = isFirst && cursor === place?.cursor
    // It has gone from the journal, and with it perhaps others that came after it.
    if (isFirst && !isKnown) isBroken = true
    isFirst = false
    if (isKnown) return null
    const isNew = place === null || place.journal !== journal
    const epoch = isNew ? await epochOf(`journal ${journal}`, place?.epoch ?? 0) : place?.epoch
    place = { cursor, journal, epoch: epoch ?? 0, offset: Number.parseInt(number, 16) }
    const dropped = entry.MESSAGE_ID === droppedId ? { lost: Number(entry.N_DROPPED) || null } : {}
    return { epoch: place.epoch, offset: place.offset, text: textOf(entry.MESSAGE), ...dropped }
  }

  async function read(): Promise<Followed> {
    if (child === null && performance.now() > endedAt + againMs) start()
    const chunk: string | null = child?.stdout?.read() ?? null
    const parts = (rest + (chunk ?? '')).split('\n')
    rest = parts.pop() ?? ''
    const lines: RawLine[] = []
    for (const part of parts) {
      const line = await lineOf(JSON.parse(part) as Entry)
      if (line !== null) lines.push(line)
    }
    const told = { lines, isBroken: isBroken && lines.length > 0 }
    if (told.isBroken) isBroken = false
    return told
  }

  start()
  return {
    read,
    async behind() {
      return child?.stdout?.readableLength ?? 0
    },
    place: () => place,
    async close() {
      const open = child
      child = null
      endedAt = Number.POSITIVE_INFINITY
      open?.kill()
    },
  }
}

function textOf(message: Entry['MESSAGE']): string {
  if (message === null || message === undefined) return ''
  return typeof message === 'string' ? message : Buffer.from(message).toString('utf8')
}
