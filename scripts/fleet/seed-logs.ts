/** Captured lines as a proxy's agent tells them, written by the server's own door. */
import { type LogLine, noFields } from '../../server/core/log-line.ts'
import type { Database } from '../../server/database/connect.ts'
import { observeLogLines } from '../../server/database/observe-logs.ts'

export interface ToldLines {
  /** Each has two lines: what ATS decided, and how it went. */
  readonly requests: number
  /** Lines that are missing after them; none if not said. */
  readonly lost?: number
}

const bytesPerLine = 120

/**
 * As if the agent of this proxy had just told them.
 * Each call goes on in a file of its own, so that nothing of it counts as told before.
 */
export async function tellLogLines(
  db: Database,
  proxyId: string,
  { requests, lost = 0 }: ToldLines,
): Promise<void> {
  const now = Date.now()
  const lines = Array.from({ length: requests }, (_, index) =>
    linesOf(index, new Date(now - (requests - index) * 700)),
  ).flat()
  const gap: Omit<LogLine, 'epoch' | 'offset'> = {
    ...noFields,
    source: 'access',
    at: null,
    text: '',
    gap: 'skipped',
    lost,
  }
  await observeLogLines(
    db,
    proxyId,
    [...lines, ...(lost > 0 ? [gap] : [])].map((line, index) => ({
      ...line,
      epoch: now,
      offset: index * bytesPerLine,
    })),
    { linesPerSecond: 42, bytesPerSecond: 5_300, atsCpuPercent: 7, problem: null },
    new Date(),
  )
}

function linesOf(index: number, at: Date): readonly Omit<LogLine, 'epoch' | 'offset'>[] {
  const { host, path, parent, status } = requests[index % requests.length] ?? requests[0]
  const client = `10.20.${index % 5}.${17 + (index % 90)}`
  const url = `http://${host}/${path}`
  const durationMs = 12 + ((index * 37) % 480)
  const chosen = parent === 'DIRECT' ? 'PARENT_DIRECT' : `PARENT_SPECIFIED sent to ${parent}`
  return [
    {
      ...noFields,
      ...{ source: 'debug', at, gap: null, lost: null, host, parent, ruleLine: 3 + (index % 40) },
      ...{ transaction: `${index}`, text: `[${index}] (parent_select) Result for ${host} was ${chosen}` },
    },
    {
      ...noFields,
      ...{ source: 'access', at: new Date(at.getTime() + durationMs), gap: null, lost: null },
      ...{ client, method: 'GET', url, host, parent, status, durationMs },
      text: `${Math.floor(at.getTime() / 1_000)} ${durationMs} ${client} TCP_MISS/${status} 516 GET ${url}`,
    },
  ]
}

const requests = [
  { host: 'git.eu.corp.example', path: 'platform/console/info/refs', parent: 'DIRECT', status: 200 },
  {
    host: 'updates.vendor.example',
    path: 'x64/stable/manifest.json',
    parent: '10.96.215.26:3128',
    status: 200,
  },
  { host: 'cdn.assets.example', path: 'fonts/inter.woff2', parent: '10.96.215.26:3128', status: 304 },
  { host: 'api.partner.example', path: 'v2/orders?token=removed', parent: '10.96.215.26:3128', status: 502 },
  { host: 'crm.corp.example', path: 'accounts/4711', parent: 'DIRECT', status: 404 },
] as const
