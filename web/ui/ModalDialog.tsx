/** The modal dialog's own code, which is fetched apart: see `Dialog.tsx`. */
import { Dialog as Kobalte } from '@kobalte/core/dialog'
import { type JSX, Show } from 'solid-js'
import { createFocusReturn } from './focusReturn.ts'
import { CloseIcon } from './icons.ts'

export interface DialogProps {
  readonly title: string
  readonly description?: string | undefined
  readonly closeLabel: string
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly actions?: JSX.Element
  readonly isWide?: boolean
  /** Only its own buttons close it: what it shows would be lost. */
  readonly isHeldOpen?: boolean
  readonly children?: JSX.Element
}

export function ModalDialog(props: DialogProps) {
  const returnFocus = createFocusReturn(() => props.isOpen)
  return (
    <Kobalte open={props.isOpen} onOpenChange={(isOpen) => !isOpen && !props.isHeldOpen && props.onClose()}>
      <Kobalte.Portal>
        <Kobalte.Overlay class="scrim" />
        <div class="fixed inset-0 z-50 grid place-items-center overflow-y-auto p-4">
          <Kobalte.Content
            onCloseAutoFocus={returnFocus}
            class={`enter flex max-h-full w-full flex-col rounded-xl border border-line bg-raised shadow-[0_16px_48px_var(--shadow)] ${props.isWide ? 'max-w-2xl' : 'max-w-lg'}`}
          >
            <div class="flex items-start gap-4 px-5 pt-4">
              <div class="min-w-0 flex-1">
                <Kobalte.Title class="text-lg font-semibold">{props.title}</Kobalte.Title>
                <Show when={props.description}>
                  <Kobalte.Description class="mt-1 text-muted">{props.description}</Kobalte.Description>
                </Show>
              </div>
              <Show when={!props.isHeldOpen}>
                <Kobalte.CloseButton
                  class="-mr-1 grid size-8 place-items-center rounded-md text-muted hover:bg-hover hover:text-text"
                  aria-label={props.closeLabel}
                >
                  <CloseIcon size={16} aria-hidden="true" />
                </Kobalte.CloseButton>
              </Show>
            </div>
            <div class="min-h-0 overflow-y-auto px-5 py-4">{props.children}</div>
            <Show when={props.actions}>
              <div class="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">
                {props.actions}
              </div>
            </Show>
          </Kobalte.Content>
        </div>
      </Kobalte.Portal>
    </Kobalte>
  )
}
