/** Who is logged in, and what they choose for themselves: theme, language, shortcuts, leaving. */
import { createSignal, createUniqueId, type JSX, Show } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { logOut, session } from '../session.ts'
import { ChevronsUpDownIcon, KeyboardIcon, LogOutIcon } from '../ui/icons.ts'
import { Kbd } from '../ui/Kbd.tsx'
import { LanguageChoice, ThemeChoice } from './Preferences.tsx'
import { openHelp } from './surfaces.ts'

/** The button at the foot of the side bar, and the panel that it opens. */
export function UserMenu(props: { readonly shape: 'full' | 'rail' }) {
  const id = createUniqueId()
  let panel: HTMLDivElement | undefined
  const [wasOpened, setOpened] = createSignal(false)
  const close = () => panel?.hidePopover()
  return (
    <Show
      when={activeUser()}
      // As high as the button: nothing moves when the session is there.
      fallback={<span class={props.shape === 'rail' ? 'h-10' : 'h-12'} />}
    >
      {(user) => (
        <>
          <button
            type="button"
            popovertarget={id}
            title={props.shape === 'rail' ? user().name : undefined}
            class={`flex items-center gap-2 rounded-md py-1.5 text-left hover:bg-hover ${props.shape === 'rail' ? 'justify-center' : 'px-2'}`}
          >
            <Initials name={user().name} />
            <Show when={props.shape === 'full'} fallback={<span class="sr-only">{user().name}</span>}>
              <span class="min-w-0 flex-1">
                <span class="block truncate font-medium">{user().name}</span>
                <span class="block truncate text-xs text-muted">{t(`role.${user().role}`)}</span>
              </span>
              <ChevronsUpDownIcon size={14} class="shrink-0 text-muted" aria-hidden="true" />
            </Show>
            <span class="sr-only">{t('user.preferences')}</span>
          </button>
          <div
            id={id}
            ref={panel}
            popover="auto"
            on:beforetoggle={() => setOpened(true)}
            role="dialog"
            aria-label={t('user.menu')}
            class="user-panel enter w-72 rounded-lg border border-line bg-raised p-3 text-text shadow-[0_8px_24px_var(--shadow)]"
          >
            <Show when={wasOpened()}>
              <UserPanel onDone={close} />
            </Show>
          </div>
        </>
      )}
    </Show>
  )
}

/** The same as a part of a drawer. */
export function UserPanel(props: { readonly onDone: () => void }) {
  const run = (act: () => void) => () => {
    props.onDone()
    act()
  }
  return (
    <Show when={activeUser()}>
      {(user) => (
        <div class="flex flex-col gap-3">
          <div class="flex items-center gap-2">
            <Initials name={user().name} />
            <div class="min-w-0">
              <p class="truncate font-medium">{user().name}</p>
              <p class="truncate text-xs text-muted" title={user().email}>
                {user().email} · {t(`role.${user().role}`)}
              </p>
            </div>
          </div>
          <ThemeChoice />
          <LanguageChoice />
          <div class="-mx-1 flex flex-col border-t border-line pt-2">
            <Row onClick={run(openHelp)} icon={<KeyboardIcon size={15} aria-hidden="true" />}>
              <span class="flex-1">{t('shortcuts.title')}</span>
              <span aria-hidden="true">
                <Kbd keys="?" />
              </span>
            </Row>
            <Row onClick={run(() => void logOut())} icon={<LogOutIcon size={15} aria-hidden="true" />}>
              {t('app.logOut')}
            </Row>
          </div>
        </div>
      )}
    </Show>
  )
}

function Row(props: {
  readonly onClick: () => void
  readonly icon: JSX.Element
  readonly children: JSX.Element
}) {
  return (
    <button type="button" onClick={() => props.onClick()} class="nav-link px-1.5">
      {props.icon}
      {props.children}
    </button>
  )
}

function Initials(props: { readonly name: string }) {
  const letters = () => {
    const words = props.name.trim().split(/\s+/)
    return [words[0], words.length > 1 ? words.at(-1) : undefined]
      .map((word) => [...(word ?? '')][0] ?? '')
      .join('')
  }
  return (
    <span
      class="grid size-7 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent uppercase"
      aria-hidden="true"
    >
      {letters()}
    </span>
  )
}

function activeUser() {
  const state = session()
  return state.kind === 'active' ? state.user : undefined
}
