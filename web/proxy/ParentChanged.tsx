/** What became of taking a parent out or bringing it back: on how many proxies, and which agents don't know it yet. */
import { For, onMount, Show } from 'solid-js'
import { plural, t } from '../locales/i18n.ts'
import { Button } from '../ui/Button.tsx'
import { DomainName } from '../ui/DomainName.tsx'
import { CircleCheckIcon } from '../ui/icons.ts'
import { Progress } from '../ui/Progress.tsx'
import { Notice } from '../ui/states.tsx'
import { createParentHosts, type ParentAct, type ParentScope } from './parentHosts.ts'

interface ParentChangedProps {
  readonly act: ParentAct
  readonly host: string
  readonly count: number
  readonly scope: ParentScope
  readonly onClose: () => void
}

/** Nothing announces that an agent has asked. */
const pollSeconds = 2

export function ParentChanged(props: ParentChangedProps) {
  let done: HTMLButtonElement | undefined
  // The field that had the focus is gone.
  onMount(() => done?.focus())
  const isTakenOut = () => props.act === 'takeOut'
  const { hosts } = createParentHosts(
    () => (isTakenOut() ? { ...props.scope, host: props.host } : null),
    pollSeconds,
  )
  const out = () => hosts()?.[0]
  return (
    <div class="space-y-3">
      <div role="status">
        <Notice tone="ok" icon={<CircleCheckIcon size={16} aria-hidden="true" />}>
          <p class="font-medium">
            {plural(isTakenOut() ? 'takeOut.done' : 'takeOut.backDone', props.count, { host: props.host })}
          </p>
          <Show when={!isTakenOut()}>
            <p class="mt-1">{t('takeOut.backNote')}</p>
          </Show>
        </Notice>
      </div>
      <Show when={out()}>
        {(known) => (
          <>
            <Progress
              label={plural('takeOut.told', known().outOn, { told: known().outOn - known().waitingOn })}
              value={known().outOn - known().waitingOn}
              max={known().outOn}
              tone={known().waitingOn > 0 ? 'info' : 'ok'}
              isLabelled
            />
            <p>{plural('takeOut.confirmed', known().outOn, { confirmed: known().confirmedOn })}</p>
            <Show when={known().waitingOn > 0} fallback={<p class="text-muted">{t('takeOut.allTold')}</p>}>
              <p class="text-muted">{t('takeOut.waiting')}</p>
              <ul
                aria-label={t('takeOut.waitingFor')}
                class="rounded-lg border border-line bg-sunken px-3 py-2 text-sm"
              >
                <For each={known().waitingFor}>
                  {(hostname) => (
                    <li>
                      <DomainName name={hostname} />
                    </li>
                  )}
                </For>
                <Show when={known().waitingOn > known().waitingFor.length}>
                  <li class="text-muted">
                    {plural('fleet.bulkMore', known().waitingOn - known().waitingFor.length)}
                  </li>
                </Show>
              </ul>
            </Show>
          </>
        )}
      </Show>
      <div class="flex justify-end">
        <Button ref={(button) => (done = button)} look="primary" onClick={() => props.onClose()}>
          {t('action.done')}
        </Button>
      </div>
    </div>
  )
}
