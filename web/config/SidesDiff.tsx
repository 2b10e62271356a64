/** What differs between the rules and settings of two sides, once both have come. */
import { Show } from 'solid-js'
import { RulesDiff } from '../diff/RulesDiff.tsx'
import { t } from '../locales/i18n.ts'
import { QueryPanel } from '../words.tsx'
import type { createSides } from './sides.ts'

interface SidesDiffProps {
  readonly sides: ReturnType<typeof createSides>
  readonly rows: number
  /** Shown when nothing differs; by default that both have the same rules. */
  readonly sameText?: string
}

export function SidesDiff(props: SidesDiffProps) {
  return (
    <QueryPanel query={props.sides} rows={props.rows}>
      {(data) => (
        <Show when={data().after.document}>
          {(document) => (
            <RulesDiff
              before={data().before.document}
              after={document()}
              sameText={props.sameText ?? t('versions.sameRules')}
            />
          )}
        </Show>
      )}
    </QueryPanel>
  )
}
