/** What resolvers get: the operation, and the few long-lived parts that verbs ask for. */
import type { Announcements } from '../database/announcements.ts'
import type { LiveLines } from '../log-capture/live-lines.ts'
import type { Operation } from '../operation.ts'
import type { SecretBox } from '../secrets.ts'
import type { CookieSecrets } from '../session/cookie-secret.ts'
import type { AccessTokens } from '../session/tokens.ts'
import type { LiveStats } from '../stats/live.ts'
import type { StatsQueue } from '../stats/queue.ts'
import type { SyncParts } from '../sync/offer.ts'

export interface ApiParts {
  readonly instanceId: string
  readonly accessTokens: AccessTokens
  readonly cookieSecrets: CookieSecrets
  /** For what proves people beside their password. */
  readonly secondFactorBox: SecretBox
  readonly announcements: Announcements
  readonly sync: SyncParts
  readonly stats: StatsQueue
  readonly live: LiveStats
  readonly liveLines: LiveLines
}

/** The browser's session cookie; absent over WebSocket, where nothing can be set. */
export interface CookieJar {
  /** The secret that the browser sent, or null. */
  readonly secret: string | null
  /** Null takes the cookie away. */
  set(secret: string | null): void
}

export interface Context {
  readonly op: Operation
  readonly parts: ApiParts
  readonly cookies: CookieJar
  readonly userAgent: string
}
