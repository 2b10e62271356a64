/** An agent with a valid token registers its public key and becomes a proxy. */
import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm'
import { parseDomainName } from '../core/domain-name.ts'
import { type Problem, Refusal, refuseInput } from '../core/refusal.ts'
import type { WriteTransaction } from '../database/connect.ts'
import { configs, enrolmentTokens, proxies, proxyReports } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { hashSecret } from '../secrets.ts'

export interface EnrolAgentInput {
  readonly token: string
  readonly hostname: string
  /** Ed25519, base64url of the 32 raw bytes. */
  readonly publicKey: string
}

export interface EnrolledProxy {
  readonly id: string
  readonly hostname: string
}

/**
 * @throws Refusal UNAUTHENTICATED (token unknown, revoked, used up or expired), CONFLICT (hostname taken),
 *   BAD_USER_INPUT (hostname, public key)
 */
export async function enrolAgent(op: Operation, input: EnrolAgentInput): Promise<EnrolledProxy> {
  const token = await readUsableToken(op, input.token)
  const hostname = requireInput(input)
  return op.change(async (tx) => {
    const config = token.configId ? await lockFollowed(tx, token.configId) : undefined
    const versionId = config?.activeVersionId ?? null
    const [used] = await tx
      .update(enrolmentTokens)
      .set({ uses: sql`${enrolmentTokens.uses} + 1` })
      .where(and(eq(enrolmentTokens.id, token.id), isUsable(op.now)))
      .returning({ uses: enrolmentTokens.uses })
    if (!used) throw unusable()
    const [proxy] = await tx
      .insert(proxies)
      .values({
        hostname,
        publicKey: input.publicKey,
        versionId,
        sequence: versionId ? 1 : 0,
        followsConfigId: config?.id ?? null,
        enrolmentTokenId: token.id,
        isEphemeral: token.isEphemeral,
        enrolledAt: op.now,
      })
      .onConflictDoNothing()
      .returning({ id: proxies.id, hostname: proxies.hostname })
    if (!proxy) throw hostnameTaken(hostname)
    await tx.insert(proxyReports).values({ proxyId: proxy.id })
    return {
      result: proxy,
      audit: [
        {
          action: 'proxy.enrol',
          entity: { kind: 'proxy', id: proxy.id, name: hostname },
          new: {
            hostname,
            enrolmentToken: token.name,
            follows: config?.name ?? null,
            versionId,
            isEphemeral: token.isEphemeral,
          },
        },
        {
          action: 'proxy.enrol',
          entity: { kind: 'enrolment_token', id: token.id, name: token.name },
          old: { uses: used.uses - 1 },
          new: { uses: used.uses, hostname },
        },
      ],
    }
  })
}

/** An approval of it waits, and then finds this proxy among its followers; one before it has made the version known. */
async function lockFollowed(tx: WriteTransaction, configId: string) {
  const { id, name, activeVersionId } = configs
  const [config] = await tx
    .select({ id, name, activeVersionId })
    .from(configs)
    .where(eq(configs.id, configId))
    .for('key share')
  return config
}

function isUsable(at: Date) {
  return and(
    isNull(enrolmentTokens.revokedAt),
    gt(enrolmentTokens.expiresAt, at),
    lt(enrolmentTokens.uses, enrolmentTokens.maxUses),
  )
}

async function readUsableToken(op: Operation, token: string) {
  const [row] = await op.read
    .select({
      id: enrolmentTokens.id,
      name: enrolmentTokens.name,
      configId: enrolmentTokens.configId,
      isEphemeral: enrolmentTokens.isEphemeral,
    })
    .from(enrolmentTokens)
    .where(and(eq(enrolmentTokens.tokenHash, hashSecret(token)), isUsable(op.now)))
  if (!row) throw unusable()
  return row
}

/** One answer for all four cases: who guesses learns nothing. */
function unusable(): Refusal {
  return new Refusal(
    'UNAUTHENTICATED',
    'token: the enrolment token is unknown, used up, expired or revoked; ask for a new one.',
  )
}

function hostnameTaken(hostname: string): Refusal {
  return new Refusal(
    'CONFLICT',
    `hostname: a proxy "${hostname}" is enrolled already; retire it first, or enrol under another name.`,
    [
      {
        path: 'hostname',
        code: 'HOSTNAME_TAKEN',
        message: 'Retire the other proxy first, or choose another name.',
      },
    ],
  )
}

function requireInput(input: EnrolAgentInput): string {
  const problems: Problem[] = []
  const hostname = parseDomainName(input.hostname)
  if (!hostname.ok) problems.push({ path: 'hostname', code: hostname.code, message: hostname.message })
  const key = Buffer.from(input.publicKey, 'base64url')
  if (key.length !== 32 || key.toString('base64url') !== input.publicKey) {
    const message = 'Must be an Ed25519 public key: base64url of its 32 bytes.'
    problems.push({ path: 'publicKey', code: 'KEY_MALFORMED', message })
  }
  const [first, ...rest] = problems
  if (first) throw refuseInput([first, ...rest])
  return hostname.ok ? hostname.name : ''
}
