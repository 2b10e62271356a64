/** Asks for URLs of the operator's choice through the ATS beside us: what worked before an apply must work after it. */
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ats } from './ats-port.ts'

export interface Probe {
  /** Those that are answered through ATS now. Never rejects: while ATS can't be asked, none is. */
  working(): Promise<readonly string[]>
  /** Null once each of these is answered; else, when that takes too long, a sentence with what is not, and why. */
  trouble(urls: readonly string[]): Promise<string | null>
}

export interface ProbeParts {
  readonly ats: Pick<Ats, 'liveRecords'>
  /** Absolute, http or https; none: nothing is ever asked. */
  readonly urls: readonly string[]
  /** How long what worked may fail after an apply: mark-downs are forgotten, connections are made anew. */
  readonly patienceMs?: number
}

const answerMs = 3_000
const againMs = 250
/** The record that says where ATS listens. */
export const serverPorts = 'proxy.config.http.server_ports'

export function createProbe({ ats, urls, patienceMs = 5_000 }: ProbeParts): Probe {
  /** Why each of them is not answered; null: it is. */
  async function ask(asked: readonly string[]): Promise<{ url: string; fault: string | null }[]> {
    if (asked.length === 0) return []
    const live = await ats.liveRecords([serverPorts]).catch(() => new Map<string, string>())
    const address = proxyAddress(live.get(serverPorts) ?? '')
    return Promise.all(
      asked.map(async (url) => ({
        url,
        fault: address === null ? 'ATS names no plain port' : await faultOf(url, address),
      })),
    )
  }
  return {
    async working() {
      return (await ask(urls)).filter(({ fault }) => fault === null).map(({ url }) => url)
    },
    async trouble(wanted) {
      const end = performance.now() + patienceMs
      while (true) {
        const failing = (await ask(wanted)).filter(({ fault }) => fault !== null)
        if (failing.length === 0) return null
        if (performance.now() >= end)
          return `It worked before, and not any more: ${failing.map(({ url, fault }) => `${url}: ${fault}.`).join(' ')}`
        await sleep(againMs)
      }
    },
  }
}

export interface ProxyAddress {
  readonly host: string
  readonly port: number
}

/**
 * Where clients on this host reach ATS: of `8080:ip-in=127.0.0.1 8443:ssl` (`proxy.config.http.server_ports`) the first
 * that takes plain HTTP; null when there is none.
 */
export function proxyAddress(serverPorts: string): ProxyAddress | null {
  for (const each of serverPorts.split(/[\s,]+/)) {
    // Colons stand in IPv6 addresses too, which ATS has in brackets.
    const options: readonly string[] = each.match(/(?:\[[^\]]*\]|[^:])+/g) ?? []
    const port = Number(options.find((option) => /^\d+$/.test(option)))
    if (!port || options.some((option) => /^(ssl|tr-|quic|proto|pp)/.test(option))) continue
    const bound = options.find((option) => option.startsWith('ip-in='))?.slice('ip-in='.length)
    const host = bound?.replace(/^\[|\]$/g, '') ?? (options.includes('ipv6') ? '::1' : '127.0.0.1')
    return { host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host, port }
  }
  return null
}

/** By a GET, or for https by a tunnel: whoever is behind it is not ATS's affair. */
function faultOf(url: string, { host, port }: ProxyAddress): Promise<string | null> {
  const { protocol, hostname, port: asked, host: authority } = new URL(url)
  const isTunnel = protocol === 'https:'
  const target = isTunnel ? `${hostname}:${asked || 443}` : url
  return new Promise((resolve) => {
    const asking = request({
      host,
      port,
      method: isTunnel ? 'CONNECT' : 'GET',
      path: target,
      headers: { host: isTunnel ? target : authority, 'cache-control': 'no-cache' },
      agent: false,
      signal: AbortSignal.timeout(answerMs),
    })
    const settle = (fault: string | null) => {
      resolve(fault)
      asking.destroy()
    }
    const judge = (status = 0) => settle(status >= 200 && status < 400 ? null : `ATS answers ${status}`)
    asking.on('response', ({ statusCode }) => judge(statusCode))
    asking.on('connect', ({ statusCode }, socket) => {
      socket.destroy()
      judge(statusCode)
    })
    asking.on('error', (error) =>
      settle(
        error.name === 'AbortError'
          ? `no answer within ${answerMs / 1000} s`
          : `the connection broke (${error.message})`,
      ),
    )
    asking.end()
  })
}
