/** Ranges of loopback addresses that nest, cross, touch and stand alone, and the addresses at their edges. */
import type { Random } from './random.ts'

/** IPv4 as a number; both ends belong to it. */
export interface Span {
  readonly first: number
  readonly last: number
}

/** 127.0.0.0 and 127.255.255.255 are no addresses that a program can connect to. */
const lowest = 0x7f000001
const highest = 0x7ffffffe

/** About `count` different spans within 127.0.0.0/8, most of them beside or across an earlier one. */
export function overlappingSpans(random: Random, count: number): Span[] {
  const spans: Span[] = []
  const seen = new Set<string>()
  for (let tries = 0; spans.length < count && tries < count * 4; tries += 1) {
    const span =
      spans.length === 0 || random.chance(0.15) ? freshSpan(random) : related(random, random.pick(spans))
    const key = `${span.first}-${span.last}`
    if (span.first > span.last || span.first < 0x7f000000 || span.last > 0x7fffffff || seen.has(key)) continue
    seen.add(key)
    spans.push(span)
  }
  return spans
}

/** The addresses at, right outside and within the ends of the spans, as text. */
export function edgesOf(random: Random, spans: readonly Span[]): string[] {
  const points = spans.flatMap(({ first, last }) => [
    first - 1,
    first,
    last,
    last + 1,
    first + random.below(last - first + 1),
  ])
  return [...new Set(points)].filter((point) => point > lowest && point <= highest).map(ipv4)
}

export function ipv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
}

/** `a-b`, a block (with host bits set now and then), or one address: as a person might type it. */
export function typedSpan(random: Random, { first, last }: Span): string {
  if (first === last) return ipv4(first)
  const size = last - first + 1
  const isBlock = Number.isInteger(Math.log2(size)) && first % size === 0
  if (!isBlock || random.chance(0.2)) return `${ipv4(first)}-${ipv4(last)}`
  const base = random.chance(0.3) ? first + random.below(size) : first
  return `${ipv4(base)}/${32 - Math.log2(size)}`
}

function freshSpan(random: Random): Span {
  const bits = random.pick([0, 2, 4, 6, 8, 12, 16, 20, 24])
  const size = 2 ** bits
  const first = 0x7f000000 + Math.floor(random.below(2 ** 24) / size) * size
  return { first, last: first + size - 1 }
}

function related(random: Random, { first, last }: Span): Span {
  const size = last - first + 1
  const other = 1 + random.below(Math.min(size * 2, 4096))
  switch (random.below(7)) {
    case 0: // touches it from above
      return { first: last + 1, last: last + other }
    case 1: // touches it from below
      return { first: first - other, last: first - 1 }
    case 2: // crosses its end
      return { first: first + Math.floor(size / 2), last: last + other }
    case 3: // crosses its start
      return { first: first - other, last: first + Math.floor(size / 2) }
    case 4: // lies within
      return { first: first + Math.floor(size / 4), last: last - Math.floor(size / 4) }
    case 5: // holds it
      return { first: first - other, last: last + other }
    default: {
      const one = first + random.below(size)
      return { first: one, last: one }
    }
  }
}
