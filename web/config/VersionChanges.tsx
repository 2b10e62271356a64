/** What a version changed against the one before it; asked for when this is opened, and not earlier. */
import { SidesDiff } from './SidesDiff.tsx'
import { createSideChanges } from './sideChanges.ts'

interface VersionChangesProps {
  readonly configId: string
  readonly versionId: string
  /** Undefined: it is the first. */
  readonly previousId: string | undefined
}

export function VersionChanges(props: VersionChangesProps) {
  const changes = createSideChanges(
    () => props.configId,
    () => props.previousId ?? 'none',
    () => props.versionId,
  )
  return (
    <div class="mt-2 overflow-hidden rounded-lg border border-line bg-surface">
      <SidesDiff changes={changes} rows={2} />
    </div>
  )
}
