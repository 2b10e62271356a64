/** Addresses and interval maps without BigInt: what every request compares, compiled once. */
import ipaddr from 'ipaddr.js'
import { type AddressRange, disjointParts } from '../cidr.ts'

/** IPv4 as a number, IPv6 as 32 hexadecimal digits: both compare with `<`. */
export type Address =
  | { readonly family: 4; readonly value: number; readonly text: string }
  | { readonly family: 6; readonly value: string; readonly text: string }

/** One plain address; null for anything else. `::ffff:10.0.0.1` stays an IPv6 address, as it is for ATS. */
export function parsePlainAddress(text: string): Address | null {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

/** The IPv4 address inside ::ffff:0:0/96, else the address itself: a client's address as its socket has it. */
export function unmapped(address: Address): Address {
  if (address.family === 4 || !address.value.startsWith(mappedPrefix)) return address
  return ipv4(Number.parseInt(address.value.slice(24), 16))
}

/**
 * What the C library takes for an IPv4 address, and ATS with it: one to four numbers, decimal, octal or hexadecimal,
 * the last of which fills the rest (`127.1`, `0x7f000001`, `010.0.0.1`). null: a name.
 */
export function parseLooseIpv4(text: string): Address | null {
  const parts = text.split('.')
  if (parts.length > 4) return null
  const numbers = parts.map(looseNumber)
  const last = numbers.pop() ?? Number.NaN
  if (numbers.some((number) => !(number <= 255)) || !(last < 256 ** (4 - numbers.length))) return null
  return ipv4(numbers.reduce((sum, number, index) => sum + number * 256 ** (3 - index), 0) + last)
}

/** 0.0.0.0 and ::, which ATS refuses before any rule. */
export function isAnyAddress(address: Address): boolean {
  return address.family === 4 ? address.value === 0 : address.value === anyIpv6
}

/** Which of a list of ranges is the first that holds an address; -1: none. */
export class FirstRangeMap {
  /** For each range, in order, what no earlier one holds. */
  readonly parts: readonly (readonly AddressRange[])[]
  readonly #v4: Line<number>
  readonly #v6: Line<string>

  constructor(ranges: readonly AddressRange[]) {
    this.parts = disjointParts(ranges)
    const owned = this.parts.flatMap((own, owner) => own.map((range) => ({ range, owner })))
    owned.sort((a, b) => (a.range.first < b.range.first ? -1 : 1))
    this.#v4 = toLine(
      owned.filter(({ range }) => range.family === 4),
      Number,
    )
    this.#v6 = toLine(
      owned.filter(({ range }) => range.family === 6),
      toHex,
    )
  }

  find(address: Address): number {
    return address.family === 4 ? this.#v4.find(address.value) : this.#v6.find(address.value)
  }

  /** The owners of the parts right below and right above an address that no range holds. */
  neighbours(address: Address): number[] {
    return address.family === 4 ? this.#v4.neighbours(address.value) : this.#v6.neighbours(address.value)
  }

  /** Whether every address of both families belongs to some range. */
  coversAll(): boolean {
    const size = (family: 4 | 6) =>
      this.parts
        .flat()
        .filter((part) => part.family === family)
        .reduce((sum, { first, last }) => sum + last - first + 1n, 0n)
    return size(4) === 1n << 32n && size(6) === 1n << 128n
  }
}

/** Which of a list of ranges hold an address: all of them, in no order. */
export class HoldingRanges {
  readonly #v4: Stack<number>
  readonly #v6: Stack<string>

  constructor(ranges: readonly { readonly range: AddressRange; readonly row: number }[]) {
    const ascending = [...ranges].sort((a, b) => (a.range.first < b.range.first ? -1 : 1))
    this.#v4 = new Stack(
      ascending.filter(({ range }) => range.family === 4),
      Number,
    )
    this.#v6 = new Stack(
      ascending.filter(({ range }) => range.family === 6),
      toHex,
    )
  }

  rows(address: Address): number[] {
    return address.family === 4 ? this.#v4.rows(address.value) : this.#v6.rows(address.value)
  }
}

/** Ranges ascending by their start, each with the furthest end up to it: looking back can stop early. */
class Stack<Value extends number | string> {
  readonly #firsts: readonly Value[]
  readonly #lasts: readonly Value[]
  readonly #furthest: readonly Value[]
  readonly #rows: readonly number[]

  constructor(
    ascending: readonly { readonly range: AddressRange; readonly row: number }[],
    valueOf: (address: bigint) => Value,
  ) {
    this.#firsts = ascending.map(({ range }) => valueOf(range.first))
    this.#lasts = ascending.map(({ range }) => valueOf(range.last))
    this.#rows = ascending.map(({ row }) => row)
    let furthest: Value | undefined
    this.#furthest = this.#lasts.map((last) => {
      furthest = furthest !== undefined && furthest > last ? furthest : last
      return furthest
    })
  }

  rows(value: Value): number[] {
    const found: number[] = []
    for (let at = lastAtOrBelow(this.#firsts, value); at >= 0; at -= 1) {
      if ((this.#furthest[at] as Value) < value) break
      if ((this.#lasts[at] as Value) >= value) found.push(this.#rows[at] as number)
    }
    return found
  }
}

/** One family's number line: disjoint intervals, ascending. */
class Line<Value extends number | string> {
  constructor(
    readonly firsts: readonly Value[],
    readonly lasts: readonly Value[],
    readonly owners: readonly number[],
  ) {}

  find(value: Value): number {
    const at = lastAtOrBelow(this.firsts, value)
    const last = this.lasts[at]
    return last !== undefined && value <= last ? (this.owners[at] ?? -1) : -1
  }

  neighbours(value: Value): number[] {
    const at = lastAtOrBelow(this.firsts, value)
    return [this.owners[at], this.owners[at + 1]].filter((owner) => owner !== undefined)
  }
}

/** Index of the last of ascending values that is not above another; -1: none. */
function lastAtOrBelow<Value extends number | string>(ascending: readonly Value[], value: Value): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ascending[middle] as Value) <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}

function toLine<Value extends number | string>(
  owned: readonly { readonly range: AddressRange; readonly owner: number }[],
  valueOf: (address: bigint) => Value,
): Line<Value> {
  return new Line(
    owned.map(({ range }) => valueOf(range.first)),
    owned.map(({ range }) => valueOf(range.last)),
    owned.map(({ owner }) => owner),
  )
}

const anyIpv6 = '0'.repeat(32)
const mappedPrefix = `${'0'.repeat(20)}ffff`

function toHex(value: bigint): string {
  return value.toString(16).padStart(32, '0')
}

/** By hand: the most frequent call of all. Four plain decimal numbers, none with a leading zero. */
function parseIpv4(text: string): Address | null {
  if (text.length < 7 || text.length > 15) return null
  let value = 0
  let octet = -1
  let dots = 0
  for (let at = 0; at <= text.length; at += 1) {
    const code = at < text.length ? text.charCodeAt(at) : dot
    if (code === dot) {
      if (octet < 0 || octet > 255) return null
      value = value * 256 + octet
      octet = -1
      dots += 1
    } else if (code >= zero && code <= zero + 9 && octet !== 0) {
      octet = Math.max(octet, 0) * 10 + code - zero
    } else {
      return null
    }
  }
  return dots === 4 ? { family: 4, value, text } : null
}

const dot = 46
const zero = 48

function ipv4(value: number): Address {
  return {
    family: 4,
    value,
    text: [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.'),
  }
}

function parseIpv6(text: string): Address | null {
  const dotted = /:(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})$/.exec(text)?.[1]
  if (dotted !== undefined) {
    const tail = parseIpv4(dotted)
    if (tail?.family !== 4) return null
    // Rewritten here because the library takes ::1.2.3.4 for ::ffff:1.2.3.4.
    const groups = [Math.floor(tail.value / 65_536), tail.value % 65_536].map((group) => group.toString(16))
    return parseIpv6(text.slice(0, -dotted.length) + groups.join(':'))
  }
  if (!/^[0-9a-f:]+$/i.test(text) || !ipaddr.IPv6.isValid(text)) return null
  const address = ipaddr.IPv6.parse(text)
  const value = address.parts.map((part) => part.toString(16).padStart(4, '0')).join('')
  return { family: 6, value, text: address.toRFC5952String() }
}

function looseNumber(text: string): number {
  if (/^0x[0-9a-f]+$/i.test(text)) return Number.parseInt(text, 16)
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8)
  return /^[1-9][0-9]*$/.test(text) ? Number(text) : Number.NaN
}
