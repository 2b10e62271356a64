/** Shares made of two numbers; null when one of them is not known, or there was nothing to have a share of. */

export function shareOf(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole <= 0 ? null : part / whole
}

interface Memory {
  readonly hostMemoryAvailableBytes?: number | null
  readonly hostMemoryTotalBytes?: number | null
}

/** Of the host's memory, what programs could not have. */
export function shareUsed({ hostMemoryAvailableBytes, hostMemoryTotalBytes }: Memory): number | null {
  const free = shareOf(hostMemoryAvailableBytes ?? null, hostMemoryTotalBytes ?? null)
  return free === null ? null : 1 - free
}

export function hitRatio(hits: number | null, misses: number | null): number | null {
  return hits === null || misses === null ? null : shareOf(hits, hits + misses)
}
