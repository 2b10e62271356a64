/** Short notices that a screen reader hears politely; each leaves by itself or by its button. */
import { createSignal, For, Show } from 'solid-js'
import { CircleAlertIcon, CircleCheckIcon, CloseIcon } from './icons.ts'

interface Toast {
  readonly id: number
  readonly tone: 'ok' | 'bad'
  readonly text: string
  readonly action: ToastAction | undefined
}

interface ToastAction {
  /** Such as “Undo”. */
  readonly label: string
  readonly onAction: () => void
}

const visibleMs = { ok: 5_000, bad: 12_000 } as const
const [toasts, setToasts] = createSignal<readonly Toast[]>([])
let lastId = 0

/** Shows `text`; an error, or what can be acted on, stays longer. At most four are seen, the oldest goes first. */
export function toast(tone: Toast['tone'], text: string, action?: ToastAction): void {
  lastId += 1
  const id = lastId
  setToasts((shown) => [...shown.slice(-3), { id, tone, text, action }])
  leaveLater(id, visibleMs[action ? 'bad' : tone])
}

/** Not while the pointer or the focus is on it: who reads slowly, or is about to press, keeps it. */
function leaveLater(id: number, afterMs: number): void {
  setTimeout(() => {
    const shown = document.getElementById(`toast-${id}`)
    if (shown?.matches(':hover, :focus-within')) leaveLater(id, 1_000)
    else dismiss(id)
  }, afterMs)
}

function dismiss(id: number): void {
  setToasts((shown) => shown.filter((entry) => entry.id !== id))
}

export function ToastRegion(props: { readonly label: string; readonly closeLabel: string }) {
  return (
    <section
      aria-label={props.label}
      aria-live="polite"
      class="toasts pointer-events-none fixed right-4 left-4 z-60 flex flex-col items-end gap-2"
    >
      <For each={toasts()}>
        {(entry) => (
          <div
            id={`toast-${entry.id}`}
            class="enter pointer-events-auto flex max-w-md items-start gap-2 rounded-lg border border-line bg-raised py-2 pr-2 pl-3 shadow-[0_8px_24px_var(--shadow)]"
          >
            {entry.tone === 'ok' ? (
              <CircleCheckIcon size={16} class="mt-1 shrink-0 text-ok" aria-hidden="true" />
            ) : (
              <CircleAlertIcon size={16} class="mt-1 shrink-0 text-bad" aria-hidden="true" />
            )}
            <p class="py-0.5 break-words">{entry.text}</p>
            <Show when={entry.action}>
              {(action) => (
                <button
                  type="button"
                  onClick={() => {
                    dismiss(entry.id)
                    action().onAction()
                  }}
                  class="shrink-0 rounded px-1.5 py-0.5 font-medium text-accent hover:bg-hover"
                >
                  {action().label}
                </button>
              )}
            </Show>
            <button
              type="button"
              aria-label={props.closeLabel}
              onClick={() => dismiss(entry.id)}
              class="grid size-6 shrink-0 place-items-center rounded text-muted hover:bg-hover"
            >
              <CloseIcon size={14} aria-hidden="true" />
            </button>
          </div>
        )}
      </For>
    </section>
  )
}
