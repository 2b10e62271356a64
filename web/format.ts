/** Numbers, times and durations as words of a locale. */

/** Date and time in the reader's time zone. */
export function formatDateTime(locale: string, at: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(at))
}

/** The time of day of an instant of today, in milliseconds since the epoch. */
export function formatTime(locale: string, at: number): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }).format(at)
}

/** The same instant twice, local and UTC: what a tooltip says. */
export function formatInstant(locale: string, at: string): string {
  const utc = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' })
  return `${formatDateTime(locale, at)} · ${utc.format(new Date(at))} UTC`
}

const steps: readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** `now`, `12s ago`, `3 min ago`; a clock that is ahead counts as now. */
export function formatAgo(locale: string, ageMs: number): string {
  const seconds = Math.max(0, Math.round(ageMs / 1_000))
  const words = new Intl.RelativeTimeFormat(locale, {
    style: 'narrow',
    numeric: seconds === 0 ? 'auto' : 'always',
  })
  const [unit, size] = steps.find(([, unitSeconds]) => seconds >= unitSeconds) ?? ['second', 1]
  return words.format(-Math.floor(seconds / size), unit)
}

/** A short span such as `0.41s` or `3.9s`. */
export function formatSpan(locale: string, spanMs: number): string {
  const seconds = Math.max(0, spanMs / 1_000)
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: 'second',
    unitDisplay: 'narrow',
    maximumFractionDigits: seconds < 1 ? 2 : 1,
  }).format(seconds)
}
