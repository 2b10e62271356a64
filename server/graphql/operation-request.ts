/** From one HTTP request or socket to Operations: address, channel, request id. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Channel } from '../core/vocabulary.ts'
import {
  type Actor,
  createOperation,
  type Operation,
  type OperationParts,
  type Origin,
} from '../operation.ts'
import { clientAddress, noProxies, type TrustedProxies } from '../trusted-proxies.ts'

/** Through which door: scripts by API token, agents by their key, the rest is the web app. */
const channels: Readonly<Record<Actor['kind'], Channel>> = {
  user: 'ui',
  agent: 'agent',
  system: 'system',
  anonymous: 'api',
}

export function operationFor(
  parts: OperationParts,
  actor: Actor,
  from: { readonly address: string; readonly requestId: string },
): Operation {
  const isScript = actor.kind === 'user' && actor.sessionId === null
  const origin: Origin = { ...from, channel: isScript ? 'api' : channels[actor.kind] }
  return createOperation(parts, actor, origin)
}

/** The client's address, as `clientAddress` finds it. */
export function addressOf(request: IncomingMessage, proxies: TrustedProxies): string {
  return clientAddress(proxies, request.socket.remoteAddress, headerOf(request, 'x-forwarded-for'))
}

/** Whether the browser came by HTTPS: to us, or to a trusted proxy in front, all the way. */
export function isSecure(request: IncomingMessage, proxies: TrustedProxies): boolean {
  if ('encrypted' in request.socket) return true
  const said = forwardedBy(request, proxies, 'x-forwarded-proto')
  return said?.split(',').every((hop) => hop.trim().toLowerCase() === 'https') ?? false
}

/**
 * False for what a page of another site had a browser send. Whoever is no browser says nothing about it, and could say
 * anything: for them the question has no meaning.
 */
export function isOwnSite(request: IncomingMessage, proxies: TrustedProxies): boolean {
  // A browser's own word, which no page can change; only older ones, and plain HTTP, leave it out.
  const site = headerOf(request, 'sec-fetch-site')
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const origin = headerOf(request, 'origin')
  if (origin === undefined) return true
  const forwarded = forwardedBy(request, proxies, 'x-forwarded-host')?.split(',')[0]?.trim()
  const host = forwarded ?? headerOf(request, 'host')
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase()
}

/** A header that only a proxy in front may have written. */
function forwardedBy(request: IncomingMessage, proxies: TrustedProxies, name: string): string | undefined {
  const peer = clientAddress(noProxies, request.socket.remoteAddress, undefined)
  return proxies.has(peer) ? headerOf(request, name) : undefined
}

export function requestIdOf(request: IncomingMessage): string {
  const given = headerOf(request, 'x-request-id')
  return given && /^[\w.-]{8,100}$/.test(given) ? given : randomUUID()
}

export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}
