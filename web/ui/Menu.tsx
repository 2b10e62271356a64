/** A button with a menu of actions: arrows, Home, End and first letters move, Escape gives the focus back. */
import { createSignal, createUniqueId, For, type JSX, Show } from 'solid-js'

export interface MenuItem {
  readonly label: string
  readonly icon?: JSX.Element
  readonly onSelect: () => void
  /** Set: the action is not open, for this reason. */
  readonly why?: string | undefined
  readonly tone?: 'bad'
}

interface MenuProps {
  /** What the menu holds, for screen readers; the trigger's name when it has only an icon. */
  readonly label: string
  /** The content of the button. */
  readonly trigger: JSX.Element
  readonly items: readonly MenuItem[]
  readonly triggerClass?: string
}

const gapPx = 4

export function Menu(props: MenuProps) {
  const id = createUniqueId()
  const [isOpen, setOpen] = createSignal(false)
  /** What it holds is made when it is first opened: a page has many menus, and most of them stay closed. */
  const [wasOpened, setOpened] = createSignal(false)
  let trigger: HTMLButtonElement | undefined
  let list: HTMLDivElement | undefined

  const rows = () => [...(list?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]
  const open = (at: 'first' | 'last') => {
    setOpened(true)
    list?.showPopover()
    place()
    rows()
      .at(at === 'first' ? 0 : -1)
      ?.focus()
  }
  /** Below the button where there is room, else above; never beyond the window's edge. */
  const place = () => {
    if (!list || !trigger) return
    const from = trigger.getBoundingClientRect()
    const { offsetWidth, offsetHeight } = list
    const below = from.bottom + gapPx
    const fitsBelow = below + offsetHeight <= innerHeight
    list.style.top = `${Math.max(gapPx, fitsBelow ? below : from.top - gapPx - offsetHeight)}px`
    const atStart = from.left + offsetWidth <= innerWidth - gapPx
    list.style.left = `${Math.max(gapPx, atStart ? from.left : from.right - offsetWidth)}px`
  }
  const close = () => {
    list?.hidePopover()
    trigger?.focus()
  }
  const select = (item: MenuItem) => {
    if (item.why !== undefined) return
    close()
    item.onSelect()
  }
  const openByKey = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    open(event.key === 'ArrowDown' ? 'first' : 'last')
  }
  const move = (event: KeyboardEvent) => {
    const all = rows()
    const at = all.indexOf(document.activeElement as HTMLElement)
    const targets: Readonly<Record<string, () => HTMLElement | undefined>> = {
      ArrowDown: () => all[(at + 1) % all.length],
      ArrowUp: () => all.at((at - 1) % all.length),
      Home: () => all[0],
      End: () => all.at(-1),
    }
    const isLetter = event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey
    const begins = (row: HTMLElement) =>
      row.textContent?.trim().toLowerCase().startsWith(event.key.toLowerCase())
    const target = isLetter
      ? ([...all.slice(at + 1), ...all.slice(0, at + 1)].find(begins) ?? all[at])
      : targets[event.key]?.()
    if (event.key === 'Tab') return close()
    if (event.key === 'Escape') {
      // Else a dialog around this menu would close with it.
      event.stopPropagation()
      return close()
    }
    if (!target) return
    event.preventDefault()
    event.stopPropagation()
    target.focus()
  }

  return (
    <>
      <button
        type="button"
        ref={trigger}
        aria-label={props.label}
        title={props.label}
        aria-haspopup="menu"
        aria-expanded={isOpen()}
        aria-controls={id}
        onClick={() => (isOpen() ? close() : open('first'))}
        onKeyDown={openByKey}
        class={
          props.triggerClass ??
          'inline-flex h-8 min-w-8 shrink-0 items-center justify-center gap-1.5 rounded-md border border-transparent px-1.5 font-medium text-muted hover:bg-hover hover:text-text aria-expanded:bg-hover'
        }
      >
        {props.trigger}
      </button>
      <div
        id={id}
        ref={list}
        popover="auto"
        role="menu"
        tabindex="-1"
        aria-label={props.label}
        on:keydown={move}
        onToggle={(event) => setOpen(event.newState === 'open')}
        class="enter fixed m-0 max-w-[calc(100vw-0.5rem)] min-w-44 rounded-lg border border-line bg-raised p-1 text-text shadow-[0_8px_24px_var(--shadow)]"
      >
        <For each={wasOpened() ? props.items : []}>
          {(item) => (
            <button
              type="button"
              role="menuitem"
              tabindex="-1"
              aria-disabled={item.why !== undefined || undefined}
              onClick={() => select(item)}
              class={`flex w-full items-start gap-2 rounded px-2 py-1.5 text-left -outline-offset-2! ${item.why === undefined ? `hover:bg-hover focus:bg-hover ${item.tone === 'bad' ? 'text-bad' : ''}` : 'cursor-not-allowed! text-muted'}`}
            >
              <Show when={item.icon}>
                <span class="mt-0.5 shrink-0">{item.icon}</span>
              </Show>
              <span class="min-w-0">
                {item.label}
                <Show when={item.why}>
                  <span class="block text-xs text-muted">{item.why}</span>
                </Show>
              </span>
            </button>
          )}
        </For>
      </div>
    </>
  )
}
