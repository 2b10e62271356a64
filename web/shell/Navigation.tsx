/** The links to the app's areas, with labels or as icons alone. */
import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { placeGroups } from './places.ts'

interface NavigationProps {
  /** Labels are only spoken, and shown as tooltips. */
  readonly isRail?: boolean
  readonly onChoose?: () => void
}

export function Navigation(props: NavigationProps) {
  return (
    <nav aria-label={t('app.navigation')} class="flex flex-col gap-4">
      <For each={placeGroups}>
        {(group) => (
          <div>
            <p class={props.isRail ? 'sr-only' : 'mb-1 px-2 text-xs font-medium text-muted'}>
              {group.label()}
            </p>
            <ul class="flex flex-col gap-0.5">
              <For each={group.places}>
                {(place) => (
                  <li>
                    <A
                      href={place.href}
                      title={props.isRail ? place.label() : undefined}
                      onClick={() => props.onChoose?.()}
                      class={`nav-link ${props.isRail ? 'justify-center' : 'px-2'}`}
                      activeClass="nav-link-active"
                      inactiveClass=""
                    >
                      <place.icon size={16} class="shrink-0" aria-hidden="true" />
                      <span class={props.isRail ? 'sr-only' : 'truncate'}>{place.label()}</span>
                    </A>
                  </li>
                )}
              </For>
            </ul>
            <Show when={props.isRail}>
              <div class="mx-2 mt-4 border-t border-line" />
            </Show>
          </div>
        )}
      </For>
    </nav>
  )
}
