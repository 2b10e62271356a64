/** Copies a value, also where the page is no secure context and the clipboard API is missing. */
import { createSignal, onCleanup, Show } from 'solid-js'
import { CheckIcon, CopyIcon } from './icons.ts'

interface CopyButtonProps {
  readonly value: string
  readonly label: string
  readonly copiedLabel: string
}

export function CopyButton(props: CopyButtonProps) {
  const [isCopied, setCopied] = createSignal(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  const copy = async () => {
    await copyText(props.value)
    setCopied(true)
    clearTimeout(timer)
    timer = setTimeout(() => setCopied(false), 1_500)
  }
  return (
    <button
      type="button"
      onClick={() => void copy()}
      aria-label={isCopied() ? props.copiedLabel : props.label}
      title={isCopied() ? props.copiedLabel : props.label}
      class="inline-grid size-6 shrink-0 place-items-center rounded text-muted hover:bg-hover hover:text-text"
    >
      <Show when={isCopied()} fallback={<CopyIcon size={13} aria-hidden="true" />}>
        <CheckIcon size={14} class="text-ok" aria-hidden="true" />
      </Show>
    </button>
  )
}

export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'sr-only'
  // Inside an open dialog the focus trap would take the selection away from an element outside it.
  const host = document.activeElement?.closest('[role=dialog]') ?? document.body
  host.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}
