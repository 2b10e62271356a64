/** The browser's session cookie: HttpOnly, same site only, with the instance's id in its name. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CookieJar } from './context.ts'
import { headerOf } from './operation-request.ts'

/** Two instances on one host (two demos, say) must not log each other's users out. */
export function cookieName(instanceId: string): string {
  return `apm_session_${instanceId.slice(0, 8)}`
}

export function cookieJar(
  request: IncomingMessage,
  response: ServerResponse,
  instanceId: string,
  isBehindProxy: boolean,
): CookieJar {
  const name = cookieName(instanceId)
  const isSecure = isBehindProxy && headerOf(request, 'x-forwarded-proto') === 'https'
  const attributes = `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
  return {
    secret: cookieOf(request, name),
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
