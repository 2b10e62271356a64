/** The only speaker of JWT on the server: access tokens of people, and the proofs that agents send. */
import { errors, importJWK, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { Refusal } from '../core/refusal.ts'

/** A lost access token dies soon; the beacon renews it every 30 s. */
export const accessTokenSeconds = 300

const dead = () => new Refusal('UNAUTHENTICATED', 'The token is missing, malformed or expired.')

export interface AccessTokens {
  sign(sessionId: string, at: Date): Promise<{ accessToken: string; expiresAt: Date }>
  /** The session's id. @throws Refusal UNAUTHENTICATED */
  verify(token: string, at: Date): Promise<string>
}

/** HS256 with the instance's own key; `instanceId` is issuer and audience. */
export async function createAccessTokens(jwk: JWK, instanceId: string): Promise<AccessTokens> {
  const key = await importJWK(jwk, 'HS256')
  return {
    async sign(sessionId, at) {
      const issuedAt = Math.floor(at.getTime() / 1000)
      const expiresAt = issuedAt + accessTokenSeconds
      const accessToken = await new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: 'HS256', typ: 'access+jwt' })
        .setIssuer(instanceId)
        .setAudience(instanceId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(key)
      return { accessToken, expiresAt: new Date(expiresAt * 1000) }
    },
    async verify(token, at) {
      const claims = await verified(
        jwtVerify(token, key, {
          algorithms: ['HS256'],
          typ: 'access+jwt',
          issuer: instanceId,
          audience: instanceId,
          currentDate: at,
        }),
      )
      if (typeof claims.sid !== 'string') throw dead()
      return claims.sid
    },
  }
}

/** The longest life an agent may give its token, and how far its clock may be off. */
const agentTokenSeconds = 60
const clockToleranceSeconds = 60

/** The proxy id that an agent's token claims, before anything is proved: it only says whose key to fetch. */
export function claimedProxyId(token: string): string | null {
  const header = decodePart(token.split('.')[0])
  return header?.typ === 'agent+jwt' && typeof header.kid === 'string' ? header.kid : null
}

/**
 * Proves that the holder of `publicKey` (Ed25519, base64url of 32 bytes) made `token` a moment ago for this instance.
 * @returns when the proof ends @throws Refusal UNAUTHENTICATED
 */
export async function verifyAgentToken(
  token: string,
  proxy: { id: string; publicKey: string },
  instanceId: string,
  at: Date,
): Promise<Date> {
  const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: proxy.publicKey }, 'EdDSA')
  const claims = await verified(
    jwtVerify(token, key, {
      algorithms: ['EdDSA'],
      typ: 'agent+jwt',
      issuer: proxy.id,
      subject: proxy.id,
      audience: instanceId,
      currentDate: at,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['iat', 'exp'],
    }),
  )
  const { iat = 0, exp = 0 } = claims
  if (exp - iat > agentTokenSeconds) throw dead()
  // jose does not ask: one made today for next week would be good next week.
  if (iat * 1000 > at.getTime() + clockToleranceSeconds * 1000) throw dead()
  return new Date((exp + clockToleranceSeconds) * 1000)
}

async function verified(proof: Promise<{ payload: JWTPayload }>): Promise<JWTPayload> {
  try {
    return (await proof).payload
  } catch (error) {
    if (error instanceof errors.JOSEError) throw dead()
    throw error
  }
}

function decodePart(part: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
