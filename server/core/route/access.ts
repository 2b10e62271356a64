/** ip_allow.yaml as ATS acts on it: who may come in, and where a connection may go. */
import { defaultClientRanges, deniedDestinations, mappedAddresses } from '../ats/ip-allow-yaml.ts'
import { type AddressRange, parseRange } from '../cidr.ts'
import { type ConfigDocument, enabledParents } from '../config-document.ts'
import { type Address, FirstRangeMap } from './address.ts'

export interface ClientVerdict {
  readonly isAllowed: boolean
  /** Counts from 0; null: the default ranges or, for a denial, "nobody else". */
  readonly row: number | null
  /** The range that holds the client's address; null: none does. */
  readonly range: string | null
}

export class ClientAccess {
  readonly #ranges: FirstRangeMap
  readonly #rules: readonly { readonly range: string; readonly isAllowed: boolean }[]
  readonly #isDefault: boolean

  constructor({ clientRules }: ConfigDocument) {
    this.#isDefault = clientRules.length === 0
    this.#rules = this.#isDefault
      ? defaultClientRanges.map((range) => ({ range, isAllowed: true }))
      : clientRules.map(({ range, action }) => ({ range, isAllowed: action === 'allow' }))
    this.#ranges = new FirstRangeMap(
      this.#rules.map(({ range }) => parsed(range)).filter((range) => range !== null),
    )
  }

  of(client: Address): ClientVerdict {
    const row = this.#ranges.find(client)
    const rule = this.#rules[row]
    if (rule === undefined) return { isAllowed: false, row: null, range: null }
    return { isAllowed: rule.isAllowed, row: this.#isDefault ? null : row, range: rule.range }
  }
}

/** What is denied to a connection, and what is allowed although it is denied in general. */
export class OutboundAccess {
  /** Ranges in the order in which they are asked; the first `allowedCount` allow. */
  readonly ranges: readonly AddressRange[]
  readonly #allowedCount: number
  readonly #first: FirstRangeMap
  readonly #denied: FirstRangeMap

  constructor(document: ConfigDocument, exceptions: readonly string[]) {
    const allowed = [...exceptions, ...enabledParents(document).map(({ host }) => host)]
      .map(parsed)
      .filter((range) => range !== null)
    const denied = [...deniedDestinations.map(parsed).filter((range) => range !== null), mappedRange]
    this.ranges = [...allowed, ...denied]
    this.#allowedCount = allowed.length
    this.#first = new FirstRangeMap(this.ranges)
    this.#denied = new FirstRangeMap(denied)
  }

  /** The denied range that holds an address and decides; null: the connection may be made. */
  denialOf(address: Address): string | null {
    const index = this.#first.find(address)
    return index < this.#allowedCount ? null : (this.ranges[index]?.text ?? null)
  }

  /** The exception, or the parent's address, that opens what would be denied; null: nothing had to. */
  exceptionFor(address: Address): string | null {
    const index = this.#first.find(address)
    if (index < 0 || index >= this.#allowedCount || this.#denied.find(address) < 0) return null
    return this.ranges[index]?.text ?? null
  }

  /** Everything that is denied: disjoint. */
  deniedParts(): AddressRange[] {
    return this.#first.parts.slice(this.#allowedCount).flat()
  }
}

/** `parseRange` would make IPv4 of it; ATS compares it as IPv6. */
const mappedRange: AddressRange = {
  family: 6,
  first: 0xffff00000000n,
  last: 0xffffffffffffn,
  text: mappedAddresses,
}

function parsed(text: string): AddressRange | null {
  const result = parseRange(text)
  return result.ok ? result.range : null
}
