/** A host with a real ATS, the parts of its agent's pass, and a server that answers what a test says. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPlace } from '../../agent/ats-place.ts'
import { createDiskReporter, type FilesReport } from '../../agent/disk-report.ts'
import type { Link, SyncOffer, SyncReport } from '../../agent/link.ts'
import { createLog } from '../../agent/log.ts'
import type { Acknowledgement } from '../../agent/memory.ts'
import type { ReconcileParts } from '../../agent/reconcile.ts'
import { agentParts, identityFor, quietLink } from './agent-parts.ts'
import { request, startAts, type TestAts } from './ats.ts'
import { createOfferSource, type OfferedContent, type OfferSource, upToDate } from './offers.ts'

export interface AgentHost {
  readonly ats: TestAts
  /** The agent's folder. */
  readonly home: string
  readonly parts: ReconcileParts
  readonly server: AnsweringServer
  /** A file of ATS's configuration. */
  onDisk(name: string): string
  /** What a record is worth in the running ATS. */
  live(record: string): Promise<string | undefined>
  /** Which way a request took: `p1`, `p2` or `direct`. */
  via(name?: string, method?: 'GET' | 'CONNECT'): Promise<string | null>
  close(): Promise<void>
}

export interface AnsweringServer {
  readonly link: Link
  readonly source: OfferSource
  /** To every sync; up to date until something is offered. */
  answer: SyncOffer
  readonly syncs: SyncReport[]
  readonly acknowledged: Acknowledgement[]
  readonly reported: FilesReport[]
  /** From now on the answer, with the next sequence. */
  offer(content: OfferedContent): SyncOffer
}

/** What belongs to the agent on a host with ATS 9.2. */
export const hostFiles = ['parent.config', 'sni.yaml', 'ip_allow.yaml', 'records.config']
export const retryTime = 'proxy.config.http.parent_proxy.retry_time'

/** `direct.example` is a name that ATS can resolve. `own`: in place of what the parts usually are. */
export async function startAgentHost(own: Partial<ReconcileParts> = {}): Promise<AgentHost> {
  const home = mkdtempSync(join(tmpdir(), 'apm-home-'))
  const ats = await startAts()
  ats.resolver.names.set('direct.example', '127.0.0.1')
  const place = await findPlace({ root: ats.directory, binDir: '/usr/bin' }, home)
  const server = answeringServer()
  const { link, source } = server
  const parts = await agentParts(home, place, {
    link,
    identity: identityFor(source, place),
    reportDisk: createDiskReporter(
      link,
      createLog(() => {}),
    ),
    watchMs: 0,
    ...own,
  })
  return {
    ats,
    home,
    parts,
    server,
    onDisk: (name) => readFileSync(join(ats.configDir, name), 'utf8'),
    live: async (record) => (await parts.ats.liveRecords([record])).get(record),
    via: async (name = 'corp.example', method = 'GET') =>
      (await request(ats.port, { host: `${name}:${ats.origin.port}`, method })).via,
    async close() {
      await ats.close()
      rmSync(home, { recursive: true })
    },
  }
}

function answeringServer(): AnsweringServer {
  const source = createOfferSource('proxy-1')
  let sequence = 0
  const server: AnsweringServer = {
    source,
    answer: upToDate,
    syncs: [],
    acknowledged: [],
    reported: [],
    offer(content) {
      sequence += 1
      server.answer = source.offer(content, sequence)
      return server.answer
    },
    link: {
      ...quietLink,
      async sync(report) {
        server.syncs.push(report)
        return server.answer
      },
      async acknowledge(made) {
        server.acknowledged.push(made)
      },
      async reportFiles(found) {
        server.reported.push(found)
      },
    },
  }
  return server
}
