/** A request as ATS sees it: which host, at which port, and the string that its patterns are compared with. */
import { limits } from '../config-document.ts'
import type { Problem } from '../refusal.ts'
import type { RouteRequest } from '../route.ts'
import { type Address, parseLooseIpv4, parsePlainAddress, unmapped } from './address.ts'

export interface ParsedRouteRequest {
  /** In capitals; CONNECT for every tunnel, since the proxy sees no other method of it. */
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
 * Refused, as ATS does (9.2 source, `url_parse_internet`): two @, a colon without a port, brackets elsewhere than
 * around an IPv6 address. Refused too: what no client can send (spaces, control characters, letters beyond ASCII),
 * other schemes, a name without scheme and port, ports outside 1–65,535, texts over `limits.urlLength`.
 */
export function parseRouteRequest(request: RouteRequest): RouteRequestResult {
  const method = request.method.trim().toUpperCase()
  if (method.length > limits.methodLength || !/^[!#$%&'*+.^_`|~0-9A-Z-]+$/.test(method)) {
    return fault('method', 'METHOD_MALFORMED', 'Write one method, as GET or CONNECT.')
  }
  const client = optionalAddress(request.clientAddress)
  if (client === undefined) return fault('clientAddress', 'ADDRESS_MALFORMED', addressWanted)
  const resolved = optionalAddress(request.resolvedAddress)
  if (resolved === undefined) return fault('resolvedAddress', 'ADDRESS_MALFORMED', addressWanted)

  const target = parseTarget(request.url.trim(), method)
  if ('ok' in target) return target
  const { literal } = target
  return {
    ok: true,
    request: {
      ...target,
      method: target.isTunnel ? 'CONNECT' : method,
      client: client === null ? null : unmapped(client),
      resolved: literal === null ? resolved : null,
    },
  }
}

type Target = Pick<ParsedRouteRequest, 'isTunnel' | 'host' | 'port' | 'comparedText' | 'literal'>
type Fault = Extract<RouteRequestResult, { readonly ok: false }>

function parseTarget(url: string, method: string): Target | Fault {
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
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase()
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    return fault('url', 'SCHEME_UNKNOWN', 'Only http:// and https:// go through the proxy.')
  }
  const rest = scheme === undefined ? url : url.slice(scheme.length + 3)
  const end = rest.search(/[/?#]/)
  const authority = end < 0 ? rest : rest.slice(0, end)
  const found = /^(?:([^@]*)@)?(\[[^\]@[]*\]|[^@:[\]]*)(?::([0-9]+))?$/.exec(authority)
  const spelled = found?.[2] ?? ''
  const host = spelled.replace(/^\[|\]$/g, '')
  const literal = parsePlainAddress(host) ?? parseLooseIpv4(host)
  if (!/^[\w.~!$&'()*+,;=%-]+$/.test(spelled) && (literal === null || !spelled.startsWith('['))) {
    return fault('url', 'URL_MALFORMED', 'Write http://name/path, https://name/path or name:port.')
  }
  const isTunnel = scheme === 'https' || method === 'CONNECT'
  const port = Number(found?.[3] ?? (scheme === 'http' ? 80 : scheme === 'https' ? 443 : 0))
  if (port < 1 || port > 65_535) {
    return found?.[3] === undefined
      ? fault(
          'url',
          'PORT_MISSING',
          'A name alone says no port: write http://name/, https://name/ or name:port.',
        )
      : fault('url', 'PORT_OUT_OF_RANGE', 'A port is a whole number from 1 to 65535.')
  }
  return {
    isTunnel,
    host,
    port,
    literal,
    comparedText: unescaped(
      isTunnel
        ? `${spelled}:${port}/`
        : `http://${authority}/${end < 0 ? '' : rest.slice(end).replace(/^\//, '')}`,
    ),
  }
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
