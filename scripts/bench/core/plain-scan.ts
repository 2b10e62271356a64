/** The baseline of the route bench: every request walks the list until a rule matches, as one would first write it. */
import { type AddressRange, parseRange } from '../../../server/core/cidr.ts'
import { type ConfigDocument, enabledRules } from '../../../server/core/config-document.ts'
import type { RouteRequest } from '../../../server/core/route.ts'
import type { Route } from '../../../server/core/vocabulary.ts'

type Matcher = (host: string, address: AddressRange | null) => boolean

/** Ranges are parsed once; odd spellings, clients and denied addresses are left out, so that it does less. */
export function startScan(document: ConfigDocument): (request: RouteRequest) => Route {
  const list = enabledRules(document).map(({ kind, value, action }) => ({
    action,
    matches: matcher(kind, value),
  }))
  return ({ url, resolvedAddress }) => {
    const host = new URL(url).hostname
    const literal = parseRange(host)
    const resolved = literal.ok ? literal : parseRange(resolvedAddress ?? '')
    const address = resolved.ok ? resolved.range : null
    return list.find(({ matches }) => matches(host, address))?.action ?? document.defaultAction
  }
}

function matcher(kind: 'domain' | 'host' | 'ip_range', value: string): Matcher {
  if (kind === 'host') return (host) => host === value
  if (kind === 'domain') return (host) => host === value || host.endsWith(`.${value}`)
  const parsed = parseRange(value)
  if (!parsed.ok) return () => false
  const { family, first, last } = parsed.range
  return (_, address) => address?.family === family && first <= address.first && address.first <= last
}
