/** Finds one config among any number: type a part of its name, take one of those that the server has. */
import { createMemo, createSignal, createUniqueId, For, onCleanup, Show } from 'solid-js'
import { graphql, type ResultOf } from '../graphql.ts'
import { plural, t } from '../locales/i18n.ts'
import { createQuery } from '../query.ts'
import { CloseIcon } from '../ui/icons.ts'

const configChoicesDocument = graphql(`
  query ConfigChoices($search: String) {
    configs(first: 20, search: $search) {
      totalCount
      edges { node { id name hasActiveVersion } }
    }
  }
`)
export type ConfigChoice = ResultOf<typeof configChoicesDocument>['configs']['edges'][number]['node']

interface ConfigPickerProps {
  /** Of the field, when no `<label>` names it. */
  readonly label?: string
  readonly id?: string | undefined
  readonly 'aria-describedby'?: string | undefined
  /** What the field says while nothing is chosen. */
  readonly placeholder: string
  /** The name of the config that is chosen; empty: none. */
  readonly chosen: string
  /** The list takes room of its own instead of covering what follows: in a dialog, which would cut it off. */
  readonly isInFlow?: boolean
  readonly onChoose: (config: ConfigChoice | null) => void
}

/** Pause after the last key before the server is asked. */
const typingMs = 200

export function ConfigPicker(props: ConfigPickerProps) {
  const listId = createUniqueId()
  const [isOpen, setOpen] = createSignal(false)
  const [typed, setTyped] = createSignal<string>()
  const [search, setSearch] = createSignal('')
  const [at, setAt] = createSignal(0)
  let timer: ReturnType<typeof setTimeout> | undefined
  let input: HTMLInputElement | undefined
  onCleanup(() => clearTimeout(timer))
  const query = createQuery(configChoicesDocument, {
    variables: () => (isOpen() ? { search: search() || null } : null),
    subjects: ['CONFIG'],
  })
  const choices = createMemo(() => query.data()?.configs.edges.map((edge) => edge.node) ?? [])
  const further = () => (query.data()?.configs.totalCount ?? 0) - choices().length

  const open = () => {
    setAt(0)
    setOpen(true)
  }
  const close = () => {
    setOpen(false)
    setTyped(undefined)
    setSearch('')
  }
  const type = (text: string) => {
    open()
    setTyped(text)
    clearTimeout(timer)
    timer = setTimeout(() => setSearch(text.trim()), typingMs)
  }
  const choose = (config: ConfigChoice | null) => {
    close()
    props.onChoose(config)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!isOpen()) return open()
      const by = event.key === 'ArrowDown' ? 1 : -1
      setAt((index) => (index + by + choices().length) % Math.max(1, choices().length))
    } else if (event.key === 'Enter' && isOpen()) {
      event.preventDefault()
      const choice = choices()[at()]
      if (choice) choose(choice)
    } else if (event.key === 'Escape' && isOpen()) {
      // The list closes, not the dialog around it.
      event.stopPropagation()
      close()
    }
  }
  const optionId = (index: number) => `${listId}-${index}`

  return (
    <div class="relative min-w-0">
      <input
        ref={input}
        id={props.id}
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        aria-label={props.label}
        aria-describedby={props['aria-describedby']}
        aria-expanded={isOpen()}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isOpen() && choices().length > 0 ? optionId(at()) : undefined}
        class="input truncate pr-8!"
        placeholder={props.placeholder}
        value={typed() ?? props.chosen}
        onInput={(event) => type(event.currentTarget.value)}
        onClick={open}
        onKeyDown={onKeyDown}
        onFocusOut={close}
      />
      <Show when={props.chosen !== '' && typed() === undefined}>
        <button
          type="button"
          aria-label={t('fleet.configNone')}
          title={t('fleet.configNone')}
          onClick={() => {
            choose(null)
            input?.focus()
          }}
          class="absolute top-1 right-1 grid size-6 place-items-center rounded text-muted hover:bg-hover hover:text-text"
        >
          <CloseIcon size={14} aria-hidden="true" />
        </button>
      </Show>
      <div
        class={`mt-1 min-w-52 rounded-lg border border-line bg-raised p-1 ${props.isInFlow ? '' : 'absolute top-full right-0 left-0 z-30 shadow-[0_8px_24px_var(--shadow)]'} ${isOpen() ? '' : 'hidden'}`}
      >
        <div
          id={listId}
          role="listbox"
          aria-label={props.label ?? props.placeholder}
          class="max-h-64 overflow-y-auto"
        >
          <For each={choices()}>
            {(config, index) => (
              // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and says which option is active.
              <div
                id={optionId(index())}
                role="option"
                aria-selected={index() === at()}
                // Before the field loses the focus and the list closes.
                onMouseDown={(event) => {
                  event.preventDefault()
                  choose(config)
                }}
                onMouseMove={() => setAt(index())}
                class={`cursor-pointer rounded px-2 py-1.5 ${index() === at() ? 'bg-hover' : ''}`}
              >
                <span class="block truncate" title={config.name}>
                  {config.name}
                </span>
                <Show when={!config.hasActiveVersion}>
                  <span class="block text-xs text-muted">{t('fleet.configNotApproved')}</span>
                </Show>
              </div>
            )}
          </For>
        </div>
        <p class="px-2 py-1 text-xs text-muted empty:hidden" role="status">
          <Show when={isOpen() && !query.isFetching()}>
            {choices().length === 0
              ? t('fleet.configNoMatch')
              : further() > 0
                ? plural('fleet.configFurther', further())
                : ''}
          </Show>
        </p>
      </div>
    </div>
  )
}
