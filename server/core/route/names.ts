/** Which name rules match a host, by hash maps: one look-up for each label. */
import type { Rule } from '../config-document.ts'

/** Rows count from 0, in the document's whole list; of equal rules the first counts. */
export class NameRules {
  readonly #hosts = new Map<string, number>()
  readonly #domains = new Map<string, number>()
  /** Characters of the shortest domain: no shorter ending of a host needs to be looked up. */
  #shortest = Number.POSITIVE_INFINITY

  constructor(rules: Iterable<readonly [row: number, rule: Rule]>) {
    for (const [row, { kind, value }] of rules) {
      if (kind === 'ip_range') continue
      if (kind === 'domain') this.#shortest = Math.min(this.#shortest, value.length)
      const rows = kind === 'host' ? this.#hosts : this.#domains
      if (!rows.has(value)) rows.set(value, row)
    }
  }

  /** The first row that matches; Infinity: none. */
  first(host: string): number {
    return this.all(host)[0] ?? Number.POSITIVE_INFINITY
  }

  /** Every row that matches, ascending. */
  all(host: string): number[] {
    const own = this.#hosts.get(host)
    const rows = own === undefined ? [] : [own]
    for (let at = 0; at >= 0 && host.length - at >= this.#shortest; ) {
      const row = this.#domains.get(at === 0 ? host : host.slice(at))
      if (row !== undefined) rows.push(row)
      const dot = host.indexOf('.', at)
      at = dot < 0 ? -1 : dot + 1
    }
    return rows.length < 2 ? rows : rows.sort((a, b) => a - b)
  }
}

/**
 * A host as the tables of ATS compare it: the last label and those from the fourth on without regard to case, the
 * second and third exactly (9.2.9 and 10.x, measured). Rules are lower-case.
 */
export function asCompared(host: string): string {
  if (!/[A-Z]/.test(host)) return host
  const labels = host.split('.')
  return labels
    .map((label, index) => {
      const fromRight = labels.length - index
      return fromRight === 2 || fromRight === 3 ? label : label.toLowerCase()
    })
    .join('.')
}
