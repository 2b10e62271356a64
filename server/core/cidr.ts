/** Addresses and ranges as exact intervals: parsed, normalised, compared and made disjoint. */
import ipaddr from 'ipaddr.js'

export type AddressFamily = 4 | 6

/** Both ends belong to it. */
export interface Interval {
  readonly first: bigint
  readonly last: bigint
}

export interface AddressRange extends Interval {
  readonly family: AddressFamily
  /** Canonical: one address, else a CIDR block if the range is one, else `a-b`. */
  readonly text: string
}

export type RangeCode =
  | 'RANGE_MALFORMED'
  | 'RANGE_REVERSED'
  | 'RANGE_MIXED_FAMILIES'
  | 'PREFIX_OUT_OF_RANGE'
  | 'ADDRESS_OCTAL'
  | 'ADDRESS_SHORT'

export type RangeFault = { readonly ok: false; readonly code: RangeCode; readonly message: string }
export type RangeResult = { readonly ok: true; readonly range: AddressRange } | RangeFault

interface Address {
  readonly ok: true
  readonly family: AddressFamily
  readonly value: bigint
}

const mappedFirst = 0xffff00000000n
const mappedLast = 0xffffffffffffn

/**
 * Parses one address, a CIDR block or `a-b`, IPv4 or IPv6.
 *
 * Host bits are cleared (`10.1.2.3/8` → `10.0.0.0/8`), IPv6 is compressed, and a range inside ::ffff:0:0/96 becomes
 * the IPv4 range it stands for. Refused: octets with a leading zero (010 is 8 to some programs), short forms
 * (127.1), reversed ranges, a range from one family to the other.
 */
export function parseRange(text: string): RangeResult {
  const trimmed = text.trim()
  const dash = trimmed.indexOf('-')
  if (dash >= 0 && dash === trimmed.lastIndexOf('-')) {
    return between(trimmed.slice(0, dash).trimEnd(), trimmed.slice(dash + 1).trimStart())
  }
  const slash = trimmed.indexOf('/')
  if (slash >= 0) return block(trimmed.slice(0, slash), trimmed.slice(slash + 1))
  const address = parseAddress(trimmed)
  return address.ok ? range(address.family, address.value, address.value) : address
}

/** Whether a person who typed this meant an address or a range, well-formed or not (`010.1`, `0x7f.1`, `10.0.0.0/8`). */
export function isAddressLike(text: string): boolean {
  if (parseRange(text).ok) return true
  if (/^\[.*\]$/.test(text)) return true
  if (/^[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*$/i.test(text)) return true
  // As browsers decide it: what ends in a number is an IPv4 address in some notation.
  return /(^|\.)([0-9]+|0x[0-9a-f]*)(:[0-9]+)?\.?(\/[0-9]+)?$/i.test(text)
}

export function contains(outer: AddressRange, inner: AddressRange): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last
}

export function overlaps(a: AddressRange, b: AddressRange): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last
}

/** `range` without what `covers` hold, as ascending disjoint parts. */
export function subtract(range: AddressRange, covers: readonly AddressRange[]): AddressRange[] {
  return disjointParts([...covers, range]).at(-1) ?? []
}

/**
 * For each range the parts that no earlier one holds: ascending, disjoint, of all lists together disjoint too.
 *
 * Near-linear: the ends cut each family's number line into segments, every segment is given away once, and a
 * union-find skips those already taken.
 */
export function disjointParts(ranges: readonly AddressRange[]): AddressRange[][] {
  const lines = { 4: new Segments(ranges, 4), 6: new Segments(ranges, 6) }
  return ranges.map(({ family }, index) =>
    lines[family].take(index).map(({ first, last }) => toRange(family, first, last)),
  )
}

class Segments {
  /** Where segments begin, and the end of the last; ascending. Never a map's keys: V8 hashes 64 bits of a bigint. */
  readonly #starts: bigint[] = []
  /** For each range its first segment, and the one after its last. */
  readonly #from: Int32Array
  readonly #to: Int32Array
  /** Points to the next segment that may be free; a free one points to itself. */
  readonly #nextFree: Int32Array

  constructor(ranges: readonly AddressRange[], family: AddressFamily) {
    this.#from = new Int32Array(ranges.length)
    this.#to = new Int32Array(ranges.length)
    const ends = ranges.flatMap((range, index) =>
      range.family === family
        ? [
            { at: range.first, index, side: this.#from },
            { at: range.last + 1n, index, side: this.#to },
          ]
        : [],
    )
    for (const { at, index, side } of ends.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))) {
      if (this.#starts.at(-1) !== at) this.#starts.push(at)
      side[index] = this.#starts.length - 1
    }
    this.#nextFree = Int32Array.from(this.#starts.keys())
  }

  take(index: number): Interval[] {
    const end = this.#to[index] ?? 0
    const parts: Interval[] = []
    let at = this.#free(this.#from[index] ?? 0)
    while (at < end) {
      const first = this.#starts[at] ?? 0n
      while (at < end && this.#nextFree[at] === at) this.#nextFree[at] = ++at
      parts.push({ first, last: (this.#starts[at] ?? 0n) - 1n })
      at = this.#free(at)
    }
    return parts
  }

  #free(index: number): number {
    let root = index
    while ((this.#nextFree[root] ?? root) !== root) root = this.#nextFree[root] ?? root
    for (let at = index; at !== root; ) {
      const next = this.#nextFree[at] ?? root
      this.#nextFree[at] = root
      at = next
    }
    return root
  }
}

/** `10.0.0.1-10.0.0.9`, or one address: the notation that ATS reads in every file and version. */
export function formatInterval({ family, first, last }: AddressRange): string {
  const start = formatAddress(family, first)
  return first === last ? start : `${start}-${formatAddress(family, last)}`
}

function between(a: string, b: string): RangeResult {
  const start = parseAddress(a)
  if (!start.ok) return start
  const end = parseAddress(b)
  if (!end.ok) return end
  if (start.family !== end.family) {
    return fault(
      'RANGE_MIXED_FAMILIES',
      'A range begins and ends in the same family: both IPv4 or both IPv6.',
    )
  }
  if (start.value > end.value) {
    return fault('RANGE_REVERSED', `The range is reversed: ${a} comes after ${b}.`)
  }
  return range(start.family, start.value, end.value)
}

function block(base: string, prefix: string): RangeResult {
  const address = parseAddress(base)
  if (!address.ok) return address
  const width = address.family === 4 ? 32 : 128
  if (!/^(0|[1-9][0-9]{0,2})$/.test(prefix) || Number(prefix) > width) {
    return fault('PREFIX_OUT_OF_RANGE', `After the / comes a number of bits from 0 to ${width}.`)
  }
  const hostBits = BigInt(width - Number(prefix))
  const first = (address.value >> hostBits) << hostBits
  return range(address.family, first, first + (1n << hostBits) - 1n)
}

function parseAddress(text: string): Address | RangeFault {
  if (text.includes(':')) return parseIpv6(text)
  if (!/^[0-9]+(\.[0-9]+)*$/.test(text)) {
    return fault(
      'RANGE_MALFORMED',
      'Write one address, a block like 10.0.0.0/8, or a range like 10.0.0.1-10.0.0.9.',
    )
  }
  return parseIpv4(text)
}

function parseIpv4(text: string): Address | RangeFault {
  const octets = text.split('.')
  if (octets.some((octet) => /^0[0-9]/.test(octet))) {
    return fault(
      'ADDRESS_OCTAL',
      `${text} has a number with a leading zero, which some programs read as octal.`,
    )
  }
  if (octets.length < 4) {
    return fault('ADDRESS_SHORT', `${text} is a short form: write all four numbers of an IPv4 address.`)
  }
  if (octets.length > 4 || octets.some((octet) => octet.length > 3 || Number(octet) > 255)) {
    return fault('RANGE_MALFORMED', `${text} is no IPv4 address: four numbers from 0 to 255.`)
  }
  return { ok: true, family: 4, value: BigInt(octets.reduce((sum, octet) => sum * 256 + Number(octet), 0)) }
}

function parseIpv6(text: string): Address | RangeFault {
  const dotted = /:([0-9.]*\.[0-9.]*)$/.exec(text)?.[1]
  if (dotted !== undefined) {
    const tail = parseIpv4(dotted)
    if (!tail.ok) return tail
    // Rewritten here because the library takes ::1.2.3.4 for ::ffff:1.2.3.4.
    const groups = [tail.value >> 16n, tail.value & 0xffffn].map((group) => group.toString(16))
    return parseIpv6(text.slice(0, -dotted.length) + groups.join(':'))
  }
  if (!/^[0-9a-f:]+$/i.test(text) || !ipaddr.IPv6.isValid(text)) {
    return fault('RANGE_MALFORMED', `${text} is no IPv6 address.`)
  }
  const { parts } = ipaddr.IPv6.parse(text)
  return { ok: true, family: 6, value: parts.reduce((sum, part) => sum * 65536n + BigInt(part), 0n) }
}

function range(family: AddressFamily, first: bigint, last: bigint): RangeResult {
  const isMapped = family === 6 && first >= mappedFirst && last <= mappedLast
  return {
    ok: true,
    range: isMapped ? toRange(4, first - mappedFirst, last - mappedFirst) : toRange(family, first, last),
  }
}

function toRange(family: AddressFamily, first: bigint, last: bigint): AddressRange {
  return { family, first, last, text: formatRange(family, { first, last }) }
}

/** Canonical: one address, else a CIDR block if it is one, else `a-b`. */
export function formatRange(family: AddressFamily, { first, last }: Interval): string {
  const start = formatAddress(family, first)
  if (first === last) return start
  const size = last - first + 1n
  const isBlock = (size & (size - 1n)) === 0n && first % size === 0n
  if (!isBlock) return `${start}-${formatAddress(family, last)}`
  const hostBits = Math.log2(Number(size)) // exact for a power of two
  return `${start}/${(family === 4 ? 32 : 128) - hostBits}`
}

function formatAddress(family: AddressFamily, value: bigint): string {
  if (family === 4) {
    const bits = Number(value)
    return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`
  }
  const parts = Array.from({ length: 8 }, (_, index) => Number((value >> BigInt(112 - 16 * index)) & 0xffffn))
  return new ipaddr.IPv6(parts).toRFC5952String()
}

function fault(code: RangeCode, message: string): RangeFault {
  return { ok: false, code, message }
}
