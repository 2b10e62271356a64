/** What stands where lines are missing, and how long is left. */
import { plural, t } from '../locales/i18n.ts'

export type Gap = 'SKIPPED' | 'LIMIT' | 'SLOW' | 'TRUNCATED'

export function gapWords(gap: Gap, lost: number | null): string {
  const why = t(`logs.gap.${gap}`)
  return lost === null ? t('logs.gapUnknown', { why }) : plural('logs.gap', lost, { why })
}

/** `4:07` */
export function minutesOf(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
