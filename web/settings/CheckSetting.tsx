/** One setting that is on or off: what is ticked counts once the server has taken it. */
import { createSignal, Show } from 'solid-js'

interface CheckSettingProps {
  readonly label: string
  readonly note: string
  /** What is in force. */
  readonly value: boolean
  /** Whether the reader may change it. */
  readonly isOpen: boolean
  /** @returns why it was refused; undefined: it was taken */
  readonly onSave: (value: boolean) => Promise<string | undefined>
}

export function CheckSetting(props: CheckSettingProps) {
  const [fault, setFault] = createSignal<string>()
  const save = async (box: HTMLInputElement) => {
    setFault(await props.onSave(box.checked))
    // The browser has ticked it; after a refusal what was before is still in force.
    box.checked = props.value
  }
  return (
    <div>
      <label class="flex items-start gap-2">
        <input
          type="checkbox"
          class="mt-0.5"
          checked={props.value}
          disabled={!props.isOpen}
          onChange={(event) => void save(event.currentTarget)}
        />
        <span>
          {props.label}
          <span class="block text-xs text-muted">{props.note}</span>
        </span>
      </label>
      <Show when={fault()}>
        <p role="alert" class="mt-1 text-xs text-bad">
          {fault()}
        </p>
      </Show>
    </div>
  )
}
