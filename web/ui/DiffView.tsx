/** Two texts line by line: what goes, what comes, and a few unchanged lines around; in markup of our own. */
import { structuredPatch } from 'diff'
import { createMemo, For, Show } from 'solid-js'

interface DiffViewProps {
  readonly before: string
  readonly after: string
  readonly label: string
  readonly addedLabel: string
  readonly removedLabel: string
}

const lineLooks: Readonly<Record<string, string>> = { '+': 'bg-ok-soft text-ok', '-': 'bg-bad-soft text-bad' }

export function DiffView(props: DiffViewProps) {
  const hunks = createMemo(
    () => structuredPatch('', '', props.before, props.after, '', '', { context: 3 }).hunks,
  )
  const signs: Readonly<Record<string, () => string>> = {
    '+': () => props.addedLabel,
    '-': () => props.removedLabel,
  }
  return (
    <section
      tabindex="0"
      aria-label={props.label}
      class="max-h-112 overflow-auto rounded-lg border border-line bg-surface py-1 font-mono text-xs leading-5"
    >
      <div class="w-max min-w-full">
        <For each={hunks()}>
          {(hunk) => (
            <>
              <div class="bg-sunken px-3 text-muted">{`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`}</div>
              <For each={hunk.lines}>
                {(line) => (
                  <div class={`px-3 whitespace-pre ${lineLooks[line[0] ?? ' '] ?? ''}`}>
                    <span class="mr-2 inline-block w-2 select-none" aria-hidden="true">
                      {line[0]}
                    </span>
                    <Show when={signs[line[0] ?? '']}>
                      {(sign) => <span class="sr-only">{sign()()} </span>}
                    </Show>
                    {line.slice(1)}
                  </div>
                )}
              </For>
            </>
          )}
        </For>
      </div>
    </section>
  )
}
