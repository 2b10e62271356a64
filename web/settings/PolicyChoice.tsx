/** One policy of a few, each said in a sentence: what is chosen counts once the server has taken it. */
import { createSignal, For, Show } from 'solid-js'

interface PolicyChoiceProps<Policy extends string> {
  readonly legend: string
  /** Where the panel's title says it already. */
  readonly isLegendHidden?: boolean
  readonly policies: readonly Policy[]
  /** The one in force. */
  readonly chosen: Policy
  readonly words: (policy: Policy) => string
  readonly isOpen: boolean
  /** @returns why it was refused; undefined: it was taken */
  readonly onChoose: (policy: Policy) => Promise<string | undefined>
}

export function PolicyChoice<Policy extends string>(props: PolicyChoiceProps<Policy>) {
  const [fault, setFault] = createSignal<string>()
  let list: HTMLFieldSetElement | undefined
  const choose = async (policy: Policy) => {
    setFault(await props.onChoose(policy))
    // The browser has marked what was clicked; after a refusal the other one is still in force.
    for (const radio of list?.querySelectorAll('input') ?? []) radio.checked = radio.value === props.chosen
  }
  return (
    <fieldset ref={list} class="space-y-2" disabled={!props.isOpen}>
      <legend class={props.isLegendHidden ? 'sr-only' : 'mb-1 text-sm font-medium'}>{props.legend}</legend>
      <For each={props.policies}>
        {(policy) => (
          <label class="flex items-start gap-2">
            <input
              type="radio"
              class="mt-0.5"
              name={props.legend}
              value={policy}
              checked={props.chosen === policy}
              onChange={() => void choose(policy)}
            />
            {props.words(policy)}
          </label>
        )}
      </For>
      <Show when={fault()}>
        <p role="alert" class="text-xs text-bad">
          {fault()}
        </p>
      </Show>
    </fieldset>
  )
}
