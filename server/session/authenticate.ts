/** From a bearer token to an actor: people by session, scripts by API token, agents by their own key. */
import { Refusal } from '../core/refusal.ts'
import type { ReadDatabase } from '../database/connect.ts'
import { type Actor, type AgentActor, anonymous } from '../operation.ts'
import { hashSecret } from '../secrets.ts'
import { sessionOver } from './over.ts'
import { readActorOfApiToken, readActorOfSession, readSessionEnd } from './session.read.ts'
import { type AccessTokens, claimedProxyId, verifyAgentToken } from './tokens.ts'

/** An enrolled proxy: the key that its agent proves itself with never changes. */
export interface KnownProxy {
  readonly hostname: string
  readonly publicKey: string
  readonly isRetired: boolean
}

/** Null: no such proxy. From memory: a fleet that comes back together must not be as many reads. */
export type FindProxy = (proxyId: string) => Promise<KnownProxy | null>

/** Writes down when and from where an API token was used. */
export type ObserveTokenUse = (tokenId: string, at: Date, address: string) => Promise<void>

/** Once a minute at the most: a script may send thousands of requests. */
const useNotedMs = 60_000

export interface Authenticator {
  /**
   * Who sends `authorization` (`Bearer …`)? Without the header: nobody.
   * @throws Refusal UNAUTHENTICATED for a token that is malformed, expired, revoked or of an ended session
   */
  authenticate(authorization: string | undefined, from: From): Promise<Actor>
}

interface From {
  readonly at: Date
  readonly address: string
}

const uuidShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** Verified agent tokens kept: an agent that calls over HTTP sends one for half a minute. Oldest out first. */
const provedTokensLimit = 20_000

export function createAuthenticator(
  read: ReadDatabase,
  observeTokenUse: ObserveTokenUse,
  findProxy: FindProxy,
  accessTokens: AccessTokens,
  instanceId: string,
): Authenticator {
  const proved = new Map<string, { actor: AgentActor; until: number }>()

  async function agent(token: string, proxyId: string, at: Date): Promise<Actor> {
    const proxy = uuidShape.test(proxyId) ? await findProxy(proxyId) : null
    if (!proxy || proxy.isRetired) {
      throw new Refusal('UNAUTHENTICATED', 'No such proxy is enrolled; enrol the agent again.')
    }
    const known = proved.get(token)
    if (known && known.until > at.getTime()) return known.actor
    const { publicKey, hostname: name } = proxy
    const until = await verifyAgentToken(token, { id: proxyId, publicKey }, instanceId, at)
    const actor: AgentActor = { kind: 'agent', id: proxyId, name }
    if (proved.size >= provedTokensLimit) proved.delete(proved.keys().next().value ?? '')
    proved.set(token, { actor, until: until.getTime() })
    return actor
  }

  return {
    async authenticate(authorization, { at, address }) {
      if (authorization === undefined || authorization === '') return anonymous
      const token = /^Bearer ([\w.~+/=-]{10,4096})$/.exec(authorization)?.[1]
      if (!token) throw new Refusal('UNAUTHENTICATED', 'Send the header as "Authorization: Bearer <token>".')
      if (token.startsWith('apm_api_')) {
        const found = await readActorOfApiToken(read, hashSecret(token), at)
        if (!found) throw new Refusal('UNAUTHENTICATED', 'The API token is unknown, expired or revoked.')
        const { id, lastUsedAt, actor } = found
        if (!lastUsedAt || at.getTime() - lastUsedAt.getTime() >= useNotedMs)
          await observeTokenUse(id, at, address)
        return actor
      }
      const proxyId = claimedProxyId(token)
      if (proxyId !== null) return agent(token, proxyId, at)
      const sessionId = await accessTokens.verify(token, at)
      const actor = await readActorOfSession(read, sessionId, at)
      if (!actor) throw sessionOver(await readSessionEnd(read, sessionId, at))
      return actor
    },
  }
}
