/** Which proxies in front are believed when they say for whom they speak. */
import { isIP } from 'node:net'
import { type AddressRange, contains, parseRange } from './core/cidr.ts'

export interface TrustedProxies {
  has(address: string): boolean
}

export const noProxies: TrustedProxies = { has: () => false }

export function trustProxies(ranges: readonly AddressRange[]): TrustedProxies {
  if (ranges.length === 0) return noProxies
  return {
    has(address) {
      const parsed = parseRange(address)
      return parsed.ok && ranges.some((range) => contains(range, parsed.range))
    },
  }
}

/**
 * The right-most address that no trusted proxy stands behind: whatever lies left of it, anybody could have written.
 *
 * @param peer who is connected to us
 * @param forwarded X-Forwarded-For: each proxy adds on the right whom it was connected to
 */
export function clientAddress(
  proxies: TrustedProxies,
  peer: string | undefined,
  forwarded: string | undefined,
): string {
  let address = plain(peer ?? 'unknown')
  const hops = forwarded?.split(',') ?? []
  while (hops.length > 0 && proxies.has(address)) {
    const hop = withoutPort(hops.pop()?.trim() ?? '')
    if (isIP(hop) === 0) break
    address = plain(hop)
  }
  return address
}

/** Some proxies add the port. */
function withoutPort(hop: string): string {
  return /^\[(.+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop
}

/** An IPv4 peer of a socket that listens on IPv6 is written as ::ffff:192.0.2.1. */
function plain(address: string): string {
  return /^::ffff:([\d.]+)$/i.exec(address)?.[1] ?? address
}
