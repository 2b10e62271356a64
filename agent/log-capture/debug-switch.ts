/**
 * ATS's debug output, on for a while and then what it was before: the journal says what that was, and until when.
 *
 * Written before anything is switched on; whoever of agent, watchdog or next agent comes first after the end puts
 * debug back. ATS forgets what was set when it restarts, which is the same thing.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogFilter } from '#core/log-line'
import type { Ats } from '../ats-port.ts'
import { readOrNull, syncDirectory, writeAtomically } from '../files.ts'

const enabled = 'proxy.config.diags.debug.enabled'
const tags = 'proxy.config.diags.debug.tags'
/** Ten lines a request tell which rule and which parent; `http` would be 325 (9.2.9). */
const captureTags = 'parent_select'

export interface OpenCapture {
  readonly id: string
  /** By the host's clock, epoch ms: the server tells how much time is left. In the past: it is over. */
  readonly endsAtMs: number
  readonly filter: LogFilter
  readonly mostLines: number
}

export interface CaptureJournal {
  readonly before: DebugState
  /** Those that are open, and those of which lines may be left that the server hasn't got. */
  readonly captures: readonly OpenCapture[]
  /** Debug is what it was: all of them are over. */
  readonly isBack?: true
}

/** In ATS's spelling. */
export interface DebugState {
  readonly enabled: string
  readonly tags: string
}

type Switch = Pick<Ats, 'liveRecords' | 'setRecord'>

/** @throws AtsSilent */
export async function readDebug(ats: Switch): Promise<DebugState> {
  const live = await ats.liveRecords([enabled, tags])
  return { enabled: live.get(enabled) ?? '0', tags: live.get(tags) ?? '' }
}

/** What debug is during a capture: whatever somebody else is looking at stays on as well. */
export function debugFor(before: DebugState): DebugState {
  const others = before.enabled === '1' && before.tags !== '' ? [before.tags] : []
  return { enabled: '1', tags: [...others, captureTags].join('|') }
}

/** @throws AtsSilent */
export async function setDebug(ats: Switch, wanted: DebugState): Promise<void> {
  const now = await readDebug(ats)
  // Off first, on last: in between no other tags are in force than meant.
  if (wanted.enabled !== '1' && now.enabled !== wanted.enabled) await ats.setRecord(enabled, wanted.enabled)
  if (now.tags !== wanted.tags) await ats.setRecord(tags, wanted.tags)
  if (wanted.enabled === '1' && now.enabled !== wanted.enabled) await ats.setRecord(enabled, wanted.enabled)
}

/** Epoch ms; in the past when no capture is open. */
export function endOf({ captures }: CaptureJournal): number {
  return Math.max(0, ...captures.map(({ endsAtMs }) => endsAtMs))
}

export interface JournalFile {
  /** Null: nothing was switched on. */
  read(): Promise<CaptureJournal | null>
  /** On disk when it resolves. */
  write(journal: CaptureJournal): Promise<void>
  remove(): Promise<void>
}

export function captureJournal(home: string): JournalFile {
  const path = join(home, 'capture.json')
  return {
    async read() {
      const text = await readOrNull(path)
      return text === null ? null : (JSON.parse(text.toString()) as CaptureJournal)
    },
    write: (journal) => writeAtomically(path, JSON.stringify(journal), 0o600),
    async remove() {
      await rm(path, { force: true })
      await syncDirectory(home)
    },
  }
}
