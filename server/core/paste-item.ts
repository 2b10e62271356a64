/** One pasted item as one rule: a name, a URL, an address or a range in any usual notation. */
import { isAddressLike, parseRange } from './cidr.ts'
import { parseDomainName } from './domain-name.ts'
import type { RuleKind } from './vocabulary.ts'

export type ItemReading =
  | { readonly ok: true; readonly kind: RuleKind; readonly value: string }
  | { readonly ok: false; readonly code: string; readonly message: string }

/** More than any URL that people paste. */
export const longestItem = 2_000
const url = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/:?#]*)(?::\d*)?(?:[/?#].*)?$/i
const bracketed = /^\[([^\]]*)\](?::\d*)?(?:\/.*)?$/
const prefixes = netmasks()

/**
 * Reads an item into a canonical value. A name is a DOMAIN; one with a scheme, a port or a path is a HOST, for it
 * was one server's; `kind` overrules that. `10.*` and `10.0.0.0/255.0.0.0` are ranges too.
 */
export function readItem(text: string, kind?: RuleKind): ItemReading {
  if (text.length > longestItem) {
    return {
      ok: false,
      code: 'TOO_LONG',
      message: `Nothing this long (${text.length} characters) is a name or a range.`,
    }
  }
  const whole = url.exec(text)?.[1]
  if (whole !== undefined) return readHost(whole, kind)
  const address = bracketed.exec(text)?.[1]
  if (address !== undefined) return readRange(address)
  const glob = /^(\d{1,3}(?:\.\d{1,3}){0,2})(?:\.\*)+$/.exec(text)?.[1]
  if (glob !== undefined) return readRange(globRange(glob))
  const [base = '', mask] = text.split('/', 2)
  const prefix = mask === undefined ? undefined : prefixOfNetmask(mask)
  if (prefix !== undefined) return readRange(`${base}/${prefix}`)
  if (kind === 'ip_range' || isRange(text)) return readRange(text)
  const host = /^([^/:]+)(?::\d+)?(?:\/.*)?$/.exec(text)?.[1]
  if (host !== undefined && host !== text) return readHost(host, kind)
  return readName(text, kind ?? 'domain')
}

/** How many bits a netmask leaves: `255.255.0.0` → 16; undefined for what is none. */
export function prefixOfNetmask(text: string): number | undefined {
  return prefixes.get(text)
}

/** Of a URL, or before a port or a path: one server, unless a wildcard says otherwise. */
function readHost(host: string, kind: RuleKind | undefined): ItemReading {
  const address = host.replace(/^\[(.*)\]$/, '$1')
  if (kind === 'ip_range' || isAddressLike(address)) return readRange(address)
  return readName(host, kind ?? (/^\*?\./.test(host) ? 'domain' : 'host'))
}

function readName(text: string, kind: RuleKind): ItemReading {
  const parsed = parseDomainName(text, { allowWildcard: kind === 'domain' })
  return parsed.ok ? { ok: true, kind, value: parsed.name } : parsed
}

function readRange(text: string): ItemReading {
  const parsed = parseRange(text)
  return parsed.ok ? { ok: true, kind: 'ip_range', value: parsed.range.text } : parsed
}

/** `10.1.2.3:8080` and `10.1.2.3/path` are one server's, not ranges. */
function isRange(text: string): boolean {
  if (/^[0-9.]+(:\d+|\/[^0-9].*|\/)$/.test(text)) return false
  return isAddressLike(text) || /^[0-9a-f:]*:[0-9a-f:.]*-[0-9a-f:.]+$/i.test(text)
}

/** `10.20` → `10.20.0.0/16`. */
function globRange(octets: string): string {
  const given = octets.split('.')
  return `${[...given, '0', '0', '0'].slice(0, 4).join('.')}/${given.length * 8}`
}

function netmasks(): ReadonlyMap<string, number> {
  const lengths = Array.from({ length: 32 }, (_, index) => index + 1)
  return new Map(
    lengths.map((length) => {
      const mask = (0xffffffff << (32 - length)) >>> 0
      return [[24, 16, 8, 0].map((shift) => (mask >>> shift) & 255).join('.'), length]
    }),
  )
}
