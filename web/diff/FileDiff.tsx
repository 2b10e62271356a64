/** A file before and after, as a part of any page: fetched, with its texts, when a page first shows one. */
import { lazy, Suspense } from 'solid-js'
import { loadTexts, t } from '../locales/i18n.ts'
import { Skeleton } from '../ui/states.tsx'

export interface FileDiffProps {
  readonly name: string
  /** Null: there was no such file. */
  readonly before: string | null
  readonly after: string
  /** SHA-256 of `after`, shown where nothing changed. */
  readonly sha256?: string | undefined
  /** What the two sides are, when it is not plain: `version 3`, `on disk`. */
  readonly beforeLabel?: string
  readonly afterLabel?: string
}

const FileDiffPanel = lazy(async () => {
  const [file] = await Promise.all([import('./FileDiffPanel.tsx'), loadTexts('review')])
  return { default: file.FileDiffPanel }
})

/** For a page that will show one as soon as its files have come. */
export function preloadFileDiff(): void {
  void FileDiffPanel.preload()
}

export function FileDiff(props: FileDiffProps) {
  return (
    <Suspense fallback={<Skeleton rows={3} label={t('state.loading')} />}>
      <FileDiffPanel {...props} />
    </Suspense>
  )
}
