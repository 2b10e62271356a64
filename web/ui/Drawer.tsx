/** A modal panel at the window's start edge, for navigation on narrow screens. */
import { Dialog as Kobalte } from '@kobalte/core/dialog'
import type { JSX } from 'solid-js'
import { createFocusReturn } from './focusReturn.ts'
import { CloseIcon } from './icons.ts'

interface DrawerProps {
  readonly title: string
  readonly closeLabel: string
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly children: JSX.Element
}

export function Drawer(props: DrawerProps) {
  const returnFocus = createFocusReturn(() => props.isOpen)
  return (
    <Kobalte open={props.isOpen} onOpenChange={(isOpen) => !isOpen && props.onClose()}>
      <Kobalte.Portal>
        <Kobalte.Overlay class="scrim" />
        <Kobalte.Content
          onCloseAutoFocus={returnFocus}
          class="slide fixed inset-y-0 left-0 z-50 flex w-72 max-w-[85vw] flex-col gap-4 overflow-y-auto border-r border-line bg-raised p-4"
        >
          <div class="flex items-center justify-between gap-2">
            <Kobalte.Title class="font-semibold">{props.title}</Kobalte.Title>
            <Kobalte.CloseButton class="bar-button -mr-2" aria-label={props.closeLabel}>
              <CloseIcon size={18} aria-hidden="true" />
            </Kobalte.CloseButton>
          </div>
          <div class="min-h-0 flex-1">{props.children}</div>
        </Kobalte.Content>
      </Kobalte.Portal>
    </Kobalte>
  )
}
