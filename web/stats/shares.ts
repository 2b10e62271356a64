/** How much of a host's memory is in use. */
import { shareOf } from '#core/shares'

interface Memory {
  readonly hostMemoryAvailableBytes?: number | null
  readonly hostMemoryTotalBytes?: number | null
}

/** What programs could not have, 0–1; null when that is not known. */
export function shareUsed({ hostMemoryAvailableBytes, hostMemoryTotalBytes }: Memory): number | null {
  const free = shareOf(hostMemoryAvailableBytes ?? null, hostMemoryTotalBytes ?? null)
  return free === null ? null : 1 - free
}
