/** What of names and addresses is the public internet, as far as one can tell without asking it. */
import { type AddressFamily, type AddressRange, type Interval, parseRange, subtract } from './cidr.ts'

/** Whether some address of the interval is public: none of the blocks that IANA keeps for other uses. */
export function isPublic(family: AddressFamily, { first, last }: Interval): boolean {
  return publicIntervals[family].some((open) => open.first <= last && first <= open.last)
}

/**
 * Whether a domain rule for this name covers names of unrelated owners: a top-level label (`com`, `br`) or one of the
 * usual second-level suffixes (`com.br`, `co.uk`). Labels kept for private use and for tests are nobody's.
 */
export function isWideDomain(name: string): boolean {
  const labels = name.split('.')
  const [first = '', second = ''] = labels
  if (labels.length === 1) return !privateLabels.has(first)
  return labels.length === 2 && /^[a-z]{2}$/.test(second) && sharedSecondLabels.has(first)
}

/** RFC 6761, RFC 6762 (appendix G) and ICANN's `internal`. */
const privateLabels: ReadonlySet<string> = new Set([
  'alt',
  'corp',
  'example',
  'home',
  'internal',
  'intranet',
  'invalid',
  'lan',
  'local',
  'localdomain',
  'localhost',
  'onion',
  'private',
  'test',
])

/** Under country codes these are suffixes, not owners. */
const sharedSecondLabels: ReadonlySet<string> = new Set(
  'ac co com edu go gob gov mil ne net nom or org sch'.split(' '),
)

/** IANA's special-purpose registries: what is not globally reachable, and multicast. */
const keptForOtherUses = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '2001:db8::/32',
  '3fff::/20',
].map(blockOf)

/** Of IPv6 only 2000::/3 is in general use. */
const publicIntervals: Readonly<Record<AddressFamily, readonly Interval[]>> = {
  4: subtract(blockOf('0.0.0.0/0'), keptForOtherUses),
  6: subtract(blockOf('2000::/3'), keptForOtherUses),
}

function blockOf(text: string): AddressRange {
  const parsed = parseRange(text)
  if (!parsed.ok) throw new Error(`${text} is no block`)
  return parsed.range
}
