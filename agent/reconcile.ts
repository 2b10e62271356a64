/**
 * One pass: tell the server what runs here, and make it what should run.
 *
 * Takes no input on purpose. A nudge says only "look again", so the pass after a nudge, a restart and a missed
 * nudge are the same code.
 */
import { readRecords } from '#core/ats/records'
import { type ApplyParts, type Attempt, apply, discardStaged, enterStep, restore } from './apply.ts'
import { faultOfVersion } from './ats.ts'
import type { DiskReporter } from './disk-report.ts'
import { type RunningSet, readDiskSet, runningSetOf } from './files.ts'
import type { Identity } from './identity.ts'
import type { Link, SyncOffer, SyncReport } from './link.ts'
import { type Log, reasonOf } from './log.ts'
import type { Capturing } from './log-capture/capture.ts'
import type { Pass } from './loop.ts'
import type { Acknowledgement, Failures, Memory } from './memory.ts'
import { type CheckedOffer, checkOffer } from './offer.ts'
import type { ParentHold } from './taken-out.ts'
import { LinkError } from './transport.ts'
import { agentVersion } from './version.ts'

export interface ReconcileParts extends ApplyParts {
  readonly identity: Identity
  /** Names this life of the process, so that the server can tell two agents with one identity; null: a look in passing. */
  readonly startId: string | null
  readonly link: Link
  readonly reportDisk: DiskReporter
  /** Sends what ATS did with its parents, if anything is unsent. */
  readonly reportParents: () => Promise<void>
  /** Told the hosts whose parents are to be left out. */
  readonly holdOut: ParentHold['hold']
  /** Told which captures of ATS's logs are wanted. */
  readonly capture: Capturing['want']
  readonly now: () => number
}

const copiedWords =
  'another agent uses the identity of this one: a host was cloned with its home; on every copy but one run "agent enrol --again" under a name of its own'

/** A failed apply is tried again after these waits, then only when a newer offer comes. */
export const retryWaitsMs = [60_000, 300_000, 900_000] as const

/** @throws LinkError when the server can't be reached or refuses us; nothing on the host has changed then. */
export async function reconcile(parts: ReconcileParts): Promise<Pass> {
  const { link, memory } = parts
  await link.connect()
  await deliver(link, memory, parts.log)
  const { report, found } = await reportOf(parts)
  const { atsVersion } = report
  const offer = await link.sync(report)
  if (offer.isCopied) parts.log.error(copiedWords)
  void parts.capture(offer.captures) // never rejects, and nothing waits for it
  await parts.reportParents()
  await parts.holdOut(offer.takenOut)
  // Before the offer overwrites it: an edit by hand, or what the host had before anything of ours.
  if (found !== null && isForeign(found.hash, offer, memory)) await parts.reportDisk(found)
  const acknowledgement = offer.upToDate ? null : await attempt(offer, atsVersion, parts)
  if (acknowledgement !== null) {
    await memory.update({ unsent: acknowledgement })
    await deliver(link, memory, parts.log)
  }
  return offer
}

/** What a pass tells the server, and what it found on the disk; null when that can't be read. */
export async function reportOf(
  parts: ReconcileParts,
): Promise<{ report: SyncReport; found: RunningSet | null }> {
  const { startId } = parts
  const { hostname } = parts.identity
  const atsVersion = await parts.ats.version()
  const found = await readDisk(parts)
  const hash = parts.memory.state.hasApplied ? (found?.hash ?? null) : null
  return { report: { hostname, hash, atsVersion, agentVersion, startId }, found }
}

/** Finishes what a crash left half done: once, before the first pass. */
export async function repair(parts: ApplyParts): Promise<void> {
  const { memory } = parts
  await discardStaged(parts.place)
  const { step } = memory.state
  const journal = await memory.readJournal()
  if (step !== null) await memory.update({ step: null })
  if (journal === null) return
  parts.log.warn('an apply was interrupted, putting the old set back', {
    step,
    sequence: journal.sequence,
    hash: journal.hash,
  })
  const trouble = await restore(journal, parts)
  if (trouble !== null) parts.log.error('the old set is not confirmed', { reason: trouble })
}

/** Neither what was last applied here nor what the server knows by its hash: somebody else wrote it. */
function isForeign(hash: string, offer: SyncOffer, memory: Memory): boolean {
  return hash !== memory.state.confirmedHash && hash !== offer.hash
}

/** The hash of what is on disk and in force; null while nothing of ours was ever applied here. */
export async function runningHash(parts: ApplyParts): Promise<string | null> {
  return parts.memory.state.hasApplied ? ((await readDisk(parts))?.hash ?? null) : null
}

/** Null when ATS's files can't be read, which the log says. */
async function readDisk({ place, ats, log }: ApplyParts): Promise<RunningSet | null> {
  try {
    const set = await readDiskSet(place.configDir, await ats.recordsFile())
    const names = readRecords(set.records).map(({ name }) => name)
    // While ATS is down nothing is in force; what the file says is what it will start with.
    const live = await ats.liveRecords(names).catch(() => new Map<string, string>())
    return runningSetOf(set, live)
  } catch (error) {
    log.warn('the files of ATS could not be read', { reason: reasonOf(error) })
    return null
  }
}

/** Tries an offer unless it waits for its next try; null when there is nothing new to report. */
async function attempt(
  offer: SyncOffer,
  atsVersion: string | null,
  parts: ReconcileParts,
): Promise<Acknowledgement | null> {
  const { memory, identity, log, now } = parts
  const checked = await checkOffer(offer, identity, memory.state)
  if (typeof checked === 'string') return report(refusal(offer, checked), memory, log)
  const fault = faultOfVersion(atsVersion)
  if (fault !== null) return report(refusal(offer, fault), memory, log)
  const failures = failuresOf(checked, memory.state.failures)
  if (failures !== null && now() < failures.notBefore) return null

  // Counted and made durable before the try: one that kills the agent counts as well, and older offers are over.
  await memory.update({
    sequence: checked.sequence,
    sequenceHash: checked.hash,
    failures: nextFailures(checked, failures, now()),
  })
  const tried = await apply(checked, parts)
  await enterStep('acknowledge', parts)
  await memory.update({ step: null, failures: failuresAfter(checked, tried, failures, memory) })
  return report(acknowledgementOf(checked, tried), memory, log)
}

async function deliver(link: Link, memory: Memory, log: Log): Promise<void> {
  const { unsent } = memory.state
  if (unsent === null) return
  try {
    await link.acknowledge(unsent)
  } catch (error) {
    // The server has understood it and says no: once more would bring the same no.
    if (!(error instanceof LinkError) || !error.isFinal) throw error
    log.error('the server refused an acknowledgement', { reason: error.message, sequence: unsent.sequence })
  }
  await memory.update({ unsent: null, lastSent: unsent })
}

/** Drops the repetition of a "no" that the server already has. */
function report(made: Acknowledgement, memory: Memory, log: Log): Acknowledgement | null {
  const { hash, sequence, outcome, message } = made
  if (outcome === 'applied' || outcome === 'unchanged') {
    log.info('offer applied', { sequence, hash, outcome })
    return made
  }
  const { lastSent } = memory.state
  const isRepeated =
    lastSent !== null &&
    (['hash', 'sequence', 'outcome', 'message'] as const).every((key) => lastSent[key] === made[key])
  if (isRepeated) return null
  log.warn('offer not applied', { sequence, hash, outcome, message })
  return made
}

function refusal(offer: SyncOffer, message: string): Acknowledgement {
  const { hash, sequence } = offer
  return {
    hash: hash ?? '',
    sequence: sequence ?? 0,
    outcome: 'refused',
    message,
    reloadRequestedAt: null,
    loadedAt: null,
  }
}

const longestMessage = 4_000

function acknowledgementOf({ hash, sequence }: CheckedOffer, tried: Attempt): Acknowledgement {
  const { outcome, reloadRequestedAt, loadedAt } = tried
  return {
    hash,
    sequence,
    outcome,
    message: tried.message.slice(0, longestMessage),
    reloadRequestedAt,
    loadedAt,
  }
}

function failuresAfter(
  offer: CheckedOffer,
  tried: Attempt,
  before: Failures | null,
  { state }: Memory,
): Failures | null {
  if (!tried.wasTried) return before
  if (tried.outcome === 'applied' || tried.outcome === 'unchanged') return null
  // It would end the same way again, and each try puts live traffic on half a set, or on a bad one, for seconds.
  return tried.outcome === 'failed' ? state.failures : finalFailures(offer)
}

function failuresOf(offer: CheckedOffer, known: Failures | null): Failures | null {
  return known !== null && known.sequence === offer.sequence && known.hash === offer.hash ? known : null
}

function nextFailures(offer: CheckedOffer, known: Failures | null, now: number): Failures {
  const count = known?.count ?? 0
  const wait = retryWaitsMs[count]
  if (wait === undefined) return finalFailures(offer)
  return { sequence: offer.sequence, hash: offer.hash, count: count + 1, notBefore: now + wait }
}

function finalFailures({ sequence, hash }: CheckedOffer): Failures {
  return { sequence, hash, count: retryWaitsMs.length + 1, notBefore: Number.MAX_SAFE_INTEGER }
}
