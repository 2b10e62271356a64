/** What differs between the rules and settings of two sides, once they have come. */
import { RulesDiff } from '../diff/RulesDiff.tsx'
import { t } from '../locales/i18n.ts'
import { QueryPanel } from '../words.tsx'
import type { createSideChanges } from './sideChanges.ts'

interface SidesDiffProps {
  readonly changes: ReturnType<typeof createSideChanges>
  readonly rows: number
  /** Shown when nothing differs; by default that both have the same rules. */
  readonly sameText?: string
}

export function SidesDiff(props: SidesDiffProps) {
  return (
    <QueryPanel query={props.changes} rows={props.rows}>
      {(changes) => <RulesDiff changes={changes()} sameText={props.sameText ?? t('versions.sameRules')} />}
    </QueryPanel>
  )
}
