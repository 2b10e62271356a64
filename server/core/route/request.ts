/** A request as ATS sees it: which host, at which port, and the string that its patterns are compared with. */
import { limits } from '../config-document.ts'
import type { Problem } from '../refusal.ts'
import type { RouteRequest } from '../route.ts'
import { type Address, parseLooseIpv4, parsePlainAddress, unmapped } from './address.ts'

export interface ParsedRouteRequest {
  /** As spelled: ATS knows methods by their capitals. CONNECT for every tunnel: the proxy sees no other of it. */
  readonly method: string
  readonly isTunnel: boolean
  /** As spelled, without brackets. */
  readonly host: string
  readonly port: number
  /** What `url_regex` lines are compared with: `scheme://host:port/…`, `host:port/` for a tunnel, without escapes. */
  readonly comparedText: string
  /** The address that the host is, in whatever spelling; null: a name. */
  readonly literal: Address | null
  readonly client: Address | null
  /** Of a name; null for literals too. */
  readonly resolved: Address | null
}

export type RouteRequestResult =
  | { readonly ok: true; readonly request: ParsedRouteRequest }
  | { readonly ok: false; readonly problem: Problem }

/**
 * Parses a request, without changing how its host is spelled.
 *
 * Refused, as ATS does (9.2.9: 400): two @, a colon without a port, brackets elsewhere than around an IPv6 address,
 * characters in a name other than letters, digits and `._-~%`. Refused too: what no client can send (spaces, control characters, letters beyond ASCII),
 * other schemes, a name without scheme and port, ports outside 1–65,535, texts over `limits.urlLength`.
 */
export function parseRouteRequest(request: RouteRequest): RouteRequestResult {
  const method = request.method.trim()
  if (method.length > limits.methodLength || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method)) {
    return fault('method', 'METHOD_MALFORMED', 'Write one method, as GET or CONNECT.')
  }
  if (method !== 'CONNECT' && /^connect$/i.test(method)) {
    return fault('method', 'METHOD_MALFORMED', 'Methods are told apart by case: write CONNECT.')
  }
  const client = optionalAddress(request.clientAddress)
  if (client === undefined) return fault('clientAddress', 'ADDRESS_MALFORMED', addressWanted)
  const resolved = optionalAddress(request.resolvedAddress)
  if (resolved === undefined) return fault('resolvedAddress', 'ADDRESS_MALFORMED', addressWanted)

  return parseTarget(request.url.trim(), method, client === null ? null : unmapped(client), resolved)
}

type Fault = Extract<RouteRequestResult, { readonly ok: false }>

const authorityPattern = /^(?:[^@]*@)?(\[[^\]@[]*\]|[^@:[\]]*)(?::([0-9]+))?$/

function parseTarget(
  url: string,
  method: string,
  client: Address | null,
  resolved: Address | null,
): RouteRequestResult {
  if (url.length > limits.urlLength) {
    return fault(
      'url',
      'URL_TOO_LONG',
      `A URL has at most ${limits.urlLength} characters, not ${url.length}.`,
    )
  }
  if (!/^[\x21-\x7e]+$/.test(url)) {
    return fault(
      'url',
      'URL_MALFORMED',
      'Write the URL as a client sends it: no spaces, and names with other letters as xn--….',
    )
  }
  const scheme = schemeOf(url)
  if (scheme !== '' && scheme !== 'http' && scheme !== 'https') {
    return fault('url', 'SCHEME_UNKNOWN', 'Only http:// and https:// go through the proxy.')
  }
  const start = scheme === '' ? 0 : scheme.length + 3
  const end = authorityEnd(url, start)
  const authority = url.slice(start, end)
  // Most are a plain name; matching the parts takes longer.
  const isPlain = /^[a-z0-9._-]+$/.test(authority)
  const parts = isPlain ? null : authorityPattern.exec(authority)
  const spelled = isPlain ? authority : (parts?.[1] ?? '')
  const host = spelled.startsWith('[') ? spelled.slice(1, -1) : spelled
  const literal = mayBeAddress(host) ? (parsePlainAddress(host) ?? parseLooseIpv4(host)) : null
  if (!isPlain && !/^[\w.~%-]+$/.test(spelled) && (literal === null || !spelled.startsWith('['))) {
    return fault('url', 'URL_MALFORMED', 'Write http://name/path, https://name/path or name:port.')
  }
  const typedPort = parts?.[2]
  if (typedPort === undefined && scheme === '') {
    return fault(
      'url',
      'PORT_MISSING',
      'A name alone says no port: write http://name/, https://name/ or name:port.',
    )
  }
  const port = typedPort === undefined ? (scheme === 'http' ? 80 : 443) : Number(typedPort)
  if (port < 1 || port > 65_535) {
    return fault('url', 'PORT_OUT_OF_RANGE', 'A port is a whole number from 1 to 65535.')
  }
  // Clients name none in a tunnel, but one can be written.
  const user = scheme === '' ? authority.slice(0, authority.indexOf('@') + 1) : ''
  const isTunnel = scheme === 'https' || method === 'CONNECT'
  const rest = url.charCodeAt(end) === slash ? end + 1 : end
  return {
    ok: true,
    request: {
      method: isTunnel ? 'CONNECT' : method,
      isTunnel,
      host,
      port,
      comparedText: unescaped(
        isTunnel ? `${user}${spelled}:${port}/` : `http://${authority}/${url.slice(rest)}`,
      ),
      literal,
      client,
      resolved: literal === null ? resolved : null,
    },
  }
}

const slash = 47
const authorityEnds = new Set([slash, 63, 35]) // / ? #

function authorityEnd(url: string, start: number): number {
  let end = start
  while (end < url.length && !authorityEnds.has(url.charCodeAt(end))) end += 1
  return end
}

/** In small letters; empty: none is written. */
function schemeOf(url: string): string {
  if (url.startsWith('http://')) return 'http'
  if (url.startsWith('https://')) return 'https'
  return /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase() ?? ''
}

function mayBeAddress(host: string): boolean {
  const first = host.charCodeAt(0)
  return (first >= 48 && first <= 57) || host.includes(':')
}

/** As ATS does before it compares (9.2 source, `unescapifyStr`): any two characters after % count as a number. */
function unescaped(text: string): string {
  if (!/[%+]/.test(text)) return text
  const plain = text.replace(/%(.{2})|\+/gs, (_, digits: string | undefined) =>
    digits === undefined ? ' ' : String.fromCharCode(leadingHex(digits)),
  )
  const end = plain.indexOf('\0')
  return end < 0 ? plain : plain.slice(0, end)
}

function leadingHex(digits: string): number {
  return Number.parseInt(/^[0-9a-f]{1,2}/i.exec(digits)?.[0] ?? '0', 16)
}

/** undefined: no address. */
function optionalAddress(text: string | null): Address | null | undefined {
  return text === null ? null : (parsePlainAddress(text.trim()) ?? undefined)
}

const addressWanted = 'Write one IPv4 or IPv6 address, or leave it out.'

function fault(path: string, code: string, message: string): Fault {
  return { ok: false, problem: { path, code, message } }
}
