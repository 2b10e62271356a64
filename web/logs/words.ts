/** What stands where lines are missing. */
import { plural, t } from '../locales/i18n.ts'

export type Gap = 'SKIPPED' | 'LIMIT' | 'SLOW' | 'TRUNCATED'

export function gapWords(gap: Gap, lost: number | null): string {
  const why = t(`logs.gap.${gap}`)
  return lost === null ? t('logs.gapUnknown', { why }) : plural('logs.gap', lost, { why })
}
