/** Makes ATS run an offer, in named steps (`applySteps`): each failure puts the old set back and says where it was. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readIpAllowYaml } from '#core/ats/read-ip-allow-yaml'
import { readSniYaml } from '#core/ats/read-sni-yaml'
import { type AtsRecord, readRecords } from '#core/ats/records'
import type { AtsPlace } from './ats-place.ts'
import {
  type DiskSet,
  isSame,
  meaningOf,
  putInPlace,
  type RoutingFile,
  readDiskSet,
  recordsFileNames,
  routingFiles,
  runningSetOf,
  stage,
  stagedPath,
  touch,
} from './files.ts'
import { type LoadParts, load, type Times, type Verdict } from './load.ts'
import { type Log, reasonOf } from './log.ts'
import type { ApplyStep, Journal, Memory } from './memory.ts'
import type { CheckedOffer } from './offer.ts'
import { requireReplaceable } from './owner.ts'
import { type Probe, serverPorts } from './probe.ts'
import { defaultWatchMs, openTraffic, type Traffic } from './traffic.ts'

export interface ApplyParts extends LoadParts {
  readonly memory: Memory
  readonly probe: Probe
  readonly log: Log
  /** How long traffic is watched after a load; 3 s unless told. */
  readonly watchMs?: number
}

const noTimes: Times = { reloadRequestedAt: null, loadedAt: null }

export interface Attempt {
  readonly outcome: 'applied' | 'unchanged' | 'rejected_by_ats' | 'rolled_back' | 'refused' | 'failed'
  readonly message: string
  readonly reloadRequestedAt: string | null
  readonly loadedAt: string | null
  /** False: nothing was touched, because ATS or its files couldn't be reached; trying again costs nothing. */
  readonly wasTried: boolean
}

/**
 * Applies a checked offer. Never throws: what goes wrong is an outcome, and its message names the step.
 *
 * "applied" means that ATS has read these bytes after they were in place, complained of no line, says that every
 * record has its value, and that what was answered before is answered still.
 */
export async function apply(offer: CheckedOffer, parts: ApplyParts): Promise<Attempt> {
  const { place, ats, memory, probe, log } = parts
  const enter = (step: ApplyStep) => enterStep(step, parts)
  let journal: Journal
  let before: DiskSet
  let wanted: DiskSet
  let isSure: boolean
  let files: readonly RoutingFile[]
  let traffic: Traffic | undefined
  try {
    await enter('verify')
    await ats.requireControl()
    // Who can't hear ATS's word would swap, wait in vain and put back.
    await (await ats.watchLoads()).close()
    await requireClosedJournal(parts)
    before = await readDiskSet(place.configDir, await ats.recordsFile())
    if (before.files['ip_allow.yaml'] === null)
      throw new Error(`there is no ip_allow.yaml in ${place.configDir}`)
    // All of them: putting the old set back replaces also those that the new one leaves alone.
    for (const name of [...routingFiles, before.recordsFile.name])
      await requireReplaceable(join(place.configDir, name))
    const live = await ats.liveRecords(namesOf([...offer.records, ...readRecords(before.records)]))
    isSure = memory.state.confirmedHash === runningSetOf(before, live).hash
    wanted = wantedSet(offer, before)
    files = isSure
      ? routingFiles.filter((name) => !isSame(wanted.files[name], before.files[name]))
      : routingFiles

    await enter('stage')
    await stageSet(wanted, before, files, place)

    await enter('check')
    const fault = await faultOfStaged(wanted, before, files, place)
    if (fault !== null) {
      await discardStaged(place)
      const message = `Nothing was changed: ${fault}${atStep(parts)}`
      return { ...noTimes, outcome: 'refused', message, wasTried: true }
    }
    traffic = await openTraffic(before, wanted, parts)

    await enter('back up')
    journal = journalOf(offer, before, live, memory.state.confirmedHash)
    await memory.keepOriginals(journal)
    await memory.openJournal(journal)
  } catch (error) {
    await traffic?.close()
    await discardStaged(place).catch(() => {})
    const message = `Nothing was changed: ${reasonOf(error)}${atStep(parts)}`
    return { ...noTimes, outcome: 'failed', message, wasTried: false }
  }

  const needsReload = !isSure || !isSameMeaning(wanted, before)
  const times: Times = { reloadRequestedAt: null, loadedAt: null }
  const worked = needsReload ? await probe.working() : []
  let verdict: Verdict | { readonly result: 'rolled_back'; readonly reason: string }
  try {
    await enter('swap')
    await memory.update({ confirmedHash: null })
    await swapStaged(wanted, before, files, place)
    verdict = needsReload
      ? await load(files, offer.records, { ...parts, onStep: enter }, times)
      : { result: 'loaded' }
    if (verdict.result === 'loaded') {
      await requireHash(offer, parts)
      const fault = needsReload ? await faultOfTraffic(traffic, worked, parts) : null
      if (fault !== null) verdict = { result: 'rolled_back', reason: fault }
    }
  } catch (error) {
    verdict = { result: 'failed', reason: reasonOf(error) }
  } finally {
    await traffic.close()
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

  const { reason } = verdict
  log.warn('the offer did not hold, putting the old set back', { reason, step: memory.state.step })
  const where = atStep(parts)
  const trouble = await restore(journal, parts)
  const outcome = verdict.result === 'rejected' ? 'rejected_by_ats' : verdict.result
  const aftermath =
    trouble === null
      ? 'The old set is back, and ATS has confirmed it.'
      : `The old set is not confirmed: ${trouble}`
  return { ...times, loadedAt: null, outcome, message: `${reason}${where} ${aftermath}`, wasTried: true }
}

/** Durable before the step begins, so that a crash tells where it was. */
export async function enterStep(step: ApplyStep, { memory, onStep }: ApplyParts): Promise<void> {
  await memory.update({ step })
  await onStep?.(step)
}

function atStep({ memory }: ApplyParts): string {
  return `\n(Step: ${memory.state.step}.)`
}

/** Two journals at once would take the half of one apply for the good set of the next. */
async function requireClosedJournal(parts: ApplyParts): Promise<void> {
  const open = await parts.memory.readJournal()
  if (open === null) return
  const trouble = await restore(open, parts)
  if (trouble !== null) throw new Error(`the set of an earlier apply is not put back yet: ${trouble}`)
}

/** Traffic that broke because ATS itself went away is no fault of the offer: that is thrown. @throws AtsSilent */
async function faultOfTraffic(
  traffic: Traffic,
  worked: readonly string[],
  parts: ApplyParts,
): Promise<string | null> {
  await enterStep('probe', parts)
  let fault = (await traffic.probe()) ?? (await parts.probe.trouble(worked))
  if (fault === null) {
    await enterStep('watch', parts)
    fault = await traffic.watch(parts.watchMs ?? defaultWatchMs)
  }
  if (fault !== null) await parts.ats.liveRecords([serverPorts])
  return fault
}

/**
 * Puts back what a journal holds, and has ATS confirm it. Also the repair after a crash in the middle of an apply.
 * Null when all is well, else why not, as a sentence; the journal stays open when the files could not be written.
 */
export async function restore(journal: Journal, parts: ApplyParts): Promise<string | null> {
  const { place, ats, memory } = parts
  const records = readRecords(journal.records)
  try {
    const now = await readDiskSet(place.configDir, await ats.recordsFile())
    const old: DiskSet = {
      files: {
        'parent.config': fromJournal(journal, 'parent.config'),
        'sni.yaml': fromJournal(journal, 'sni.yaml'),
        'ip_allow.yaml': fromJournal(journal, 'ip_allow.yaml'),
      },
      // The host's own lines may have changed since, or ATS has another file by now: only our block goes back.
      recordsFile: now.recordsFile,
      records: now.recordsFile.render(now.records, records),
    }
    await stageSet(old, now, routingFiles, place)
    await swapStaged(old, now, routingFiles, place)
  } catch (error) {
    return `the old files could not be written (${reasonOf(error)}).`
  }

  let verdict: Verdict
  try {
    // A record that is gone from the file keeps its last value until a restart (9.2.9, 10.2.0): set it back by hand.
    const gone = Object.entries(journal.liveRecords).filter(
      ([name]) => !records.some((record) => record.name === name),
    )
    // Another release than the journal's may not know all of them.
    const known = await ats.liveRecords(gone.map(([name]) => name))
    for (const [name, value] of gone) if (known.has(name)) await ats.setRecord(name, value)
    const quiet: LoadParts = { place, ats, wordWithinMs: parts.wordWithinMs }
    verdict = await load(routingFiles, records, quiet, { reloadRequestedAt: null, loadedAt: null })
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

/** Everything that will be swapped in, written out: a full disk or a directory that is closed to us is found here. */
async function stageSet(
  wanted: DiskSet,
  before: DiskSet,
  files: readonly RoutingFile[],
  { configDir }: AtsPlace,
): Promise<void> {
  for (const name of files.filter((each) => isWritten(wanted, before, each))) {
    await stage(join(configDir, name), wanted.files[name] ?? '')
  }
  if (wanted.records !== before.records) await stage(join(configDir, wanted.recordsFile.name), wanted.records)
}

/** Puts the staged files in place, and touches the other files that ATS shall confirm. */
async function swapStaged(
  wanted: DiskSet,
  before: DiskSet,
  files: readonly RoutingFile[],
  { configDir }: AtsPlace,
): Promise<void> {
  for (const name of files) {
    const path = join(configDir, name)
    await (isWritten(wanted, before, name) ? putInPlace(path) : touch(path))
  }
  if (wanted.records !== before.records) await putInPlace(join(configDir, wanted.recordsFile.name))
}

function isWritten(wanted: DiskSet, before: DiskSet, name: RoutingFile): boolean {
  return before.files[name] === null || !isSame(wanted.files[name], before.files[name])
}

/** What a crash between staging and swapping leaves behind. */
export async function discardStaged({ configDir }: AtsPlace): Promise<void> {
  for (const name of [...routingFiles, ...recordsFileNames]) {
    await rm(stagedPath(join(configDir, name)), { force: true })
  }
}

/**
 * Reads the staged bytes back: they must be those that were meant, and the YAML files must be lists. ATS keeps the
 * old set when it can't read one, but does not start with it. Lines of parent.config are left to ATS's own word.
 */
async function faultOfStaged(
  wanted: DiskSet,
  before: DiskSet,
  files: readonly RoutingFile[],
  { configDir }: AtsPlace,
): Promise<string | null> {
  for (const name of files.filter((each) => isWritten(wanted, before, each))) {
    const staged = await readFile(stagedPath(join(configDir, name)))
    if (!isSame(staged, wanted.files[name]))
      throw new Error(`${stagedPath(name)} does not read back as it was written`)
    const text = staged.toString()
    const findings =
      name === 'sni.yaml'
        ? readSniYaml(text)
        : name === 'ip_allow.yaml'
          ? readIpAllowYaml(text, []).findings
          : []
    const fault = findings.find(({ code }) => code === 'YAML_MALFORMED')
    if (fault !== undefined) return `${name}:${fault.line}: ${fault.message}`
  }
  return null
}

/** Someone else may have written meanwhile; and another program's setting may win over ours. */
async function requireHash(offer: CheckedOffer, { place, ats }: ApplyParts): Promise<void> {
  const set = await readDiskSet(place.configDir, await ats.recordsFile())
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
    recordsFile: before.recordsFile,
    records: before.recordsFile.render(before.records, offer.records),
  }
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

/** A file that wasn't there comes back empty: ATS says nothing about a deleted one and keeps its old content. */
function fromJournal(journal: Journal, name: RoutingFile): Buffer {
  return Buffer.from(journal.files[name] ?? '', 'base64')
}

function namesOf(records: readonly AtsRecord[]): string[] {
  return [...new Set(records.map(({ name }) => name))]
}
