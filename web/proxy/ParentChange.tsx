/** Takes a parent's host out or brings it back: what that means, why, and what became of it. For the dialogs that choose where. */
import { createSignal, For, type JSX, Show } from 'solid-js'
import { plural, t } from '../locales/i18n.ts'
import { Button } from '../ui/Button.tsx'
import { Field } from '../ui/Field.tsx'
import { CircleXIcon, TriangleAlertIcon } from '../ui/icons.ts'
import { Notice } from '../ui/states.tsx'
import { ParentChanged } from './ParentChanged.tsx'
import {
  changeParent,
  concernedBy,
  type ParentAct,
  type ParentHost,
  type ParentScope,
} from './parentHosts.ts'

export interface ParentChangeProps {
  readonly act: ParentAct
  /** The host, with its numbers of the proxies in `scope`; none: not chosen yet. */
  readonly host: ParentHost | undefined
  readonly scope: ParentScope
  /** Why it can't be done yet, when that is not the host. */
  readonly why?: string | undefined
  readonly onClose: () => void
  /** What there is to choose, above the consequences. */
  readonly children: JSX.Element
}

const longestReason = 500

export function ParentChange(props: ParentChangeProps) {
  const [reason, setReason] = createSignal('')
  const [isBusy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<string>()
  /** What was done, as it was asked for. */
  const [changed, setChanged] = createSignal<{ readonly host: string; readonly count: number }>()
  const concerned = () => concernedBy(props.act, props.host)
  const why = () => {
    if (props.why !== undefined) return props.why
    if (concerned() === 0) return t('takeOut.nothing')
    return props.act === 'takeOut' && reason().trim() === '' ? t('takeOut.reasonFirst') : undefined
  }
  const change = async () => {
    const host = props.host?.host
    if (host === undefined || why() !== undefined || isBusy()) return
    setBusy(true)
    setFault(undefined)
    const done = await changeParent(props.act, { ...props.scope, host, reason: reason().trim() })
    setBusy(false)
    if (typeof done === 'string') setFault(done)
    else setChanged({ host, count: done })
  }
  return (
    <Show
      when={changed()}
      fallback={
        <form
          class="space-y-4"
          onSubmit={(event) => {
            event.preventDefault()
            void change()
          }}
        >
          {props.children}
          <Show when={props.host}>{(host) => <Consequence act={props.act} host={host()} />}</Show>
          <Show when={props.act === 'takeOut'}>
            <Field label={t('takeOut.reason')} hint={t('takeOut.reasonHint')}>
              {(control) => (
                <input
                  {...control}
                  class="input"
                  autocomplete="off"
                  maxLength={longestReason}
                  value={reason()}
                  onInput={(event) => setReason(event.currentTarget.value)}
                />
              )}
            </Field>
          </Show>
          <Show when={fault()}>
            {(sentence) => (
              <div role="alert">
                <Notice tone="bad" icon={<CircleXIcon size={16} aria-hidden="true" />}>
                  {sentence()}
                </Notice>
              </div>
            )}
          </Show>
          <div class="flex flex-wrap justify-end gap-2">
            <Button onClick={() => props.onClose()}>{t('action.cancel')}</Button>
            <Button
              type="submit"
              look={props.act === 'takeOut' ? 'danger' : 'primary'}
              isBusy={isBusy()}
              why={why()}
            >
              {plural(props.act === 'takeOut' ? 'takeOut.now' : 'takeOut.backNow', concerned())}
            </Button>
          </div>
        </form>
      }
    >
      {(done) => (
        <ParentChanged
          act={props.act}
          host={done().host}
          count={done().count}
          scope={props.scope}
          onClose={() => props.onClose()}
        />
      )}
    </Show>
  )
}

function Consequence(props: { readonly act: ParentAct; readonly host: ParentHost }) {
  const isTakenOut = () => props.act === 'takeOut'
  const failing = () => props.host.lastOn - props.host.directOn
  return (
    <>
      <Show when={props.host.ports.length > 0} fallback={<p class="text-muted">{t('takeOut.backUnused')}</p>}>
        <div>
          <p>{plural(isTakenOut() ? 'takeOut.together' : 'takeOut.backTogether', props.host.ports.length)}</p>
          <ul class="mt-1 rounded-lg border border-line bg-sunken px-3 py-2 font-mono text-sm">
            <For each={props.host.ports}>
              {(port) => <li class="wrap-anywhere">{`${props.host.host}:${port}`}</li>}
            </For>
          </ul>
        </div>
      </Show>
      <Show when={isTakenOut() && props.host.usedOn > 0}>
        <Show when={failing() > 0}>
          <Notice tone="bad" icon={<TriangleAlertIcon size={16} aria-hidden="true" />}>
            <p class="font-medium">{plural('takeOut.failsOn', failing())}</p>
          </Notice>
        </Show>
        <Show when={props.host.directOn > 0}>
          <Notice tone="warn" icon={<TriangleAlertIcon size={16} aria-hidden="true" />}>
            <p class="font-medium">{plural('takeOut.directOn', props.host.directOn)}</p>
          </Notice>
        </Show>
        <p class="text-muted">
          {props.host.lastOn < props.host.usedOn ? t('takeOut.remaining') : ''} {t('takeOut.stays')}
        </p>
      </Show>
    </>
  )
}
