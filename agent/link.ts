/** Speaks GraphQL with the server: over one socket while it is up, over HTTP otherwise. */
import { setTimeout } from 'node:timers/promises'
import type { AtsRecord } from '#core/ats/records'
import type { FilesReport } from './disk-report.ts'
import type { HostReport } from './host-report.ts'
import { reasonOf } from './log.ts'
import type { LogReceipt, LogReport, WantedCapture } from './log-capture/capture.ts'
import { retryAfterMs } from './loop.ts'
import type { Acknowledgement } from './memory.ts'
import type { ParentEvent } from './parents.ts'
import { noStats, type StatsReceipt, type StatsReport, type StatsRider } from './stats/sampling.ts'
import { LinkError, openSocket, post, type Socket, type SocketEvents } from './transport.ts'

export interface SyncReport {
  readonly hostname: string
  readonly hash: string | null
  readonly atsVersion: string | null
  readonly agentVersion: string
  /** Names this life of the process; null for a look in passing. */
  readonly startId: string | null
}

export interface OfferedFile {
  readonly name: string
  readonly content: string
  readonly sha256: string
}

export interface SyncOffer {
  readonly upToDate: boolean
  readonly hash: string | null
  readonly configId: string | null
  readonly version: number | null
  readonly sequence: number | null
  readonly files: readonly OfferedFile[] | null
  readonly records: readonly AtsRecord[] | null
  readonly signature: string | null
  readonly pollSeconds: number
  readonly comeBackSeconds: number
  /** Hosts whose parents an administrator wants left out. */
  readonly takenOut: readonly string[]
  /** Another agent uses the same identity. */
  readonly isCopied: boolean
  /** Captures of ATS's logs that are open; null: none. */
  readonly captures: readonly WantedCapture[] | null
}

export interface Enrolled {
  readonly proxy: { readonly id: string; readonly hostname: string }
  readonly serverKey: string
  readonly instanceId: string
}

export interface Link {
  /**
   * Tries to have the socket up, nudges subscribed; without it calls go over HTTP.
   * @throws LinkError when every address says 503, as it would over HTTP
   */
  connect(): Promise<void>
  /** @throws LinkError */
  sync(report: SyncReport): Promise<SyncOffer>
  /** @throws LinkError */
  acknowledge(made: Acknowledgement): Promise<void>
  /** @throws LinkError */
  reportFiles(found: FilesReport): Promise<void>
  /** @throws LinkError */
  reportParents(events: readonly ParentEvent[]): Promise<void>
  reportHost(report: HostReport): Promise<void>
  /** @throws LinkError */
  reportLogLines(report: LogReport): Promise<LogReceipt>
  close(): Promise<void>
}

export interface LinkParts {
  /** Addresses of one server, or of replicas that share a database: the next one is tried when one is away. */
  readonly servers: readonly string[]
  /** Never opens a socket: no nudges, every call over HTTP. */
  readonly isPollOnly: boolean
  readonly createToken: () => Promise<string>
  readonly onNudge: () => void
  /** A socket that was up has gone. */
  readonly onLost: (reason: string) => void
  /** What rides with every sync; nothing by default. */
  readonly stats?: StatsRider
}

/** A constant text for each operation: the server keeps parsed documents, and all agents share these. */
export const documents = {
  enrol:
    'mutation Enrol($input: EnrolAgentInput!) { enrolAgent(input: $input) { proxy { id hostname } serverKey instanceId } }',
  // One round trip a cycle; `sync` comes first, and statistics that fail leave its answer whole.
  sync: 'mutation Sync($input: SyncInput!, $stats: ReportStatsInput!) { sync(input: $input) { upToDate hash configId version sequence files { name content sha256 } records { name type value } signature pollSeconds comeBackSeconds takenOut isCopied captures { id secondsLeft mostLines filter { text isRegex host clientAddress errorsOnly redact } } } reportStats(input: $stats) { serverTime isFull } }',
  acknowledge:
    'mutation Acknowledge($input: AcknowledgeSyncInput!) { acknowledgeSync(input: $input) { serverTime } }',
  reportFiles:
    'mutation ReportFiles($input: ReportFilesInput!) { reportFiles(input: $input) { serverTime } }',
  reportParents:
    'mutation ReportParents($input: ReportParentsInput!) { reportParents(input: $input) { serverTime } }',
  reportHost: 'mutation ReportHost($input: ReportHostInput!) { reportHost(input: $input) { serverTime } }',
  reportLogLines:
    'mutation ReportLogLines($input: ReportLogLinesInput!) { reportLogLines(input: $input) { known { epoch offset } } }',
  nudges: 'subscription Nudges { nudges { at } }',
} as const

interface LogEnd {
  readonly epoch: number
  readonly offset: number
}

/** Where no socket ever worked but HTTP does (a gateway that speaks no WebSocket): how long only HTTP is used. */
const socketRestMs = 60_000

/** A crowd that enrols at once is spread out by the server, which names each a time. */
const enrolTries = 5

/**
 * One HTTP request, before there is an identity; again when the server asks to come back later. @throws LinkError
 * @param wait resolves after so many milliseconds
 */
export async function enrol(
  servers: readonly string[],
  input: { token: string; hostname: string; publicKey: string },
  wait: (ms: number) => Promise<unknown> = setTimeout,
): Promise<Enrolled> {
  const ring = createRing(servers)
  for (let tries = 1; ; tries += 1) {
    try {
      const data = await ring.ask((server) => post(server, documents.enrol, { input }, null))
      return (data as { enrolAgent: Enrolled }).enrolAgent
    } catch (error) {
      const seconds = error instanceof LinkError ? error.retryAfterSeconds : null
      if (seconds === null || tries === enrolTries) throw error
      await wait(retryAfterMs(seconds, Math.random()))
    }
  }
}

/** Stays with the address that answers, and goes round once when it is away. */
function createRing(servers: readonly string[]) {
  let at = 0
  const current = () => servers[at] ?? ''
  return {
    current,
    async ask<Answer>(request: (server: string) => Promise<Answer>): Promise<Answer> {
      for (let tries = 1; ; tries += 1) {
        try {
          return await request(current())
        } catch (error) {
          if (!(error instanceof LinkError) || !error.isAway) throw error
          at = (at + 1) % servers.length
          if (tries === servers.length) throw error
        }
      }
    },
  }
}

export function createLink(parts: LinkParts): Link {
  const { servers, isPollOnly, createToken, onNudge, onLost, stats = noStats } = parts
  const ring = createRing(servers)
  let socket: Socket | null = null
  let hadSocket = false
  let socketFailedAt: string | null = null
  let restUntil = 0

  const events: SocketEvents = {
    onMessage: onNudge,
    onUp(opened) {
      socket = opened
    },
    onGone(reason) {
      if (socket === null) return
      socket = null
      onLost(reason)
    },
  }

  async function call(document: string, variables: Record<string, unknown>): Promise<unknown> {
    const used = socket
    if (used !== null) {
      try {
        return await used.call(document, variables)
      } catch (error) {
        if (error instanceof LinkError) throw error
        used.drop(reasonOf(error)) // dead, or too slow to be of use: the same request goes over HTTP
      }
    }
    const token = await createToken()
    const answer = await ring.ask((server) => post(server, document, variables, token))
    // The same address took the request: there is a gateway that speaks no WebSocket.
    if (socketFailedAt === ring.current() && !hadSocket) restUntil = performance.now() + socketRestMs
    socketFailedAt = null
    return answer
  }

  return {
    async connect() {
      if (isPollOnly || socket !== null || performance.now() < restUntil) return
      try {
        await ring.ask((server) => openSocket(server, createToken, documents.nudges, events))
        hadSocket = true
      } catch (error) {
        if (error instanceof LinkError) throw error
        socketFailedAt = ring.current() // HTTP will tell whether it is the server, or only sockets
      }
    },
    async sync(report) {
      const told: StatsReport = stats.report()
      const answer = await call(documents.sync, { input: report, stats: told })
      const { sync, reportStats } = answer as { sync: SyncOffer; reportStats: StatsReceipt | null }
      stats.told(told, reportStats)
      return sync
    },
    async acknowledge(made) {
      await call(documents.acknowledge, { input: { ...made, outcome: made.outcome.toUpperCase() } })
    },
    async reportFiles(found) {
      await call(documents.reportFiles, { input: found })
    },
    async reportParents(events) {
      const input = { events: events.map((event) => ({ ...event, kind: event.kind.toUpperCase() })) }
      await call(documents.reportParents, { input })
    },
    async reportHost(report) {
      await call(documents.reportHost, { input: report })
    },
    async reportLogLines({ lines, cost }) {
      const input = {
        ...cost,
        lines: lines.map((line) => ({
          ...line,
          source: line.source.toUpperCase(),
          gap: line.gap?.toUpperCase() ?? null,
        })),
      }
      const answer = await call(documents.reportLogLines, { input })
      const { known } = (answer as { reportLogLines: { known: readonly LogEnd[] } }).reportLogLines
      return new Map(known.map(({ epoch, offset }) => [epoch, offset]))
    },
    async close() {
      const open = socket
      socket = null
      await open?.close()
    },
  }
}
