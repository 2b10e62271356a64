/** What the destination of a parent.config line amounts to as a rule, for ATS and for a document. */
import { type AddressRange, parseRange, type RangeResult } from '../cidr.ts'
import { parseDomainName } from '../domain-name.ts'
import type { FindingCode } from '../import-finding.ts'
import type { RuleKind } from '../vocabulary.ts'
import { readPattern } from './host-patterns.ts'
import type { ParentConfigLine } from './parent-config-line.ts'

export type Remark = readonly [code: FindingCode, message: string]

export type DestinationReading =
  | { readonly says: 'nothing'; readonly why: Remark }
  | { readonly says: 'everything' }
  | {
      readonly says: 'rule'
      readonly kind: RuleKind
      readonly value: string
      readonly remarks: readonly Remark[]
    }
  | { readonly says: 'range'; readonly range: AddressRange; readonly remarks: readonly Remark[] }

export function readDestination({ key, value }: ParentConfigLine['destination']): DestinationReading {
  switch (key) {
    case 'dest_ip':
      return readAddresses(value)
    case 'dest_domain':
      // Measured on 9.2.9: no label at all names everything.
      return /^\.*$/.test(value) ? { says: 'everything' } : readName('domain', value)
    case 'dest_host':
      return readName('host', value)
    case 'url_regex':
    case 'host_regex':
      return readExpression(key, value)
  }
}

function readAddresses(value: string): DestinationReading {
  // Measured: ATS reads 0/0, and no blocks of IPv6 (9.2.9 drops the line).
  const parsed: RangeResult = parseRange(value === '0/0' ? '0.0.0.0/0' : value)
  if (!parsed.ok) return nothing('RANGE_NOT_POSSIBLE', parsed.message)
  const isSix = value.includes(':')
  if (isSix && parsed.range.family === 4) {
    return nothing('NEVER_MATCHES', 'No request has an IPv4 address written as IPv6 for its destination.')
  }
  const hasMask = isSix && value.includes('/')
  const message = 'ATS 9.2 drops blocks of IPv6 here, and this config writes the range that was meant.'
  return { says: 'range', range: parsed.range, remarks: hasMask ? [['MASK_BECOMES_RANGE', message]] : [] }
}

/** ATS compares the second and third label from the right exactly, and requests come in lower case (9.2 and 10.x). */
function readName(kind: 'domain' | 'host', value: string): DestinationReading {
  const labels = value.replace(/\.$/, '').split('.')
  if (labels.slice(-3, -1).some((label) => /[A-Z]/.test(label))) {
    return nothing('NEVER_MATCHES', 'ATS takes these capitals exactly, and clients write names without them.')
  }
  if (/\P{ASCII}/u.test(value)) {
    return nothing('NEVER_MATCHES', 'Requests write such names as xn--…, and ATS compares them as they are.')
  }
  if (/^\*/.test(value)) {
    return nothing('NEVER_MATCHES', 'ATS knows no * in names: dest_domain covers all names below it anyway.')
  }
  const address = parseRange(value)
  if (address.ok && address.range.first === address.range.last) {
    const message = 'An address is a range in a config, which also holds for names that resolve to it.'
    return {
      says: 'rule',
      kind: 'ip_range',
      value: address.range.text,
      remarks: [['ADDRESS_AS_RANGE', message]],
    }
  }
  const parsed = parseDomainName(value, { allowWildcard: kind === 'domain' })
  if (!parsed.ok) return nothing('NAME_NOT_POSSIBLE', parsed.message)
  return { says: 'rule', kind, value: parsed.name, remarks: [] }
}

function readExpression(key: 'url_regex' | 'host_regex', value: string): DestinationReading {
  const read = readPattern(key, value)
  if (read === null) {
    return nothing(
      'PATTERN_NOT_POSSIBLE',
      'A rule can’t say what a URL looks like: write what it amounts to.',
    )
  }
  if (read.says === 'everything') return { says: 'everything' }
  const message =
    'This pattern names one host or domain, and is taken as that; odd spellings go to the parents.'
  return { says: 'rule', kind: read.kind, value: read.value, remarks: [['PATTERN_AS_NAME', message]] }
}

function nothing(code: FindingCode, message: string): DestinationReading {
  return { says: 'nothing', why: [code, message] }
}
