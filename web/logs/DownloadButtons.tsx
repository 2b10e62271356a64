/** Takes all kept lines of the shown proxies away, as text or as JSON lines. */
import { createSignal, For } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { Button } from '../ui/Button.tsx'
import { exportLines, type LogFormat } from './exportLines.ts'
import type { ShownProxy } from './shownLine.ts'

const downloads = [
  { format: 'text', label: 'logs.downloadText' },
  { format: 'json', label: 'logs.downloadJson' },
] as const

export function DownloadButtons(props: { readonly proxies: readonly ShownProxy[] }) {
  const [busy, setBusy] = createSignal<LogFormat>()
  const take = async (format: LogFormat) => {
    setBusy(format)
    await exportLines(props.proxies, format)
    setBusy(undefined)
  }
  return (
    <For each={downloads}>
      {({ format, label }) => (
        <Button onClick={() => void take(format)} isBusy={busy() === format}>
          {t(label)}
        </Button>
      )}
    </For>
  )
}
