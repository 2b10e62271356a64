/**
 * Captures what ATS says: debug on while somebody wants it, its streams followed, chosen lines sent; then off again.
 *
 * Works on a timer of its own beside the passes. What a pass learns is only which captures are wanted; the journal
 * (debug-switch.ts) carries them over restarts, and the place in each stream lies beside it.
 */
import { type LogFilter, type LogLine, logLimits } from '#core/log-line'
import type { AtsPlace } from '../ats-place.ts'
import type { Ats } from '../ats-port.ts'
import { type Log, reasonOf } from '../log.ts'
import { LinkError } from '../transport.ts'
import { createCost, type LogCost } from './cost.ts'
import { type CaptureJournal, captureJournal, debugFor, endOf, readDebug, setDebug } from './debug-switch.ts'
import type { Follower, Place } from './follow.ts'
import { brokenBefore, type Choosing, choose, choosing, createOutbox, gapAt } from './outbox.ts'
import { openPlaces } from './places.ts'
import { createRedact } from './redact.ts'
import { createReader, findStreams, type Stream } from './streams.ts'

/** As `sync` tells it. */
export interface WantedCapture {
  readonly id: string
  /** Until its end, as the answer was made: the host's clock may be off by hours. */
  readonly secondsLeft: number
  readonly filter: LogFilter
  readonly mostLines: number
}

export interface LogReport {
  readonly lines: readonly LogLine[]
  readonly cost: LogCost
}

/** How far the server knows each epoch, as the offset of its last line there. */
export type LogReceipt = ReadonlyMap<number, number>

export interface Capturing {
  /** What the server wants now; null: nothing. Never rejects. */
  want(captures: readonly WantedCapture[] | null): Promise<void>
  /** Debug is what it was before; a capture that isn't over goes on with the next start. */
  stop(): Promise<void>
}

export interface CapturingParts {
  readonly home: string
  readonly place: AtsPlace
  readonly ats: Pick<Ats, 'liveRecords' | 'setRecord'>
  readonly link: { reportLogLines(report: LogReport): Promise<LogReceipt> }
  readonly log: Log
  readonly now: () => number
  /** Starts the watchdog unless it runs. */
  readonly guard: () => Promise<void>
}

const tickMs = 100
/** How often debug is looked at: ATS forgets it when it restarts. And the watchdog. */
const checkEveryMs = 3_000
/** A report without lines tells what the capture costs. */
const costEveryMs = 5_000
/** After a report that failed. */
const retryMs = 1_000
/** Read and not sent; beyond it the files wait. */
const mostWaiting = 2 * logLimits.linesPerReport
/** Farther behind the end of a file lines are only counted. */
const mostBehindBytes = 64 * 1024 * 1024
/** How far the server has each file. */
const saveEveryMs = 1_000
/** For what was written before a capture ended. */
const drainMs = 15_000

interface Source extends Stream {
  readonly follower: Follower
  readonly read: ReturnType<typeof createReader>
}

/** Goes on with captures that an agent before this one had begun, before any server is asked. */
export async function startCapturing(parts: CapturingParts): Promise<Capturing> {
  const { ats, log, now } = parts
  const journalFile = captureJournal(parts.home)
  const places = await openPlaces(parts.home, now)
  let journal: CaptureJournal | null = await journalFile.read()
  let captures: Choosing[] = journal?.captures.map(choosing) ?? []
  let redacted = journal?.captures.flatMap(({ filter }) => filter.redact) ?? []
  let sources: Source[] = []
  let problem: string | null = null
  const outbox = createOutbox()
  /** After a restart lines are read again; null: what of them the server has isn't known yet. */
  let known: LogReceipt | null = null
  let isStopped = false
  let isTicking = false
  let isBusy = Promise.resolve()
  let sending: Promise<void> | null = null
  let checkAt = 0
  let toldAt = 0
  let retryAt = 0
  let savedAt = 0
  let endedAt: number | null = null
  const cost = createCost(parts.place.runtimeDir)

  async function open(isResumed: boolean): Promise<void> {
    if (sources.length > 0) return
    if (!isResumed) await places.forget()
    known = isResumed ? null : new Map()
    const found = await findStreams(parts.place)
    const opened: Source[] = []
    try {
      for (const stream of found.streams) {
        const follower = await stream.follow(places.of(stream.name), places.epochOf)
        opened.push({ ...stream, follower, read: createReader(stream.source) })
      }
    } catch (error) {
      for (const { follower } of opened) await follower.close()
      throw error // tried again in a moment
    }
    sources = opened
    await places.keep(placesOf(sources))
  }

  /** What the server has is on disk soon, so that not much is read again after a crash. */
  async function savePlaces(): Promise<void> {
    if (now() < savedAt + saveEveryMs) return
    savedAt = now()
    await places.keep(outbox.settled())
  }

  async function close(): Promise<void> {
    await places.keep(outbox.settled())
    for (const { follower } of sources) await follower.close()
    sources = []
    outbox.clear()
  }

  /** Debug is what it was, whether or not there are lines to send still. @throws AtsSilent */
  async function switchOff(): Promise<void> {
    if (journal === null) return
    if (!journal.isBack) await setDebug(ats, journal.before)
    await journalFile.remove()
    journal = null
    log.info('capture ended, debug put back')
  }

  /** The watchdog first: from then on debug is put back, whoever dies. @throws AtsSilent */
  async function switchOn({ before }: CaptureJournal): Promise<void> {
    checkAt = now() + checkEveryMs
    await parts.guard()
    await setDebug(ats, debugFor(before))
    problem = (await findStreams(parts.place)).problem
  }

  async function keep(open: CaptureJournal['captures']): Promise<CaptureJournal> {
    const before = journal?.before ?? (await readDebug(ats))
    const next = { before, captures: open }
    await journalFile.write(next)
    journal = next
    return next
  }

  /** One report after the other, until nothing waits. */
  async function send(): Promise<void> {
    do await sendSome()
    while (outbox.size > 0 && now() >= retryAt && !isStopped)
  }

  async function sendSome(): Promise<void> {
    const lines = outbox.first(logLimits.linesPerReport)
    const last = lines.at(-1)
    let refused: LogLine[] = []
    try {
      known = await parts.link.reportLogLines({ lines, cost: { ...(await cost.now()), problem } })
    } catch (error) {
      retryAt = now() + retryMs
      log.warn('captured lines could not be reported', { lines: lines.length, reason: reasonOf(error) })
      if (!(error instanceof LinkError) || !error.isFinal) return
      // A "no" would come again: what was refused is a gap, unless it is one that was refused.
      if (last !== undefined && last.gap === null) refused = [gapAt(last, 'skipped', lines.length)]
    }
    toldAt = now()
    outbox.done(lines.length, refused)
  }

  /** Whether there is more to read at once. */
  async function readSource(source: Source): Promise<'nothing' | 'all' | 'some'> {
    if (outbox.size >= mostWaiting) return 'all'
    const { lines, isBroken } = await source.follower.read()
    if (lines.length === 0) return 'nothing'
    const behind = await source.follower.behind()
    const isLate = endedAt !== null && now() > endedAt + drainMs
    const isSkipping = isLate || behind > mostBehindBytes
    const redact = createRedact(redacted)
    const at = new Date(now())
    const read = lines.map((raw) => source.read(raw, redact, at))
    cost.read(lines)
    const open = captures.filter(({ endsAtMs }) => now() < endsAtMs + lastLinesMs)
    const chosen = choose(read.filter(isNews), journal === null ? captures : open, isSkipping)
    const broken = isBroken ? brokenBefore(lines[0], source.source) : []
    outbox.put([...broken, ...chosen], source.name, source.follower.place())
    return behind > 0 ? 'some' : 'all'
  }

  const latestEnd = () => Math.max(0, ...captures.map(({ endsAtMs }) => endsAtMs))

  /** What the server has already must not be counted once more in a gap, nor what came after the end. */
  function isNews({ epoch, offset, at }: LogLine): boolean {
    const end = Math.min(endedAt ?? Number.POSITIVE_INFINITY, latestEnd()) + lastLinesMs
    const isWithin = endedAt === null || at === null || at.getTime() <= end
    return isWithin && offset > (known?.get(epoch) ?? -1)
  }

  /** How long nothing needs to be done. */
  async function tick(): Promise<number> {
    if (journal === null && sources.length === 0) return tickMs
    if (journal !== null && (journal.isBack || now() >= endOf(journal))) {
      endedAt ??= now()
      await switchOff()
      // Also by an agent that was away at the end: what was written until then is to be sent.
      await open(true)
    } else if (journal !== null) {
      await open(true)
      if (now() >= checkAt) await switchOn(journal)
    }
    const found = []
    for (const source of known === null ? [] : sources) found.push(await readSource(source))
    const isSent = outbox.size === 0 && sending === null
    await savePlaces()
    const isDue = outbox.size > 0 || known === null || now() >= toldAt + costEveryMs
    // Not waited for: a server that hangs must not keep debug on.
    if (sending === null && isDue && now() >= retryAt) {
      sending = send().finally(() => {
        sending = null
      })
    }
    const isDone = journal === null && isSent && found.every((each) => each === 'nothing')
    if (isDone && endedAt !== null && now() > endedAt + lastLinesMs) await close()
    return found.includes('some') && outbox.size < mostWaiting ? 0 : tickMs
  }

  async function work(): Promise<void> {
    if (isStopped) return // a timer that was set before
    let pauseMs = tickMs
    try {
      pauseMs = await tick()
    } catch (error) {
      log.warn('capture stumbled', { reason: reasonOf(error) })
      pauseMs = retryMs
    }
    isTicking = !isStopped && (journal !== null || sources.length > 0)
    if (isTicking) setTimeout(next, pauseMs)
  }
  function next(): void {
    isBusy = isBusy.then(work)
  }
  /** An agent that captures nothing has no timer. */
  function begin(): void {
    if (isTicking) return
    isTicking = true
    next()
  }

  /** One thing at a time: what is wanted changes between two ticks. */
  function apart(action: () => Promise<void>): Promise<void> {
    isBusy = isBusy.then(action).catch((error) => log.warn('capture stumbled', { reason: reasonOf(error) }))
    return isBusy
  }

  begin()
  return {
    want: (wanted) =>
      apart(async () => {
        const known = journal?.captures ?? []
        if ((wanted ?? []).length === 0) {
          if (journal === null) return
          endedAt = now()
          await keep([]) // should ATS be silent now, it is tried again
          return switchOff()
        }
        const counts = new Map(captures.map(({ id, lines }) => [id, lines]))
        const opened = (wanted ?? []).map(({ secondsLeft, ...capture }) => ({
          ...capture,
          endsAtMs: now() + secondsLeft * 1_000,
          lines: counts.get(capture.id) ?? 0,
        }))
        const isNews = opened.some(({ id }) => !known.some((each) => each.id === id))
        if (!isNews && opened.length === known.length) return
        const kept = await keep(opened)
        endedAt = null
        captures = opened.map(choosing)
        redacted = opened.flatMap(({ filter }) => filter.redact)
        begin()
        await open(false)
        await switchOn(kept)
        log.info('capturing', { captures: opened.map(({ id }) => id) })
      }),
    stop: async () => {
      isStopped = true
      await apart(async () => {
        if (journal !== null) await setDebug(ats, journal.before)
      })
      await apart(close)
    },
  }
}

/** ATS writes its access log in batches of a second. */
const lastLinesMs = 2_500

function placesOf(sources: readonly Source[]): Readonly<Record<string, Place>> {
  const found = sources.map(({ name, follower }) => [name, follower.place()] as const)
  return Object.fromEntries(found.filter((pair): pair is [string, Place] => pair[1] !== null))
}
