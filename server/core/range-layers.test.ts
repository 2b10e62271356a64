import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseRange } from './cidr.ts'
import { type Layer, layRanges } from './range-layers.ts'

function layer(text: string, action: string): Layer<string> {
  const parsed = parseRange(text)
  if (!parsed.ok) throw new Error(text)
  return { range: parsed.range, action }
}

/** Of the addresses 10.0.0.0 to 10.0.0.15. */
const anyLayer = fc
  .tuple(fc.nat(15), fc.nat(15), fc.constantFrom('a', 'b', 'c'))
  .map(([x, y, action]) => layer(`10.0.0.${Math.min(x, y)}-10.0.0.${Math.max(x, y)}`, action))

const base = 10n << 24n
const addresses = Array.from({ length: 16 }, (_, n) => base + BigInt(n))

function holds({ range }: Layer<string>, address: bigint): boolean {
  return range.first <= address && address <= range.last
}

test('every address is decided by the first layer that holds it', () => {
  fc.assert(
    fc.property(fc.array(anyLayer, { maxLength: 12 }), (layers) => {
      const laid = layRanges(layers)
      const ownerOf = (address: bigint) => layers.findIndex((each) => holds(each, address))
      layers.forEach((each, index) => {
        const own = addresses.filter((address) => ownerOf(address) === index)
        const parts = laid.partsOf(index)
        const decided = addresses.filter((address) =>
          parts.some(({ first, last }) => first <= address && address <= last),
        )
        expect(decided).toEqual(own)
        expect(laid.decides(index)).toBe(own.length > 0)
        const others = addresses.filter(
          (address) => holds(each, address) && layers[ownerOf(address)]?.action !== each.action,
        )
        expect(laid.hasOthersOver(index)).toBe(others.length > 0)
        for (const other of laid.othersOver(index).indexes) {
          expect(other).toBeLessThan(index)
          expect(others.some((address) => ownerOf(address) === other)).toBe(true)
        }
        const isMissed = own.some((address) =>
          layers.some((later, at) => at > index && later.action !== each.action && holds(later, address)),
        )
        expect(laid.protects(index)).toBe(isMissed)
      })
    }),
  )
})

test('the layers that are named as a cover hold the whole one together', () => {
  fc.assert(
    fc.property(fc.array(anyLayer, { maxLength: 12 }), (layers) => {
      const laid = layRanges(layers)
      layers.forEach((each, index) => {
        if (laid.decides(index)) return
        const { indexes, isMore } = laid.coverOf(index)
        expect(indexes.length).toBeGreaterThan(0)
        expect(indexes.every((cover) => cover < index)).toBe(true)
        if (isMore) return
        const isHeld = (address: bigint) =>
          indexes.some((cover) => holds(layers[cover] ?? each, address) && cover !== index)
        expect(addresses.filter((address) => holds(each, address)).every(isHeld)).toBe(true)
      })
    }),
  )
})

test('a long cover is named by its beginning', () => {
  const layers = ['10.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.0/30'].map((text) =>
    layer(text, 'a'),
  )
  expect(layRanges(layers).coverOf(4)).toEqual({ indexes: [0, 1, 2], isMore: true })
})

test('every address is held only where both families are', () => {
  const halves = [layer('0.0.0.0/1', 'a'), layer('128.0.0.0/1', 'b'), layer('::/0', 'a')]
  expect(layRanges(halves).holdsAllAt).toBe(2)
  expect(layRanges(halves.slice(0, 2)).holdsAllAt).toBeNull()
  expect(layRanges(halves.slice(1)).holdsAllAt).toBeNull()
  expect(layRanges([layer('::/0', 'a'), ...halves, layer('10.0.0.0/8', 'b')]).holdsAllAt).toBe(2)
  expect(layRanges([]).holdsAllAt).toBeNull()
})
