/** How files are compared, side by side or one text: chosen once for every diff, and remembered by this browser. */
import { createSignal } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { Segmented } from '../ui/Segmented.tsx'

export type DiffView = 'split' | 'unified'

const storageKey = 'apm.diffView'
const [diffView, setSignal] = createSignal<DiffView>(remembered())

export { diffView }

export function DiffViewSwitch() {
  return (
    <Segmented<DiffView>
      label={t('review.diffView')}
      value={diffView()}
      onChange={choose}
      options={[
        { value: 'split', label: t('review.diffSplit') },
        { value: 'unified', label: t('review.diffUnified') },
      ]}
    />
  )
}

function choose(view: DiffView): void {
  setSignal(view)
  try {
    localStorage.setItem(storageKey, view)
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

function remembered(): DiffView {
  try {
    return localStorage.getItem(storageKey) === 'unified' ? 'unified' : 'split'
  } catch {
    return 'split'
  }
}
