/** What stands where lines are missing, and how long is left. */
import { plural, t } from '../locales/i18n.ts'

/** What the server says, and what only this page has: lines deleted before they came, or older than it asked for. */
export type Gap = 'SKIPPED' | 'LIMIT' | 'SLOW' | 'TRUNCATED' | 'DELETED' | 'EARLIER'

export function gapWords(gap: Gap, lost: number | null): string {
  if (gap === 'EARLIER') return t('logs.earlier')
  const why = t(`logs.gap.${gap}`)
  return lost === null ? t('logs.gapUnknown', { why }) : plural('logs.gap', lost, { why })
}

/** `4:07` */
export function minutesOf(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
