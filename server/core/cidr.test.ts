import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AddressRange, contains, disjointParts, overlaps, parseRange, subtract } from './cidr.ts'

function range(text: string): AddressRange {
  const parsed = parseRange(text)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.range
}

test.each([
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['10.0.0.1 - 10.0.0.9', '10.0.0.1-10.0.0.9'],
  ['10.0.0.0-10.0.0.255', '10.0.0.0/24'],
  ['192.0.2.1/32', '192.0.2.1'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['2001:DB8:0:0::1', '2001:db8::1'],
  ['fd00::1/8', 'fd00::/8'],
  ['2001:db8::1-2001:db8::9', '2001:db8::1-2001:db8::9'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
  ['::1.2.3.4', '::102:304'],
])('%s is written %s', (text, canonical) => {
  expect(range(text).text).toBe(canonical)
})

test.each([
  ['010.0.0.1', 'ADDRESS_OCTAL'],
  ['::ffff:010.0.0.1', 'ADDRESS_OCTAL'],
  ['127.1', 'ADDRESS_SHORT'],
  ['10.0.0.9-10.0.0.1', 'RANGE_REVERSED'],
  ['10.0.0.1-::1', 'RANGE_MIXED_FAMILIES'],
  ['10.0.0.0/33', 'PREFIX_OUT_OF_RANGE'],
  ['10.0.0.0/08', 'PREFIX_OUT_OF_RANGE'],
  ['fd00::/129', 'PREFIX_OUT_OF_RANGE'],
  ['256.0.0.1', 'RANGE_MALFORMED'],
  ['10.0.0.1-', 'RANGE_MALFORMED'],
  ['fe80::1%eth0', 'RANGE_MALFORMED'],
  ['corp.example', 'RANGE_MALFORMED'],
  ['', 'RANGE_MALFORMED'],
])('%j is refused as %s', (text, code) => {
  expect(parseRange(text)).toMatchObject({ ok: false, code })
})

test('ranges of different families have nothing in common', () => {
  expect(overlaps(range('0.0.0.0/0'), range('::/0'))).toBe(false)
  expect(contains(range('::/0'), range('10.0.0.1'))).toBe(false)
})

test('a block without a hole is what lies on both sides of the hole', () => {
  const rest = subtract(range('10.0.0.0/24'), [range('10.0.0.16/28'), range('::/0')])
  expect(rest.map(({ text }) => text)).toEqual(['10.0.0.0/28', '10.0.0.32-10.0.0.255'])
})

const small = fc.tuple(fc.nat(31), fc.nat(31), fc.boolean()).map(([a, b, six]) => {
  const [first, last] = [Math.min(a, b), Math.max(a, b)]
  return range(
    six ? `fd00::${first.toString(16)}-fd00::${last.toString(16)}` : `10.0.0.${first}-10.0.0.${last}`,
  )
})

test('each address belongs to the parts of the first range that holds it, and to no other', {
  timeout: 30_000,
}, () => {
  fc.assert(
    fc.property(fc.array(small, { maxLength: 10 }), (ranges) => {
      const parts = disjointParts(ranges)
      for (const base of [range('10.0.0.0'), range('fd00::')]) {
        for (let offset = 0n; offset < 32n; offset += 1n) {
          const at = { ...base, first: base.first + offset, last: base.first + offset }
          const owner = ranges.findIndex((each) => contains(each, at))
          const holders = parts.flatMap((own, index) =>
            own.filter((part) => contains(part, at)).map(() => index),
          )
          expect(holders).toEqual(owner < 0 ? [] : [owner])
        }
      }
    }),
  )
})

test('what is written parses to the same range, and arbitrary text never throws', { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(small, (each) => {
      expect(range(each.text)).toEqual(each)
    }),
  )
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.ipV4Extended()), (text) => {
      const parsed = parseRange(text)
      if (parsed.ok) expect(range(parsed.range.text)).toEqual(parsed.range)
    }),
  )
})
