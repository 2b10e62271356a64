/** What a version changed against the one before it; both documents are fetched when this is opened, and not earlier. */
import { Show } from 'solid-js'
import { RulesDiff } from '../diff/RulesDiff.tsx'
import { t } from '../locales/i18n.ts'
import { QueryPanel } from '../words.tsx'
import { both, createFetched } from './fetched.ts'
import { fetchDocument } from './sides.ts'

interface VersionChangesProps {
  readonly configId: string
  readonly versionId: string
  /** Undefined: it is the first, everything in it is new. */
  readonly previousId: string | undefined
}

export function VersionChanges(props: VersionChangesProps) {
  const fetch = (side: string) => fetchDocument(props.configId, side)
  const before = createFetched(() => props.previousId ?? 'none', fetch)
  const after = createFetched(() => props.versionId, fetch)
  return (
    <div class="mt-2 overflow-hidden rounded-lg border border-line bg-surface">
      <QueryPanel query={both(before, after)} rows={2}>
        {(data) => (
          <Show when={data().after.document}>
            {(document) => (
              <RulesDiff
                before={data().before.document}
                after={document()}
                sameText={t('versions.sameRules')}
              />
            )}
          </Show>
        )}
      </QueryPanel>
    </div>
  )
}
