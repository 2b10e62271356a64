/** Who this agent is, whom it trusts, and the only place where keys are used. */
import { randomUUID } from 'node:crypto'
import { chmod, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { compactVerify, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import type { AtsPlace } from './ats-place.ts'
import { readOrNull, syncDirectory, writeAtomically } from './files.ts'
import { reasonOf } from './log.ts'
import { SettingsError } from './settings.ts'

/** Everything that enrolment fixed. */
export interface Identity {
  /** Without a slash at their ends, in the order in which they are tried. */
  readonly servers: readonly string[]
  readonly hostname: string
  readonly proxyId: string
  /** The audience of our tokens. */
  readonly instanceId: string
  /** The server's signing key, pinned: base64url of 32 bytes. */
  readonly serverKey: string
  readonly privateKey: JWK
  readonly ats: AtsPlace
}

export interface KeyPair {
  readonly privateKey: JWK
  /** base64url of the 32 raw bytes. */
  readonly publicKey: string
}

export interface OfferClaims {
  readonly proxyId: string
  readonly configId: string
  readonly version: number
  readonly hash: string
  readonly sequence: number
}

const tokenSeconds = 60

export async function createKeyPair(): Promise<KeyPair> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const privateKey = await exportJWK(pair.privateKey)
  if (typeof privateKey.x !== 'string') throw new Error('the new key has no public part')
  return { privateKey, publicKey: privateKey.x }
}

/** Makes proofs of who we are, each used for half of its life: it costs both sides a signature. */
export function createTokens(identity: Identity, now: () => Date): () => Promise<string> {
  let made: { readonly at: number; readonly token: Promise<string> } | null = null
  return () => {
    const at = now().getTime()
    // A clock may be set back.
    if (made === null || Math.abs(at - made.at) > (tokenSeconds / 2) * 1_000) {
      made = { at, token: createToken(identity, new Date(at)) }
    }
    return made.token
  }
}

/** A token that proves this agent for one minute. */
export async function createToken(identity: Identity, now: Date): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1000)
  return new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'agent+jwt', kid: identity.proxyId })
    .setIssuer(identity.proxyId)
    .setSubject(identity.proxyId)
    .setAudience(identity.instanceId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + tokenSeconds)
    .sign(await importJWK(identity.privateKey, 'EdDSA'))
}

/** The claims of an offer that the pinned key has signed; null for any other signature. */
export async function readSignature(identity: Identity, signature: string): Promise<OfferClaims | null> {
  const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: identity.serverKey }, 'EdDSA')
  try {
    const { payload, protectedHeader } = await compactVerify(signature, key, { algorithms: ['EdDSA'] })
    if (protectedHeader.typ !== 'offer+jws') return null
    const claims: unknown = JSON.parse(new TextDecoder().decode(payload))
    return isOfferClaims(claims) ? claims : null
  } catch {
    return null
  }
}

function isOfferClaims(value: unknown): value is OfferClaims {
  if (typeof value !== 'object' || value === null) return false
  const claims = value as Record<string, unknown>
  return (
    ['proxyId', 'configId', 'hash'].every((name) => typeof claims[name] === 'string') &&
    ['version', 'sequence'].every((name) => Number.isSafeInteger(claims[name]))
  )
}

/** Null when the home holds no identity. One that an older agent wrote has a single address, named `server`. */
export async function readIdentity(home: string): Promise<Identity | null> {
  const text = await readOrNull(identityPath(home)).catch((error: unknown) => {
    const remedy = 'Run the agent as the user that owns its home, or give the home to the user that runs it'
    throw new SettingsError(`--home: ${reasonOf(error)}. ${remedy}.`)
  })
  if (text === null) return null
  const { server, ...identity } = JSON.parse(text.toString()) as Identity & { readonly server?: string }
  return server === undefined ? identity : { ...identity, servers: [server] }
}

/** Readable by the owner alone; the home is made so as well. */
export async function writeIdentity(home: string, identity: Identity): Promise<void> {
  await makeHome(home)
  await writeAtomically(identityPath(home), `${JSON.stringify(identity, null, 2)}\n`, 0o600)
}

/** The host can be enrolled again afterwards, as a new proxy. */
export async function removeIdentity(home: string): Promise<void> {
  await rm(identityPath(home), { force: true })
  await syncDirectory(home)
}

export async function makeHome(home: string): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 })
  await chmod(home, 0o700)
}

function identityPath(home: string): string {
  return join(home, 'identity.json')
}
