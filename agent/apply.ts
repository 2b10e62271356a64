/** Makes ATS run an offer: journal → swap → reload → ATS's own word for every file, else the old set back. */
import { join } from 'node:path'
import { type AtsRecord, readRecords, renderRecordsConfig } from '#core/ats/records'
import type { AtsPlace } from './ats-place.ts'
import {
  type DiskSet,
  meaningOf,
  type RoutingFile,
  readDiskSet,
  recordsFile,
  routingFiles,
  runningSetOf,
  touch,
  writeAtomically,
} from './files.ts'
import { type LoadParts, load, type Times, type Verdict } from './load.ts'
import { type Log, reasonOf } from './log.ts'
import type { Journal, Memory } from './memory.ts'
import type { CheckedOffer } from './offer.ts'
import type { Probe } from './probe.ts'

export interface ApplyParts extends LoadParts {
  readonly memory: Memory
  readonly probe: Probe
  readonly log: Log
}

const outcomeOf = { rejected: 'rejected_by_ats', broke: 'rolled_back', failed: 'failed' } as const
const noTimes: Times = { reloadRequestedAt: null, loadedAt: null }

export interface Attempt {
  readonly outcome: 'applied' | 'unchanged' | 'rejected_by_ats' | 'rolled_back' | 'failed'
  readonly message: string
  readonly reloadRequestedAt: string | null
  readonly loadedAt: string | null
  /** False: nothing was touched, because ATS or its files couldn't be reached; trying again costs nothing. */
  readonly wasTried: boolean
}

/**
 * Applies a checked offer. Never throws: what goes wrong is an outcome.
 *
 * "applied" means that ATS has read these bytes after they were in place, complained of no line, says that every
 * record has its value, and still answers what the probe got answered before.
 */
export async function apply(offer: CheckedOffer, parts: ApplyParts): Promise<Attempt> {
  const { place, ats, memory, probe, log } = parts
  let journal: Journal
  let before: DiskSet
  try {
    before = await readDiskSet(place.configDir)
    if (before.files['ip_allow.yaml'] === null)
      throw new Error(`there is no ip_allow.yaml in ${place.configDir}`)
    const live = await ats.liveRecords(namesOf([...offer.records, ...readRecords(before.records)]))
    journal = journalOf(offer, before, live, memory.state.confirmedHash)
    await memory.keepOriginals(journal)
    await memory.openJournal(journal)
  } catch (error) {
    return {
      ...noTimes,
      outcome: 'failed',
      message: `Nothing was changed: ${reasonOf(error)}`,
      wasTried: false,
    }
  }

  const wanted = wantedSet(offer, before)
  const isSure =
    memory.state.confirmedHash === runningSetOf(before, new Map(Object.entries(journal.liveRecords))).hash
  const files = isSure
    ? routingFiles.filter((name) => !isSame(wanted.files[name], before.files[name]))
    : routingFiles
  const needsReload = !isSure || !isSameMeaning(wanted, before)
  const times: Times = { reloadRequestedAt: null, loadedAt: null }
  const worked = needsReload ? await probe.working() : []
  let verdict: Verdict | { readonly result: 'broke'; readonly reason: string }
  try {
    await memory.update({ confirmedHash: null })
    await swap(wanted, before, files, place)
    verdict = needsReload ? await load(files, offer.records, parts, times) : { result: 'loaded' }
    if (verdict.result === 'loaded') await requireHash(offer, parts)
    const trouble = verdict.result === 'loaded' ? await probe.trouble(worked) : null
    if (trouble !== null)
      verdict = { result: 'broke', reason: `It worked before, and not any more: ${trouble}` }
  } catch (error) {
    verdict = { result: 'failed', reason: reasonOf(error) }
  }

  if (verdict.result === 'loaded') {
    try {
      await memory.update({ confirmedHash: offer.hash, hasApplied: true })
      await memory.closeJournal()
      await memory.keepLastGood(offer.hash, offer.files)
    } catch (error) {
      // ATS runs it; the open journal only means that a restart would apply it once more.
      log.error('the home could not be written after an apply', { reason: reasonOf(error) })
    }
    const outcome = needsReload ? 'applied' : 'unchanged'
    return { ...times, outcome, message: '', wasTried: true }
  }

  log.warn('the offer is no good here, putting the old set back', { reason: verdict.reason })
  const trouble = await restore(journal, parts)
  const outcome = outcomeOf[verdict.result]
  const aftermath = trouble === null ? '' : ` The old set is not confirmed: ${trouble}`
  return { ...times, loadedAt: null, outcome, message: `${verdict.reason}${aftermath}`, wasTried: true }
}

/**
 * Puts back what a journal holds, and has ATS confirm it. Also the repair after a crash in the middle of an apply.
 * Null when all is well, else why not, as a sentence; the journal stays open when the files could not be written.
 */
export async function restore(journal: Journal, parts: ApplyParts): Promise<string | null> {
  const { place, ats, memory } = parts
  const records = readRecords(journal.records)
  try {
    const now = await readDiskSet(place.configDir)
    const old: DiskSet = {
      files: {
        'parent.config': fromJournal(journal, 'parent.config'),
        'sni.yaml': fromJournal(journal, 'sni.yaml'),
        'ip_allow.yaml': fromJournal(journal, 'ip_allow.yaml'),
      },
      // The host's own lines may have changed since: only our block goes back.
      records: renderRecordsConfig(now.records, records),
    }
    await swap(old, now, routingFiles, place)
  } catch (error) {
    return `the old files could not be written (${reasonOf(error)}).`
  }

  let verdict: Verdict
  try {
    // A line that is gone from records.config keeps its last value until a restart (9.2.9): set it back by hand.
    for (const [name, value] of Object.entries(journal.liveRecords)) {
      if (!records.some((record) => record.name === name)) await ats.setRecord(name, value)
    }
    verdict = await load(routingFiles, records, parts, { reloadRequestedAt: null, loadedAt: null })
  } catch (error) {
    verdict = { result: 'failed', reason: reasonOf(error) }
  }
  try {
    if (verdict.result === 'loaded') await memory.update({ confirmedHash: journal.confirmedHash })
    await memory.closeJournal()
  } catch (error) {
    return `the home could not be written (${reasonOf(error)}).`
  }
  return verdict.result === 'loaded' ? null : verdict.reason
}

/** Writes what differs, and touches the other files that ATS shall confirm. */
async function swap(
  wanted: DiskSet,
  before: DiskSet,
  files: readonly RoutingFile[],
  { configDir }: AtsPlace,
): Promise<void> {
  for (const name of files) {
    const path = join(configDir, name)
    if (isSame(wanted.files[name], before.files[name]) && before.files[name] !== null) await touch(path)
    else await writeAtomically(path, wanted.files[name] ?? '')
  }
  if (wanted.records !== before.records) await writeAtomically(join(configDir, recordsFile), wanted.records)
}

/** Someone else may have written meanwhile; and another program's setting may win over ours. */
async function requireHash(offer: CheckedOffer, { place, ats }: ApplyParts): Promise<void> {
  const set = await readDiskSet(place.configDir)
  const { hash } = runningSetOf(set, await ats.liveRecords(namesOf(offer.records)))
  if (hash !== offer.hash)
    throw new Error('The files or records were changed by someone else during the apply.')
}

function wantedSet(offer: CheckedOffer, before: DiskSet): DiskSet {
  const { files } = offer
  return {
    files: {
      'parent.config': Buffer.from(files['parent.config']),
      'sni.yaml': Buffer.from(files['sni.yaml']),
      'ip_allow.yaml': Buffer.from(files['ip_allow.yaml']),
    },
    records: renderRecordsConfig(before.records, offer.records),
  }
}

function isSame(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b)
}

/** Records by value only: their block may stand elsewhere, or list them otherwise. */
function isSameMeaning(a: DiskSet, b: DiskSet): boolean {
  const settings = (set: DiskSet) =>
    JSON.stringify(readRecords(set.records).map((r) => [r.name, r.type, r.value]))
  return (
    routingFiles.every((name) => meaningOf(a.files[name]) === meaningOf(b.files[name])) &&
    settings(a) === settings(b)
  )
}

function journalOf(
  offer: CheckedOffer,
  before: DiskSet,
  live: ReadonlyMap<string, string>,
  confirmedHash: string | null,
): Journal {
  return {
    sequence: offer.sequence,
    hash: offer.hash,
    files: Object.fromEntries(
      routingFiles.map((name) => [name, before.files[name]?.toString('base64') ?? null]),
    ),
    records: before.records,
    liveRecords: Object.fromEntries(live),
    confirmedHash,
  }
}

/** A file that wasn't there comes back empty: 9.2 says nothing about a deleted one and keeps its old content. */
function fromJournal(journal: Journal, name: RoutingFile): Buffer {
  return Buffer.from(journal.files[name] ?? '', 'base64')
}

function namesOf(records: readonly AtsRecord[]): string[] {
  return [...new Set(records.map(({ name }) => name))]
}
