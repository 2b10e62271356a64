/** Instants on a time axis and in a legend, as the reader's language and time zone have them. */

const dayMs = 86_400_000

/** Ticks of an axis: the time of day, and below it the date where a new day begins; of long steps the date alone. */
export function formatTicks(locale: string, ticks: readonly number[], everyMs: number): readonly string[] {
  const date = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' })
  if (everyMs >= dayMs) return ticks.map((at) => date.format(at))
  const time = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' })
  return ticks.map((at, index) => {
    const before = ticks[index - 1]
    const isSameDay = before !== undefined && new Date(before).getDate() === new Date(at).getDate()
    return isSameDay ? time.format(at) : `${time.format(at)}\n${date.format(at)}`
  })
}

/** `Nov 20, 10:15 AM`; of steps of whole days the day, which is UTC's. */
export function formatStep(locale: string, at: number, stepMs: number): string {
  if (stepMs >= dayMs)
    return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(at)
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
  }).format(at)
}
