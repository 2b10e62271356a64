/** Shares made of two numbers: 0–1, and null where there is none. */

/** A part of a whole, 0–1; null when one of them is not known, or there was nothing to have a share of. */
export function shareOf(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole <= 0 ? null : part / whole
}

/** What was found, of all that was looked for: 0–1, null as above. */
export function hitRatioOf(hits: number | null, misses: number | null): number | null {
  return hits === null || misses === null ? null : shareOf(hits, hits + misses)
}
