/** What benches make of the values that they took. */

/** Nearest rank. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN
}

/** To three decimals. */
export function round(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
