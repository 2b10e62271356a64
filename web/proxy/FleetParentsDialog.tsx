/** Takes a parent host out on many proxies, or brings it back: which, of those that they have. */
import { createMemo, createSignal, For, Show } from 'solid-js'
import { plural, t } from '../locales/i18n.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { QueryPanel } from '../words.tsx'
import type { BulkItem } from './bulk.ts'
import { ParentChange } from './ParentChange.tsx'
import { concernedBy, createParentHosts, type ParentAct } from './parentHosts.ts'

interface FleetParentsDialogProps {
  readonly items: readonly BulkItem[]
  readonly onClose: () => void
}

export function FleetParentsDialog(props: FleetParentsDialogProps) {
  return (
    <Dialog
      isOpen
      onClose={() => props.onClose()}
      title={plural('takeOut.fleetTitle', props.items.length)}
      closeLabel={t('action.close')}
    >
      <Choosing {...props} />
    </Dialog>
  )
}

function Choosing(props: FleetParentsDialogProps) {
  const scope = { proxyIds: props.items.map((item) => item.id) }
  const { query, hosts } = createParentHosts(() => scope)
  const [act, setAct] = createSignal<ParentAct>('takeOut')
  const [name, setName] = createSignal<string>()
  const choices = createMemo(() => (hosts() ?? []).filter((host) => concernedBy(act(), host) > 0))
  const chosen = () => choices().find((host) => host.host === name())
  return (
    <ParentChange
      act={act()}
      host={chosen()}
      scope={scope}
      why={chosen() === undefined ? t('takeOut.chooseFirst') : undefined}
      onClose={() => props.onClose()}
    >
      <Segmented
        label={t('takeOut.act')}
        options={[
          { value: 'takeOut', label: t('takeOut.actOut') },
          { value: 'bringBack', label: t('takeOut.actBack') },
        ]}
        value={act()}
        onChange={setAct}
        isWide
      />
      <QueryPanel query={query} rows={2}>
        {() => (
          <Show
            when={choices().length > 0}
            fallback={
              <p class="text-muted">{t(act() === 'takeOut' ? 'takeOut.noneUsed' : 'takeOut.noneOut')}</p>
            }
          >
            <fieldset>
              <legend class="mb-1 text-sm font-medium">{t('takeOut.host')}</legend>
              <div class="max-h-48 space-y-2 overflow-y-auto rounded-lg border border-line px-3 py-2">
                <For each={choices()}>
                  {(host) => (
                    <label class="flex items-start gap-2">
                      <input
                        type="radio"
                        class="mt-0.5"
                        name="host"
                        checked={name() === host.host}
                        onChange={() => setName(host.host)}
                      />
                      <span class="min-w-0 flex-1 font-mono wrap-anywhere">{host.host}</span>
                      <span class="mt-px shrink-0 text-sm text-muted tabular-nums">
                        {plural('takeOut.proxies', concernedBy(act(), host))}
                      </span>
                    </label>
                  )}
                </For>
              </div>
            </fieldset>
          </Show>
        )}
      </QueryPanel>
    </ParentChange>
  )
}
