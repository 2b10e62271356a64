/** ATS's own words about what went wrong; the file and the line that it names stand out. */
import { For, Show } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { piecesOf } from './atsWords.ts'

export function AtsWords(props: { readonly text: string }) {
  return (
    <div class="relative mt-2">
      <section
        tabindex="0"
        aria-label={t('proxy.message')}
        class="max-h-48 overflow-auto rounded-lg border border-line bg-surface p-3 pr-10 text-text"
      >
        <pre class="font-mono text-xs leading-5 wrap-anywhere whitespace-pre-wrap">
          <For each={piecesOf(props.text)}>
            {(piece) => (
              <Show when={piece.isPlace} fallback={piece.text}>
                <mark class="rounded bg-bad-soft px-0.5 font-semibold text-bad">{piece.text}</mark>
              </Show>
            )}
          </For>
        </pre>
      </section>
      <span class="absolute top-2 right-2 rounded bg-surface">
        <CopyButton value={props.text} label={t('copy.text')} copiedLabel={t('copy.done')} />
      </span>
    </div>
  )
}
