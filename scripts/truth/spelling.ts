/** The ways in which a client may spell a host: the classes that the run counts, and how each is written. */
import { inUnicode } from './documents.ts'
import type { Random } from './random.ts'

export const spellings = [
  'plain name',
  'plain IPv4',
  'plain IPv6',
  'capitals',
  'final dot',
  'user info',
  'escapes',
  'port zeros',
  'IPv4 form',
  'IPv6 form',
  'A-label',
  'U-label',
  'scheme',
  'bare query',
] as const
export type Spelling = (typeof spellings)[number]

export interface Spelt {
  readonly spelling: Spelling
  /** What stands between the scheme and the path, with the port. */
  readonly authority: string
}

/** Ways to write a whole URL, and so only for GET. */
export const urlSpellings: Readonly<Partial<Record<Spelling, (authority: string) => string>>> = {
  scheme: (authority) => `HTTP://${authority}/`,
  'bare query': (authority) => `http://${authority}?q=1`,
}

/** One spelling of a name. */
export function spellName(random: Random, name: string, port: number, isGet: boolean): Spelt {
  const isInternational = inUnicode(name) !== name
  const choices: Spelling[] = [
    ...(['plain name', 'capitals', 'capitals', 'final dot', 'user info', 'escapes', 'port zeros'] as const),
    ...(isGet ? (['scheme', 'bare query'] as const) : []),
  ]
  const spelling = isInternational
    ? random.pick([...choices, 'A-label', 'A-label', 'U-label'] as const)
    : random.pick(choices)
  switch (spelling) {
    case 'capitals':
      return { spelling, authority: `${withCapitals(random, name)}:${port}` }
    case 'final dot':
      return { spelling, authority: `${name}.:${port}` }
    case 'user info':
      return { spelling, authority: `${random.pick(['me', 'me:secret', ''])}@${name}:${port}` }
    case 'escapes': {
      // ATS undoes them before it compares, and an undone / or NUL hides what follows from its patterns.
      const spelt = random.pick([name, withCapitals(random, name), `${name}.`])
      return { spelling, authority: `${random.pick(escapedUsers)}@${spelt}:${port}` }
    }
    case 'port zeros':
      return { spelling, authority: `${name}:0${port}` }
    case 'scheme':
    case 'bare query':
      return { spelling, authority: `${name}:${port}` }
    case 'U-label':
      return { spelling, authority: `${inUnicode(name)}:${port}` }
    default:
      return { spelling: isInternational ? 'A-label' : 'plain name', authority: `${name}:${port}` }
  }
}

/** One spelling of an address; with a final dot only where it is no name that has to be looked up. */
export function spellAddress(
  random: Random,
  address: string,
  port: number,
  { isGet, isLookedUp }: { readonly isGet: boolean; readonly isLookedUp: boolean },
): Spelt {
  const isIpv6 = address.includes(':')
  const spelling = random.pick<Spelling>([
    'user info',
    'escapes',
    'port zeros',
    'IPv6 form',
    ...(isGet ? (['scheme', 'bare query'] as const) : []),
    ...(isIpv6
      ? (['plain IPv6', 'plain IPv6'] as const)
      : (['plain IPv4', 'IPv4 form', 'IPv4 form'] as const)),
    ...(isIpv6 || isLookedUp ? [] : (['final dot'] as const)),
  ])
  switch (spelling) {
    case 'user info':
      return { spelling, authority: `me@${bracketed(address)}:${port}` }
    case 'escapes':
      return { spelling, authority: `${random.pick(escapedUsers)}@${bracketed(address)}:${port}` }
    case 'port zeros':
      return { spelling, authority: `${bracketed(address)}:0${port}` }
    case 'IPv6 form':
      return { spelling, authority: `[${random.pick(isIpv6 ? ipv6Forms : mappedForms(address))}]:${port}` }
    case 'final dot':
      return { spelling, authority: `${address}.:${port}` }
    case 'IPv4 form':
      return { spelling, authority: `${random.pick(ipv4Forms(address))}:${port}` }
    default:
      return { spelling, authority: `${bracketed(address)}:${port}` }
  }
}

const escapedUsers = ['a%2F', 'a%00', 'a:80%2f%00', 'a%3Fb', 'm%41'] as const

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

/** A capital in one, several or all labels. */
function withCapitals(random: Random, name: string): string {
  const parts = name.split('.')
  const chosen = random.below(parts.length)
  const all = random.chance(0.3)
  const spelt = parts
    .map((label, at) => (all || at === chosen || random.chance(0.2) ? capital(random, label) : label))
    .join('.')
  return spelt === name ? name.replace(/t(\d+z)$/, 'T$1') : spelt
}

function capital(random: Random, label: string): string {
  if (random.chance(0.5)) return label.toUpperCase()
  const at = random.below(label.length)
  return label.slice(0, at) + label.slice(at).charAt(0).toUpperCase() + label.slice(at + 1)
}

/** All that inet_aton reads as the address, apart from its own plain form. */
function ipv4Forms(address: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  const hex = (value: number) => `0x${value.toString(16)}`
  const octal = (value: number) => `0${value.toString(8)}`
  const whole = ((a << 24) >>> 0) + (b << 16) + (c << 8) + d
  return [
    `${a}.${(b << 16) + (c << 8) + d}`,
    `${a}.${b}.${(c << 8) + d}`,
    [a, b, c, d].map(hex).join('.'),
    `${hex(a)}.${b}.${c}.${d}`,
    `${a}.${b}.${c}.${hex(d)}`,
    [a, b, c, d].map(octal).join('.'),
    `${a}.${b}.${c}.${octal(d)}`,
    `${a}.${b}.${c}.00${d < 8 ? d : octal(d)}`,
    hex(whole),
    `0X${whole.toString(16).toUpperCase()}`,
    String(whole),
    octal(whole),
  ]
}

/** Each is ::1. */
const ipv6Forms = [
  '0:0:0:0:0:0:0:1',
  '::0001',
  '0::1',
  '::0.0.0.1',
  '0000:0000:0000:0000:0000:0000:0000:0001',
  '0::0:1',
] as const

function mappedForms(address: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  const groups = [(a << 8) + b, (c << 8) + d].map((group) => group.toString(16))
  return [
    `::ffff:${address}`,
    `::FFFF:${address}`,
    `::ffff:${groups.join(':')}`,
    `0:0:0:0:0:ffff:${groups.join(':')}`,
    `::ffff:${groups.join(':').toUpperCase()}`,
    `0::ffff:${address}`,
  ]
}
