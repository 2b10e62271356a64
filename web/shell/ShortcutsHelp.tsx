/** Which shortcuts work here: those of the page first, then those of the whole app. */
import { For, Show } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { hasSingleKeys, type Shortcut, shortcuts, writtenKeys } from '../shortcuts.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Kbd } from '../ui/Kbd.tsx'
import { Notice } from '../ui/states.tsx'
import { closeSurface } from './surfaces.ts'

export function ShortcutsHelp() {
  const ofPage = () => shortcuts().filter((shortcut) => !shortcut.isApp)
  const ofApp = () => shortcuts().filter((shortcut) => shortcut.isApp)
  return (
    <Dialog isOpen title={t('shortcuts.title')} closeLabel={t('action.close')} onClose={closeSurface}>
      <div class="flex flex-col gap-5">
        <Show when={!hasSingleKeys()}>
          <Notice tone="info">{t('shortcuts.areOff')}</Notice>
        </Show>
        <Show when={ofPage().length > 0}>
          <Keys title={t('shortcuts.ofPage')} shortcuts={ofPage()} />
        </Show>
        <Keys title={t('shortcuts.ofApp')} shortcuts={ofApp()} />
      </div>
    </Dialog>
  )
}

function Keys(props: { readonly title: string; readonly shortcuts: readonly Shortcut[] }) {
  return (
    <section>
      <h3 class="mb-1 text-sm font-medium text-muted">{props.title}</h3>
      <dl class="divide-y divide-line">
        <For each={byLabel(props.shortcuts)}>
          {([label, alike]) => (
            <div class="flex items-center justify-between gap-4 py-1.5">
              <dt>{label}</dt>
              <dd class="flex flex-wrap justify-end gap-2">
                <For each={alike}>{({ keys }) => <Kbd keys={writtenKeys(keys)} />}</For>
              </dd>
            </div>
          )}
        </For>
      </dl>
    </section>
  )
}

/** Two ways to do one thing stand in one line. */
function byLabel(all: readonly Shortcut[]): readonly (readonly [string, readonly Shortcut[]])[] {
  const labels = [...new Set(all.map(({ label }) => label))]
  return labels.map((label) => [label, all.filter((shortcut) => shortcut.label === label)])
}
