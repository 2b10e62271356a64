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
import {
  type CaptureJournal,
  captureJournal,
  debugFor,
  endOf,
  type OpenCapture,
  readDebug,
  setDebug,
} from './debug-switch.ts'
import type { Follower } from './follow.ts'
import {
  brokenBefore,
  type Choosing,
  choose,
  choosing,
  createOutbox,
  insteadOf,
  lastLinesMs,
} from './outbox.ts'
import { type Left, openPlaces } from './places.ts'
import { createRedact } from './redact.ts'
import { createReader, type FoundStreams, findStreams, type Stream } from './streams.ts'

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
  /** By capture: lines of this stream that it wanted. */
  readonly counts: Map<string, number>
  /** Its first lines were written before it was found. */
  isLate: boolean
  /** Whatever was written before then has been read. */
  readUntilMs: number
  /** When its end was read last, and of which file. */
  end: { readonly epoch: number; readonly atMs: number } | null
}

/** Goes on with captures that an agent before this one had begun, before any server is asked. */
export async function startCapturing(parts: CapturingParts): Promise<Capturing> {
  const { ats, log, now } = parts
  const journalFile = captureJournal(parts.home)
  const places = await openPlaces(parts.home, now)
  let journal: CaptureJournal | null = await journalFile.read()
  let captures: Choosing[] = journal?.captures.map((each) => choosing(each, places.countOf(each.id))) ?? []
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
      for (const stream of found.streams) opened.push(await sourceOf(stream, false))
    } catch (error) {
      for (const { follower } of opened) await follower.close()
      throw error // tried again in a moment
    }
    sources = opened
    await keepPlaces()
  }

  /** @param isLate lines were written before it was found, nobody knows how many */
  async function sourceOf(stream: Stream, isLate: boolean): Promise<Source> {
    const left = places.of(stream.name)
    const follower = await stream.follow(left?.place ?? null, places.epochOf)
    const counts = new Map(Object.entries(left?.counts ?? {}))
    const read = createReader(stream.source)
    return { ...stream, follower, read, counts, isLate: isLate && left === null, readUntilMs: 0, end: null }
  }

  /** ATS may write elsewhere since its restart, or its access log may be new: that is followed as well. */
  async function openNew({ streams }: FoundStreams): Promise<void> {
    const fresh = streams.filter(({ name }) => !sources.some((source) => source.name === name))
    for (const stream of fresh) sources.push(await sourceOf(stream, true))
    if (fresh.length > 0) await keepPlaces()
  }

  async function keepPlaces(): Promise<void> {
    const left = sources.map((source) => [source.name, leftOf(source)] as const)
    await places.keep(Object.fromEntries(left.filter((pair): pair is [string, Left] => pair[1] !== null)))
  }

  function leftOf({ follower, counts }: Source): Left | null {
    const place = follower.place()
    const countOf = ({ id }: Choosing) => [id, counts.get(id) ?? 0] as const
    return place === null ? null : { place, counts: Object.fromEntries(captures.map(countOf)) }
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

  /** Debug is what it was; the journal stays until the server has all lines, so that the next agent sends them. @throws AtsSilent */
  async function switchOff(open: CaptureJournal): Promise<void> {
    if (open.isBack) return
    await setDebug(ats, open.before)
    journal = { ...open, isBack: true }
    await journalFile.write(journal)
    log.info('capture ended, debug put back')
  }

  async function finish(): Promise<void> {
    await close()
    await journalFile.remove()
    journal = null
    captures = []
    endedAt = null
  }

  /** The watchdog first: from then on debug is put back, whoever dies. @throws AtsSilent */
  async function switchOn({ before }: CaptureJournal): Promise<void> {
    checkAt = now() + checkEveryMs
    await parts.guard()
    await setDebug(ats, debugFor(before))
    const found = await findStreams(parts.place)
    problem = found.problem
    if (sources.length > 0) await openNew(found)
  }

  async function keep(wanted: readonly OpenCapture[]): Promise<CaptureJournal> {
    const isOn = journal !== null && !journal.isBack
    const next = { before: isOn && journal ? journal.before : await readDebug(ats), captures: wanted }
    await journalFile.write(next)
    journal = next
    captures = wanted.map(({ id, ...each }) => {
      const known = captures.find((capture) => capture.id === id)
      return known ? { ...known, endsAtMs: each.endsAtMs } : choosing({ id, ...each }, 0)
    })
    redacted = wanted.flatMap(({ filter }) => filter.redact)
    return next
  }

  /** One report after the other, until nothing waits. */
  async function send(): Promise<void> {
    do await sendSome()
    while (outbox.size > 0 && now() >= retryAt && !isStopped)
  }

  async function sendSome(): Promise<void> {
    const lines = outbox.first(logLimits.linesPerReport)
    let instead: readonly LogLine[] = []
    try {
      known = await parts.link.reportLogLines({ lines, cost: { ...(await cost.now()), problem } })
    } catch (error) {
      retryAt = now() + retryMs
      log.warn('captured lines could not be reported', { lines: lines.length, reason: reasonOf(error) })
      if (!(error instanceof LinkError) || !error.isFinal) return
      instead = insteadOf(lines) // a "no" would come again
    }
    toldAt = now()
    outbox.done(lines.length, instead)
  }

  /** Whether there is more to read at once. */
  async function readSource(source: Source): Promise<'nothing' | 'all' | 'some'> {
    if (outbox.size >= mostWaiting) return 'all'
    const { lines, isBroken } = await source.follower.read()
    const [first, last] = [lines[0], lines.at(-1)]
    if (first === undefined || last === undefined) {
      source.readUntilMs = now()
      return 'nothing'
    }
    const behind = await source.follower.behind()
    // More of the same file: it hadn't been rotated yet when its end was read.
    if (source.end?.epoch === first.epoch) source.readUntilMs = source.end.atMs
    source.end = behind > 0 ? null : { epoch: last.epoch, atMs: now() }
    const isLate = endedAt !== null && now() > endedAt + drainMs
    const redact = createRedact(redacted)
    const at = new Date(now())
    const read = lines.map((raw) => source.read(raw, redact, at))
    cost.read(lines)
    const before = captures.map((capture) => capture.lines)
    const chosen = choose(read, captures, {
      isSkipping: isLate || behind > mostBehindBytes,
      isKnown: ({ epoch, offset }) => offset <= (known?.get(epoch) ?? -1),
    })
    for (const [index, capture] of captures.entries()) {
      const wanted = capture.lines - (before[index] ?? 0)
      source.counts.set(capture.id, (source.counts.get(capture.id) ?? 0) + wanted)
    }
    const broken = isBroken || source.isLate ? brokenBefore(first, source.source) : []
    source.isLate = false
    outbox.put([...broken, ...chosen], source.name, leftOf(source))
    return behind > 0 ? 'some' : 'all'
  }

  /** It is over, and all that was written until then is with the server. */
  const isSettled = ({ endsAtMs }: Pick<OpenCapture, 'endsAtMs'>) =>
    sources.length > 0 &&
    sources.every(({ readUntilMs }) => readUntilMs > endsAtMs + lastLinesMs) &&
    outbox.size === 0

  /** How long nothing needs to be done. */
  async function tick(): Promise<number> {
    if (journal === null) return tickMs
    if (journal.isBack || now() >= endOf(journal)) {
      await switchOff(journal)
      endedAt ??= now()
      // Also by an agent that was away at the end: what was written until then is to be sent.
      await open(true)
    } else {
      await open(true)
      if (now() >= checkAt) await switchOn(journal)
    }
    const found = []
    for (const source of known === null ? [] : sources) found.push(await readSource(source))
    await savePlaces()
    const isDue = outbox.size > 0 || known === null || now() >= toldAt + costEveryMs
    // Not waited for: a server that hangs must not keep debug on.
    if (sending === null && isDue && now() >= retryAt) {
      sending = send().finally(() => {
        sending = null
      })
    }
    if (endedAt !== null && sending === null && captures.every(isSettled)) await finish()
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
    isTicking = !isStopped && journal !== null
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
        const listed = journal?.captures ?? []
        const isWanted = ({ id }: { readonly id: string }) => wanted?.some((each) => each.id === id) === true
        const isCutShort = (each: OpenCapture) => now() < each.endsAtMs && !isWanted(each)
        const fresh = (wanted ?? []).filter(({ id }) => !listed.some((each) => each.id === id))
        if (fresh.length === 0 && !listed.some(isCutShort)) return
        const isResumed = journal !== null
        // One that is over stays until the server has its lines: what it wants may be wanted by no other.
        const kept = await keep([
          ...listed
            .filter((each) => !isSettled(each))
            .map((each) => (isCutShort(each) ? { ...each, endsAtMs: now() } : each)),
          ...fresh.map(({ secondsLeft, ...capture }) => ({
            ...capture,
            endsAtMs: now() + secondsLeft * 1_000,
          })),
        ])
        begin()
        if (now() >= endOf(kept)) return switchOff(kept) // should ATS be silent now, it is tried again
        endedAt = null
        await open(isResumed)
        await switchOn(kept)
        log.info('capturing', { captures: kept.captures.filter(isWanted).map(({ id }) => id) })
      }),
    stop: async () => {
      isStopped = true
      await apart(async () => {
        if (journal !== null && !journal.isBack) await setDebug(ats, journal.before)
      })
      await apart(close)
    },
  }
}
