/** The browser's session cookie: HttpOnly, same site only, with the instance's id in its name. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TrustedProxies } from '../trusted-proxies.ts'
import type { CookieJar } from './context.ts'
import { headerOf, isOwnSite, isSecure } from './operation-request.ts'

/** Two instances on one host (two demos, say) must not log each other's users out. */
export function cookieName(instanceId: string): string {
  return `apm_session_${instanceId.slice(0, 8)}`
}

export function cookieJar(
  request: IncomingMessage,
  response: ServerResponse,
  instanceId: string,
  proxies: TrustedProxies,
): CookieJar {
  const isOverHttps = isSecure(request, proxies)
  // With the prefix a browser takes it from this host alone, and over HTTPS; without HTTPS it would refuse it.
  const name = `${isOverHttps ? '__Host-' : ''}${cookieName(instanceId)}`
  const attributes = `Path=/; HttpOnly; SameSite=Strict${isOverHttps ? '; Secure' : ''}`
  return {
    secret: isOwnSite(request, proxies) ? cookieOf(request, name) : null,
    set(secret) {
      const value = secret === null ? `${name}=; Max-Age=0` : `${name}=${secret}`
      response.appendHeader('set-cookie', `${value}; ${attributes}`)
    },
  }
}

function cookieOf(request: IncomingMessage, name: string): string | null {
  for (const pair of (headerOf(request, 'cookie') ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2)
    if (key === name && value) return value
  }
  return null
}
