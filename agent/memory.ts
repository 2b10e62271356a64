/** What the agent must still know after a crash: highest sequence, last good set, an open apply, an unsent report. */
import { createHash } from 'node:crypto'
import { mkdir, realpath, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import type { ApplyOutcome } from '#core/vocabulary'
import { readOrNull, syncDirectory, writeAtomically } from './files.ts'

/** What the server is told about one attempt; kept until it has it. */
export interface Acknowledgement {
  readonly hash: string
  readonly sequence: number
  readonly outcome: ApplyOutcome
  readonly message: string
  readonly reloadRequestedAt: string | null
  readonly loadedAt: string | null
}

/** The steps of an apply, in their order. */
export const applySteps = [
  'verify',
  'stage',
  'check',
  'back up',
  'swap',
  'reload',
  'confirm',
  'probe',
  'watch',
  'acknowledge',
] as const
export type ApplyStep = (typeof applySteps)[number]

export interface State {
  /** The highest accepted; offers below it are refused, and the same one with another hash. */
  readonly sequence: number
  readonly sequenceHash: string | null
  /** The hash that ATS has confirmed, null when unsure: then the next apply reloads, whatever is on disk. */
  readonly confirmedHash: string | null
  /** Whether anything of ours was ever applied here. */
  readonly hasApplied: boolean
  /** Failures of one offer in a row. */
  readonly failures: Failures | null
  /** Where the apply is that runs now, or that a crash has ended; null outside of one. */
  readonly step: ApplyStep | null
  readonly unsent: Acknowledgement | null
  readonly lastSent: Acknowledgement | null
  /** Hosts of parents that we took out and that have to be brought back. */
  readonly takenOut: readonly string[]
}

export interface Failures {
  readonly sequence: number
  readonly hash: string
  readonly count: number
  /** Epoch milliseconds. */
  readonly notBefore: number
}

/** Written before the first byte of a swap, removed after its end: what to put back if the agent dies in between. */
export interface Journal {
  readonly sequence: number
  readonly hash: string
  /** base64, null for a file that wasn't there. */
  readonly files: Readonly<Record<string, string | null>>
  /** The records file's text before the swap. */
  readonly records: string
  /** Values in force before the swap, of every record that the swap sets. */
  readonly liveRecords: Readonly<Record<string, string>>
  readonly confirmedHash: string | null
}

export interface Memory {
  readonly state: State
  update(change: Partial<State>): Promise<void>
  readJournal(): Promise<Journal | null>
  openJournal(journal: Journal): Promise<void>
  closeJournal(): Promise<void>
  /** What the host had before the first offer was applied; null: nothing was, or an older agent did it. */
  readOriginals(): Promise<Journal | null>
  /** Called with each journal before its swap: the newest counts until something was applied, then only new records. */
  keepOriginals(journal: Journal): Promise<void>
  /** The host has its own files again: the next apply is a first one. */
  forgetOriginals(): Promise<void>
  /** Copies of the files last confirmed, for people and for repair. */
  keepLastGood(hash: string, files: Readonly<Record<string, string | Buffer>>): Promise<void>
}

const emptyState: State = {
  sequence: 0,
  sequenceHash: null,
  confirmedHash: null,
  hasApplied: false,
  failures: null,
  step: null,
  unsent: null,
  lastSent: null,
  takenOut: [],
}

/** Every write is on disk (fsync) before its promise resolves. @throws when a file of the home is no JSON */
export async function openMemory(home: string): Promise<Memory> {
  const statePath = join(home, 'state.json')
  const journalPath = join(home, 'journal.json')
  const originalsPath = join(home, 'originals.json')
  let state: State = { ...emptyState, ...(await readJson<Partial<State>>(statePath)) }
  const update = async (change: Partial<State>) => {
    const next = { ...state, ...change }
    await writeAtomically(statePath, `${JSON.stringify(next, null, 2)}\n`, 0o600)
    state = next
  }
  const readOriginals = () => readJson<Journal>(originalsPath)
  const writeOriginals = (originals: Journal) =>
    writeAtomically(originalsPath, JSON.stringify(originals), 0o600)
  return {
    get state() {
      return state
    },
    update,
    readOriginals,
    async keepOriginals(journal) {
      if (!state.hasApplied) return writeOriginals(journal)
      const known = await readOriginals()
      if (known === null) return
      // A record that no offer has set before still has the host's own value.
      const liveRecords = { ...journal.liveRecords, ...known.liveRecords }
      if (Object.keys(liveRecords).length > Object.keys(known.liveRecords).length)
        await writeOriginals({ ...known, liveRecords })
    },
    async forgetOriginals() {
      await update({ hasApplied: false, confirmedHash: null, failures: null })
      await rm(originalsPath, { force: true })
      await syncDirectory(home)
    },
    readJournal: () => readJson<Journal>(journalPath),
    openJournal: (journal) => writeAtomically(journalPath, JSON.stringify(journal), 0o600),
    async closeJournal() {
      await rm(journalPath, { force: true })
      await syncDirectory(home)
    },
    async keepLastGood(hash, files) {
      const directory = join(home, 'last-good')
      await mkdir(directory, { recursive: true, mode: 0o700 })
      for (const [name, content] of Object.entries(files)) {
        await writeAtomically(join(directory, name), content, 0o600)
      }
      await writeAtomically(join(directory, 'hash'), `${hash}\n`, 0o600)
    },
  }
}

/** Another process works on this home: somebody has to decide which of the two shall. */
export class HomeLocked extends Error {
  override readonly name = 'HomeLocked'
}

/**
 * Makes this process the only agent of a home, or its only watchdog. The lock is an abstract Unix socket (Linux): the kernel drops it
 * with the process, so nothing stale can stay.
 * @throws HomeLocked when another one runs on this home.
 */
export async function lockHome(home: string, purpose: 'agent' | 'watchdog' = 'agent'): Promise<Server> {
  // Such names end at 107 bytes, paths don't.
  const name = createHash('sha256')
    .update(await realpath(home))
    .digest('hex')
  const server = createServer((socket) => socket.destroy())
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const isTaken = 'code' in cause && cause.code === 'EADDRINUSE'
      reject(
        isTaken
          ? new HomeLocked(`Another ${purpose} runs on ${home}: stop it first.`)
          : new Error(`${home} can't be locked`, { cause }),
      )
    })
    server.listen(`\0apm-${purpose}:${name}`, () => resolve(server.unref()))
  })
}

async function readJson<T>(path: string): Promise<T | null> {
  const text = await readOrNull(path)
  if (text === null) return null
  try {
    return JSON.parse(text.toString()) as T
  } catch (error) {
    throw new Error(`${path} is damaged; move it away to start without it`, { cause: error })
  }
}
