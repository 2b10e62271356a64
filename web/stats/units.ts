/** What the numbers of statistics are, and how each is written: one rule for axes, legends, cards and cells. */

export type Unit = 'perSecond' | 'perMinute' | 'bytesPerSecond' | 'ratio' | 'count' | 'load'

/**
 * `1.2K/s`, `340 kB/s`, `4.1%`. Three figures are what a chart can tell apart. Prefixes are decimal everywhere (1 kB is
 * 1,000 bytes), so that an axis has round numbers.
 */
export function formatAmount(locale: string, unit: Unit, value: number): string {
  switch (unit) {
    case 'perSecond':
      return `${compact(locale).format(value)}/s`
    case 'perMinute':
      return `${compact(locale).format(value)}/min`
    case 'bytesPerSecond':
      return formatBytes(locale, value)
    case 'ratio':
      return (value < 0.1 ? finePercent : percent)(locale).format(value)
    case 'count':
    case 'load':
      return compact(locale).format(value)
  }
}

/** How one amount differs from another: `+12%`; of shares in points, `+1.2 pp`. Null: nothing to compare with. */
export function formatChange(locale: string, unit: Unit, before: number, after: number): string | null {
  if (unit === 'ratio') return `${points(locale).format((after - before) * 100)} pp`
  if (before === 0) return after === 0 ? wholePercent(locale).format(0) : null
  return wholePercent(locale).format(after / before - 1)
}

const byteUnits = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

function formatBytes(locale: string, value: number): string {
  const power = value < 1_000 ? 1 : Math.floor(Math.log10(value) / 3)
  const index = Math.min(byteUnits.length, power)
  return bytes(locale)[index - 1]?.format(value / 1_000 ** index) ?? ''
}

const figures = { maximumSignificantDigits: 3 } as const
const compact = byLocale((locale) => new Intl.NumberFormat(locale, { notation: 'compact', ...figures }))
const percent = byLocale(
  (locale) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }),
)
const finePercent = byLocale(
  (locale) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 }),
)
const signed = { signDisplay: 'exceptZero' } as const
const wholePercent = byLocale(
  (locale) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0, ...signed }),
)
const points = byLocale((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 2, ...signed }))
const bytes = byLocale((locale) =>
  byteUnits.map(
    (unit) => new Intl.NumberFormat(locale, { style: 'unit', unit: `${unit}-per-second`, ...figures }),
  ),
)

/** A formatter costs far more to make than to use. */
function byLocale<Format>(make: (locale: string) => Format): (locale: string) => Format {
  const known = new Map<string, Format>()
  return (locale) => {
    const format = known.get(locale) ?? make(locale)
    known.set(locale, format)
    return format
  }
}
