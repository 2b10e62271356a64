/** A request as somebody types it, and as it is asked. */
import { parseRouteRequest, type RouteRequest } from '#core/route'

/** What stands in the fields; empty: not given. */
export interface Asked {
  readonly url: string
  /** Empty: by the URL. */
  readonly method: string
  readonly client: string
  readonly resolved: string
}

export const nothingAsked: Asked = { url: '', method: '', client: '', resolved: '' }

/** CONNECT for what a client sends as a tunnel: an https URL, or a host with its port and nothing else. */
export function methodOf(url: string): 'GET' | 'CONNECT' {
  return /^http:\/\//i.test(url.trim()) ? 'GET' : 'CONNECT'
}

/** A name or address alone is asked for at port 80, in a tunnel at port 443, as route tests do. */
export function requestOf(asked: Asked): RouteRequest {
  const url = completed(asked.url.trim(), asked.method)
  return {
    url,
    method: asked.method === '' ? methodOf(url) : asked.method,
    clientAddress: asked.client.trim() === '' ? null : asked.client.trim(),
    resolvedAddress: asked.resolved.trim() === '' ? null : asked.resolved.trim(),
  }
}

function completed(url: string, method: string): string {
  const parsed = parseRouteRequest({ url, method: 'GET', clientAddress: null, resolvedAddress: null })
  const isIpv6 = /^[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*$/i.test(url)
  if (!isIpv6 && (parsed.ok || parsed.problem.code !== 'PORT_MISSING')) return url
  const host = isIpv6 ? `[${url}]` : url
  return method === 'CONNECT' ? `${host}:443` : `http://${host}${/[/?#]/.test(url) ? '' : '/'}`
}

export function isSameAsked(a: Asked, b: Asked): boolean {
  return a.url === b.url && a.method === b.method && a.client === b.client && a.resolved === b.resolved
}
