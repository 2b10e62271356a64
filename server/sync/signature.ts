/** Signs what is delivered, with the key that agents pinned when they enrolled. */
import { CompactSign, importJWK, type JWK } from 'jose'

export interface OfferClaims {
  readonly proxyId: string
  readonly configId: string
  readonly version: number
  readonly hash: string
  readonly sequence: number
}

export interface OfferSigner {
  /** Ed25519 public key, base64url of 32 bytes. */
  readonly publicKey: string
  /** Compact JWS (EdDSA, typ `offer+jws`) over the claims as JSON. */
  sign(claims: OfferClaims): Promise<string>
}

export async function createOfferSigner(jwk: JWK): Promise<OfferSigner> {
  const key = await importJWK(jwk, 'EdDSA')
  if (typeof jwk.x !== 'string') throw new Error('the offer signature key has no public part')
  return {
    publicKey: jwk.x,
    sign: (claims) =>
      new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
        .setProtectedHeader({ alg: 'EdDSA', typ: 'offer+jws' })
        .sign(key),
  }
}
