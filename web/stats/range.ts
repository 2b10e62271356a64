/** The one time range of a page, as its URL spells it; reading and writing are inverse. */
import { only } from '../lists.tsx'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

export const presets = ['15m', '1h', '6h', '24h', '7d', '30d', '90d'] as const
export type Preset = (typeof presets)[number]
export const usualPreset: Preset = '1h'

const lengths: Readonly<Record<Preset, number>> = {
  '15m': 15 * minute,
  '1h': hour,
  '6h': 6 * hour,
  '24h': day,
  '7d': 7 * day,
  '30d': 30 * day,
  '90d': 90 * day,
}

/** Until now, or from one instant to another: milliseconds since the epoch. */
export type Range =
  | { readonly kind: 'preset'; readonly preset: Preset }
  | { readonly kind: 'fixed'; readonly since: number; readonly until: number }

export interface RangeView {
  readonly range: Range
  /** The preset that a zoomed page goes back to. */
  readonly preset: Preset
  /** The period before is drawn as well. */
  readonly isCompared: boolean
}

export type RangeParams = Readonly<Record<'range' | 'from' | 'to' | 'compare', string | undefined>>

export interface Span {
  readonly since: number
  readonly until: number
}

/** Steps are minutes: a shorter range would have no line. */
export const shortestMs = 5 * minute

/** Words that mean nothing here are taken for absent: a URL may be typed, or older than this app. */
export function rangeOf(params: Partial<RangeParams>): RangeView {
  const preset = only(presets, params.range) ?? usualPreset
  const isCompared = params.compare === '1'
  const [since, until] = [Date.parse(params.from ?? ''), Date.parse(params.to ?? '')]
  // Not a number fails this as well.
  if (!(since < until)) return { range: { kind: 'preset', preset }, preset, isCompared }
  return { range: { kind: 'fixed', since, until }, preset, isCompared }
}

/** What is usual is left out, so that the plain address is the plain view. */
export function paramsOfRange({ range, preset, isCompared }: RangeView): RangeParams {
  const isFixed = range.kind === 'fixed'
  return {
    range: preset === usualPreset ? undefined : preset,
    from: isFixed ? new Date(range.since).toISOString() : undefined,
    to: isFixed ? new Date(range.until).toISOString() : undefined,
    compare: isCompared ? '1' : undefined,
  }
}

/** @param now milliseconds since the epoch, by the server's clock */
export function spanOf(range: Range, now: number): Span {
  if (range.kind === 'fixed') return range
  return { since: now - lengths[range.preset], until: now }
}

/** As long, and right before. */
export function spanBefore({ since, until }: Span): Span {
  return { since: since - (until - since), until: since }
}

/** A stretch of at least five whole minutes around two instants, in either order. */
export function zoomed(one: number, other: number): Range {
  const [first, last] = one < other ? [one, other] : [other, one]
  const missing = Math.max(0, shortestMs - (last - first)) / 2
  return {
    kind: 'fixed',
    since: Math.floor((first - missing) / minute) * minute,
    until: Math.ceil((last + missing) / minute) * minute,
  }
}

/** How far the sums must be ahead of a page that shows the present before it is renewed: long steps change slowly. */
export function renewalSeconds(preset: Preset): number {
  if (lengths[preset] <= hour) return 0
  return lengths[preset] <= 6 * hour ? 30 : 60
}
