/** Numbers, times and durations as words of a locale. */

const dateTime = byLocale(
  (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }),
)
const dateTimeUtc = byLocale(
  (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' }),
)
const dateTimeToTheMinute = byLocale(
  (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
)
const timeOfDay = byLocale((locale) => new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }))
const relative = byLocale(
  (locale) => new Intl.RelativeTimeFormat(locale, { style: 'narrow', numeric: 'always' }),
)
const relativeNow = byLocale(
  (locale) => new Intl.RelativeTimeFormat(locale, { style: 'narrow', numeric: 'auto' }),
)
const number = byLocale((locale) => new Intl.NumberFormat(locale))
const pluralRules = byLocale((locale) => new Intl.PluralRules(locale))
const span = byLocale((locale) => spanFormat(locale, 1))
const shortSpan = byLocale((locale) => spanFormat(locale, 2))

/** What nearly every page uses, one by one: the first of a kind reads its language's data, for 10 ms and more. */
export const firstFormats: readonly ((locale: string) => void)[] = [
  number,
  pluralRules,
  dateTime,
  dateTimeUtc,
  relative,
]

/** `10,000` */
export function formatNumber(locale: string, value: number): string {
  return number(locale).format(value)
}

/** Which form of a word goes with this many things. */
export function pluralCategory(locale: string, count: number): Intl.LDMLPluralRule {
  return pluralRules(locale).select(count)
}

/** Date and time in the reader's time zone. */
export function formatDateTime(locale: string, at: string): string {
  return dateTime(locale).format(new Date(at))
}

/** `Nov 20, 2026, 10:00 – 11:30 AM`, in the reader's time zone. */
export function formatDateTimeSpan(locale: string, since: string, until: string): string {
  return dateTimeToTheMinute(locale).formatRange(new Date(since), new Date(until))
}

/** The time of day of an instant of today, in milliseconds since the epoch. */
export function formatTime(locale: string, at: number): string {
  return timeOfDay(locale).format(at)
}

/** The same instant twice, local and UTC: what a tooltip says. */
export function formatInstant(locale: string, at: string): string {
  return `${formatDateTime(locale, at)} · ${dateTimeUtc(locale).format(new Date(at))} UTC`
}

const steps: readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** `now`, `12s ago`, `3 min ago`; a clock that is ahead counts as now. */
export function formatAgo(locale: string, ageMs: number): string {
  const seconds = Math.max(0, Math.round(ageMs / 1_000))
  const [unit, size] = steps.find(([, unitSeconds]) => seconds >= unitSeconds) ?? ['second', 1]
  const words = seconds === 0 ? relativeNow : relative
  return words(locale).format(-Math.floor(seconds / size), unit)
}

/** A short span such as `0.41s` or `3.9s`. */
export function formatSpan(locale: string, spanMs: number): string {
  const seconds = Math.max(0, spanMs / 1_000)
  return (seconds < 1 ? shortSpan : span)(locale).format(seconds)
}

function spanFormat(locale: string, maximumFractionDigits: number): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: 'second',
    unitDisplay: 'narrow',
    maximumFractionDigits,
  })
}

/** A formatter costs far more to make than to use, and a page of rows uses hundreds each second. */
function byLocale<Format>(make: (locale: string) => Format): (locale: string) => Format {
  const known = new Map<string, Format>()
  return (locale) => {
    const format = known.get(locale) ?? make(locale)
    known.set(locale, format)
    return format
  }
}
