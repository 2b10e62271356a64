/** The filtered audit trail as a file: streamed by the server, so that it may be of any length. */
import { createSignal } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { freshAuthorization } from '../session.ts'
import { fileTime, saveFile } from '../ui/saveFile.ts'
import { toast } from '../ui/toast.tsx'
import type { AuditFilter } from './feed.ts'

export type ExportFormat = 'csv' | 'json'

export function createDownload(filter: () => AuditFilter) {
  const [loadedBytes, setLoadedBytes] = createSignal<number>()
  let running: AbortController | undefined

  async function start(format: ExportFormat): Promise<void> {
    if (running) return
    running = new AbortController()
    setLoadedBytes(0)
    try {
      const file = await fetchExport(format, filter(), running.signal, setLoadedBytes)
      saveFile(`audit-${fileTime()}.${format}`, file.type, file)
    } catch (error) {
      if (!running.signal.aborted)
        toast('bad', error instanceof Refused ? error.message : t('audit.exportBroken'))
    }
    running = undefined
    setLoadedBytes(undefined)
  }

  return {
    start,
    stop: () => running?.abort(),
    /** Undefined: none runs. */
    loadedBytes,
  }
}

/** In a sentence for the reader. */
class Refused extends Error {}

async function fetchExport(
  format: ExportFormat,
  filter: AuditFilter,
  signal: AbortSignal,
  onLoaded: (bytes: number) => void,
): Promise<Blob> {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(filter)) if (value) search.set(name, value)
  const authorization = (await freshAuthorization()) ?? ''
  const response = await fetch(`/export/audit.${format}?${search}`, { headers: { authorization }, signal })
  if (response.status === 503) throw new Refused(t('audit.exportBusy'))
  if (!response.ok || response.body === null) throw new Refused(await response.text())
  const parts: BlobPart[] = []
  let bytes = 0
  const reader = response.body.getReader()
  // Cut off on its way it throws: half a file is never saved.
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value)
    bytes += part.value.length
    onLoaded(bytes)
  }
  return new Blob(parts, { type: response.headers.get('content-type') ?? '' })
}
