/** Warnings about the parents: at an address that is otherwise denied, or the proxy itself. */
import { deniedDestinations } from '../ats/ip-allow-yaml.ts'
import { contains, parseRange, subtract } from '../cidr.ts'
import { type ConfigDocument, enabledParents } from '../config-document.ts'
import { say } from './sentences.ts'
import type { Finding } from './warning.ts'

/**
 * @param typed the same document with its parents in the order in which paths count them
 * @param proxyHostnames of the proxies that run the config or will
 */
export function parentFindings(
  canonical: ConfigDocument,
  typed: ConfigDocument,
  proxyHostnames: readonly string[],
): Finding[] {
  const proxies = new Set(proxyHostnames.map((hostname) => hostname.toLowerCase().replace(/\.$/, '')))
  return enabledParents(canonical).flatMap(({ host, port, priority }): Finding[] => {
    const index = typed.parentProxies.findIndex((parent) => parent.priority === priority)
    const path = `parentProxies.${index}.host`
    const parent = `${host}:${port}`
    const own = ownSentence(host, proxies)
    return [
      ...(isDenied(host)
        ? [
            {
              path,
              code: 'PARENT_IN_DENIED_RANGE',
              says: () => say('PARENT_IN_DENIED_RANGE', { parent }),
            } as const,
          ]
        : []),
      ...(own === null ? [] : [{ path, code: 'PARENT_IS_PROXY', says: () => say(own, { parent }) } as const]),
    ]
  })
}

/** One allow entry per parent address opens that address for every client, not only for traffic to the parent. */
function isDenied(host: string): boolean {
  const parsed = parseRange(host)
  return parsed.ok && subtract(parsed.range, denied).length === 0
}

/** Which proxy a parent is; null for any other. */
function ownSentence(
  host: string,
  proxies: ReadonlySet<string>,
): 'PARENT_IS_PROXY' | 'PARENT_IS_HOST' | null {
  if (proxies.has(host)) return 'PARENT_IS_PROXY'
  const parsed = parseRange(host)
  const isLoopback = parsed.ok
    ? contains(loopback, parsed.range)
    : host === 'localhost' || host.endsWith('.localhost')
  return isLoopback ? 'PARENT_IS_HOST' : null
}

const denied = deniedDestinations.map(rangeOf)
const loopback = rangeOf('127.0.0.0/8')

function rangeOf(text: string) {
  const parsed = parseRange(text)
  if (!parsed.ok) throw new Error(`${text} is no range`)
  return parsed.range
}
