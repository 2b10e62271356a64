/** Renders ip_allow.yaml: who may use the proxy, and which addresses it may connect to. */
import { formatInterval, parseRange } from '../cidr.ts'
import { type ClientRule, type ConfigDocument, enabledParents } from '../config-document.ts'
import type { AtsGeneration } from '../vocabulary.ts'
import { header } from './header.ts'

/** With no client rules: loopback and the private ranges may use the proxy, the rest may not. */
export const defaultClientRanges: readonly string[] = [
  '127.0.0.0/8',
  '::1',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
  'fe80::/10',
]

/** Never connected to, so that the proxy is no way into its own host or a cloud's metadata service. */
export const deniedDestinations: readonly string[] = [
  '0.0.0.0/8', // Linux connects to itself at 0.0.0.0
  '127.0.0.0/8',
  '169.254.0.0/16', // link-local, and the metadata address of most clouds
  '100.100.100.200', // metadata
  '::',
  '::1',
  'fe80::/10',
  'fd00:ec2::254', // metadata
  'fd20:ce::254', // metadata
]

/** ATS takes these for IPv6, the kernel connects to the IPv4 address inside: loopback too (measured on 9.2.9). */
export const mappedAddresses = '::ffff:0:0/96'

const everyAddress = ['0.0.0.0/0', '::/0']

/** Methods that change the proxy's own cache; no client may use them. */
export const cacheMethods: readonly string[] = ['PURGE', 'PUSH']

interface Entry {
  readonly apply: 'in' | 'out'
  readonly ranges: readonly string[]
  readonly action: 'allow' | 'deny'
  readonly methods: 'ALL' | readonly string[]
}

/**
 * ip_allow.yaml in the dialect of one generation, for a canonical document without problems.
 * `outboundExceptions` are ranges that may be connected to although they are denied in general.
 *
 * The first entry that holds the address decides. `out` entries are checked against the next hop (9.2.9 and 10.2);
 * a parent known by name can't be allowed here, and is refused (403) where its address lies in a denied range.
 */
export function renderIpAllowYaml(
  document: ConfigDocument,
  generation: AtsGeneration,
  outboundExceptions: readonly string[],
): string {
  const entries = [...inbound(document.clientRules), ...outbound(document, outboundExceptions)]
  return `${[header, 'ip_allow:', ...entries.flatMap((entry) => lines(entry, generation))].join('\n')}\n`
}

function inbound(rules: readonly ClientRule[]): Entry[] {
  const wanted: readonly ClientRule[] =
    rules.length > 0 ? rules : defaultClientRanges.map((range) => ({ range, action: 'allow' }))
  return [
    ...wanted.map(({ range, action }): Entry => {
      const ranges = [notation(range)]
      if (action === 'deny') return { apply: 'in', ranges, action, methods: 'ALL' }
      // A denial of some methods allows all others (9.2 and 10.x), also those that ATS has no name for.
      return { apply: 'in', ranges, action: 'deny', methods: cacheMethods }
    }),
    { apply: 'in', ranges: everyAddress, action: 'deny', methods: 'ALL' },
  ]
}

function outbound(document: ConfigDocument, exceptions: readonly string[]): Entry[] {
  const parents = enabledParents(document)
    .map(({ host }) => host)
    .filter((host) => parseRange(host).ok)
  const allowed = [...exceptions.map(notation), ...new Set(parents)]
  return [
    ...allowed.map((range): Entry => ({ apply: 'out', ranges: [range], action: 'allow', methods: 'ALL' })),
    { apply: 'out', ranges: [...deniedDestinations, mappedAddresses], action: 'deny', methods: 'ALL' },
    { apply: 'out', ranges: everyAddress, action: 'allow', methods: 'ALL' },
  ]
}

/** Blocks as typed; what is none of them as `a-b`. */
function notation(text: string): string {
  const parsed = parseRange(text)
  if (!parsed.ok) return text
  return parsed.range.text.includes('/') ? parsed.range.text : formatInterval(parsed.range)
}

function lines({ apply, ranges, action, methods }: Entry, generation: AtsGeneration): string[] {
  const verb = generation === '9.2' ? action : `set_${action}`
  return [
    `  - apply: ${apply}`,
    `    ip_addrs: ${quoted(ranges)}`,
    `    action: ${verb}`,
    `    methods: ${methods === 'ALL' ? 'ALL' : quoted(methods)}`,
  ]
}

function quoted(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(', ')}]`
}
