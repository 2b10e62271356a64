/** Agents as the protocol sees them: a key, an enrolment, and short-lived proofs. No ATS behind them. */
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { contentHash } from '../../server/core/config-files.ts'
import type { ApiClient, Data, TestServer } from './server.ts'

export interface TestAgent {
  readonly proxyId: string
  readonly hostname: string
  readonly serverKey: string
  /** A fresh proof; `overrides` make bad ones. */
  token(overrides?: Record<string, unknown>): string
  client(): ApiClient
  /** `startId`: which life of the agent's process it is. */
  sync(hash: string | null, atsVersion?: string, startId?: string): Promise<Data>
  acknowledge(input: Record<string, unknown>): Promise<Data>
  reportFiles(input: Record<string, unknown>): Promise<Data>
  reportParents(events: readonly Record<string, unknown>[]): Promise<Data>
  reportLogLines(lines: readonly Record<string, unknown>[]): Promise<Data>
  reportStats(samples: readonly Record<string, unknown>[], previous?: Record<string, unknown>): Promise<Data>
}

export const syncMutation = `mutation ($input: SyncInput!) { sync(input: $input) {
  upToDate hash configId version sequence signature pollSeconds comeBackSeconds takenOut isCopied captures { id secondsLeft mostLines filter { text isRegex host clientAddress errorsOnly redact } } serverTime
  files { name content sha256 } records { name type value } } }`
export const acknowledgeMutation =
  'mutation ($input: AcknowledgeSyncInput!) { acknowledgeSync(input: $input) { serverTime } }'

export const reportFilesMutation =
  'mutation ($input: ReportFilesInput!) { reportFiles(input: $input) { serverTime } }'

export const reportStatsMutation =
  'mutation ($input: ReportStatsInput!) { reportStats(input: $input) { serverTime isFull } }'

export const reportLogLinesMutation =
  'mutation ($input: ReportLogLinesInput!) { reportLogLines(input: $input) { serverTime } }'

export const reportParentsMutation =
  'mutation ($input: ReportParentsInput!) { reportParents(input: $input) { serverTime } }'

/** What an agent would find beside a `parent.config` with this text, with its hash. */
export function foundOnDisk(parentConfig: string) {
  const files = [
    { name: 'parent.config', content: parentConfig },
    { name: 'sni.yaml', content: 'sni: []\n' },
    { name: 'ip_allow.yaml', content: 'ip_allow: []\n' },
  ]
  const records = [{ name: 'proxy.config.http.parent_proxy.retry_time', type: 'INT', value: '300' }] as const
  return { hash: contentHash(files, records), files, records }
}

export async function enrolmentToken(admin: ApiClient, input: Record<string, unknown> = {}): Promise<string> {
  const { createEnrolmentToken } = await admin.get(
    'mutation ($input: CreateEnrolmentTokenInput!) { createEnrolmentToken(input: $input) { token } }',
    {
      input: {
        name: 'test',
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
        maxUses: 100,
        ...input,
      },
    },
  )
  return createEnrolmentToken.token
}

export async function enrol(server: TestServer, token: string, hostname: string): Promise<TestAgent> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { x } = publicKey.export({ format: 'jwk' })
  const { enrolAgent } = await server
    .client(null)
    .get(
      'mutation ($input: EnrolAgentInput!) { enrolAgent(input: $input) { proxy { id hostname } serverKey instanceId } }',
      { input: { token, hostname, publicKey: x } },
    )
  const proxyId: string = enrolAgent.proxy.id
  const agentToken = (overrides: Record<string, unknown> = {}) =>
    proof(privateKey, proxyId, enrolAgent.instanceId, server.now(), overrides)
  const agent: TestAgent = {
    proxyId,
    hostname,
    serverKey: enrolAgent.serverKey,
    token: agentToken,
    client: () => server.client(agentToken()),
    async sync(hash, atsVersion = '9.2.9', startId) {
      const input = { hostname, hash, atsVersion, agentVersion: 'test', startId }
      return (await agent.client().get(syncMutation, { input })).sync
    },
    async acknowledge(input) {
      return (await agent.client().get(acknowledgeMutation, { input })).acknowledgeSync
    },
    async reportFiles(input) {
      return (await agent.client().get(reportFilesMutation, { input })).reportFiles
    },
    async reportStats(samples, previous) {
      return (await agent.client().get(reportStatsMutation, { input: { samples, previous } })).reportStats
    },
    async reportLogLines(lines) {
      const input = { lines, linesPerSecond: 10, bytesPerSecond: 1_000, atsCpuPercent: 2 }
      return (await agent.client().get(reportLogLinesMutation, { input })).reportLogLines
    },
    async reportParents(events) {
      return (await agent.client().get(reportParentsMutation, { input: { events } })).reportParents
    },
  }
  return agent
}

function proof(
  key: KeyObject,
  proxyId: string,
  instanceId: string,
  at: Date,
  overrides: Record<string, unknown>,
): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(at.getTime() / 1000)
  const header = encode({ alg: 'EdDSA', typ: 'agent+jwt', kid: proxyId })
  const claims = { iss: proxyId, sub: proxyId, aud: instanceId, iat: now, exp: now + 60, jti: randomUUID() }
  const body = `${header}.${encode({ ...claims, ...overrides })}`
  return `${body}.${sign(null, Buffer.from(body), key).toString('base64url')}`
}
