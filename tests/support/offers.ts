/** What a server would offer, signed with a key of the test's own. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import type { SyncOffer } from '../../agent/link.ts'
import type { AtsRecord } from '../../server/core/ats/records.ts'
import { type ConfigDocument, defaultFailover } from '../../server/core/config-document.ts'
import { contentHash, renderConfigFiles } from '../../server/core/config-files.ts'
import type { AtsGeneration } from '../../server/core/vocabulary.ts'

export interface OfferSource {
  /** base64url of the 32 raw bytes: what an agent pins. */
  readonly serverKey: string
  readonly sign: (claims: object, type?: string) => string
  /** An offer of these bytes; `signed` replaces what the signature says. */
  readonly offer: (content: OfferedContent, sequence: number, signed?: object) => SyncOffer & { hash: string }
}

export interface OfferedContent {
  readonly files: readonly { readonly name: string; readonly content: string }[]
  readonly records: readonly AtsRecord[]
}

export const upToDate: SyncOffer = {
  upToDate: true,
  hash: null,
  configId: null,
  version: null,
  sequence: null,
  files: null,
  records: null,
  signature: null,
  pollSeconds: 30,
  comeBackSeconds: 10,
  takenOut: [],
  isCopied: false,
  captures: null,
}

export function createOfferSource(proxyId: string): OfferSource {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const signed = (claims: object, typ = 'offer+jws') => {
    const text = [{ alg: 'EdDSA', typ }, claims].map(base64url).join('.')
    return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`
  }
  return {
    serverKey: publicKey.export({ format: 'jwk' }).x ?? '',
    sign: signed,
    offer({ files, records }, sequence, otherClaims = {}) {
      const hash = contentHash(files, records)
      const claims = { configId: 'config-1', version: sequence, hash, sequence }
      return {
        ...upToDate,
        ...claims,
        upToDate: false,
        files: files.map(({ name, content }) => ({ name, content, sha256: sha256(content) })),
        records,
        signature: signed({ proxyId, ...claims, ...otherClaims }),
      }
    },
  }
}

/** Everything to the given loopback parents, but `direct.example` and all below it direct. */
export function contentFor(
  parentPorts: readonly number[],
  change: Partial<ConfigDocument> = {},
  generation: AtsGeneration = '9.2',
): OfferedContent {
  return renderConfigFiles(
    {
      defaultAction: 'parent',
      rules: [
        {
          id: 'r1',
          kind: 'domain',
          value: 'direct.example',
          action: 'direct',
          enabled: true,
          note: '',
          owner: '',
          expiresAt: null,
        },
      ],
      parentProxies: parentPorts.map((port, index) => ({
        host: '127.0.0.1',
        port,
        priority: index + 1,
        enabled: true,
      })),
      clientRules: [],
      routeTests: [],
      failover: defaultFailover,
      ...change,
    },
    generation,
    ['127.0.0.0/8', '::1/128'],
  )
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex')
}
