/** Signs what is delivered, with the key that agents pinned when they enrolled. */
import { createPrivateKey, type JsonWebKey, type KeyObject, sign } from 'node:crypto'

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

const header = base64url(JSON.stringify({ alg: 'EdDSA', typ: 'offer+jws' }))

export function createOfferSigner(jwk: JsonWebKey): OfferSigner {
  const key = createPrivateKey({ key: jwk, format: 'jwk' })
  if (typeof jwk.x !== 'string') throw new Error('the offer signature key has no public part')
  return {
    publicKey: jwk.x,
    async sign(claims) {
      const signed = `${header}.${base64url(JSON.stringify(claims))}`
      const signature = await signInPool(signed, key)
      return `${signed}.${signature.toString('base64url')}`
    },
  }
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}

/** With a callback Node signs in its thread pool: a roll-out to a whole fleet leaves the event loop to the answers. */
function signInPool(signed: string, key: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign(null, Buffer.from(signed), key, (error, signature) => (error ? reject(error) : resolve(signature)))
  })
}
