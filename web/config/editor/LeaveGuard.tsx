/** Asks before unsaved edits are left behind; not at the end of a session, which keeps them anyway. */
import { useBeforeLeave } from '@solidjs/router'
import { createSignal, onCleanup } from 'solid-js'
import { t } from '../../locales/i18n.ts'
import { session } from '../../session.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'

interface LeaveGuardProps {
  readonly isDirty: boolean
  /** Writes the edits down before the page goes. */
  readonly onKeep: () => Promise<void>
  readonly onDiscard: () => Promise<void>
}

export function LeaveGuard(props: LeaveGuardProps) {
  const [leave, setLeave] = createSignal<() => void>()
  useBeforeLeave((event) => {
    if (!props.isDirty || event.defaultPrevented || session().kind !== 'active') return
    // Another view of the same page leaves nothing behind.
    const isSamePage =
      typeof event.to === 'string' && new URL(event.to, location.origin).pathname === event.from.pathname
    if (isSamePage) return
    event.preventDefault()
    setLeave(() => () => event.retry(true))
  })
  const onUnload = (event: BeforeUnloadEvent) => {
    if (props.isDirty) event.preventDefault()
  }
  window.addEventListener('beforeunload', onUnload)
  onCleanup(() => window.removeEventListener('beforeunload', onUnload))
  const go = async (first: () => Promise<void>) => {
    const proceed = leave()
    setLeave(undefined)
    await first()
    proceed?.()
  }
  return (
    <Dialog
      isOpen={leave() !== undefined}
      onClose={() => setLeave(undefined)}
      title={t('editor.leaveTitle')}
      description={t('editor.leaveText')}
      closeLabel={t('action.close')}
      actions={
        <>
          <Button look="danger" onClick={() => void go(props.onDiscard)}>
            {t('editor.discard')}
          </Button>
          <Button onClick={() => void go(props.onKeep)}>{t('editor.leave')}</Button>
          <Button look="primary" onClick={() => setLeave(undefined)}>
            {t('editor.stay')}
          </Button>
        </>
      }
    />
  )
}
