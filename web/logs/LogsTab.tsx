/** A proxy's captured logs: whether it is captured now, the lines, and what can be done with all of them. */
import { createSignal, Show, Suspense } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { Button } from '../ui/Button.tsx'
import { CaptureState } from './CaptureState.tsx'
import { DeleteLinesDialog } from './DeleteLinesDialog.tsx'
import { DownloadButtons } from './DownloadButtons.tsx'
import { LogView } from './LogView.tsx'

interface LogsTabProps {
  readonly proxyId: string
  readonly hostname: string
  readonly whyNotStart: string | undefined
  readonly whyNotDelete: string | undefined
}

/** Another proxy is another tab: the page makes it anew. */
export function LogsTab(props: LogsTabProps) {
  const [isDeleting, setDeleting] = createSignal(false)
  /** Counts what was deleted: the lines are fetched anew. */
  const [life, setLife] = createSignal(1)
  return (
    <div class="space-y-3">
      <CaptureState {...props} />
      <Show when={life()} keyed>
        {(_life) => (
          <LogView
            proxies={[{ id: props.proxyId, hostname: props.hostname }]}
            addressOf={({ proxyId, cursor }) => paths.proxyLogLine(proxyId, cursor)}
          >
            <DownloadButtons proxies={[{ id: props.proxyId, hostname: props.hostname }]} />
            <Button look="danger" onClick={() => setDeleting(true)} why={props.whyNotDelete}>
              {t('logs.delete')}
            </Button>
          </LogView>
        )}
      </Show>
      {/* Of its own: while the dialog's code is fetched the list must stay where it is, and where it stands. */}
      <Suspense>
        <Show when={isDeleting()}>
          <DeleteLinesDialog
            proxyId={props.proxyId}
            hostname={props.hostname}
            onClose={() => setDeleting(false)}
            onDeleted={() => setLife((count) => count + 1)}
          />
        </Show>
      </Suspense>
    </div>
  )
}
