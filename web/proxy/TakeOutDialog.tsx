/** Takes one parent host out, or brings it back: on this proxy, on those of its config, or on all. */
import { createSignal, For } from 'solid-js'
import { plural, t } from '../locales/i18n.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { ParentChange } from './ParentChange.tsx'
import { concernedBy, createParentHosts, type ParentAct, type ParentScope } from './parentHosts.ts'

interface TakeOutDialogProps {
  readonly act: ParentAct
  readonly host: string
  readonly proxy: {
    readonly id: string
    readonly hostname: string
    readonly config: { readonly id: string; readonly name: string } | null
  }
  readonly onClose: () => void
}

export function TakeOutDialog(props: TakeOutDialogProps) {
  return (
    <Dialog
      isOpen
      onClose={() => props.onClose()}
      title={t(props.act === 'takeOut' ? 'takeOut.title' : 'takeOut.backTitle', { host: props.host })}
      closeLabel={t('action.close')}
    >
      <Choosing {...props} />
    </Dialog>
  )
}

interface Place {
  readonly label: () => string
  readonly scope: ParentScope
}

function Choosing(props: TakeOutDialogProps) {
  // As they were when the dialog opened: the choice must not move under the hand.
  const { act, host, proxy } = props
  const places: readonly Place[] = [
    { label: () => t('takeOut.here', { hostname: proxy.hostname }), scope: { proxyIds: [proxy.id] } },
    ...(proxy.config ? [configPlace(proxy.config)] : []),
    {
      label: () => t(act === 'takeOut' ? 'takeOut.everywhere' : 'takeOut.everywhereOut'),
      scope: {},
    },
  ]
  const options = places.map((place) => {
    const { query, hosts } = createParentHosts(() => ({ ...place.scope, host }))
    return { ...place, query, found: () => hosts()?.[0] }
  })
  const [index, setIndex] = createSignal(0)
  const chosen = () => options[index()]
  return (
    <ParentChange
      act={act}
      host={chosen()?.found()}
      scope={chosen()?.scope ?? {}}
      why={chosen()?.query.data() === undefined ? t('state.loading') : undefined}
      onClose={() => props.onClose()}
    >
      <fieldset class="space-y-2">
        <legend class="mb-1 text-sm font-medium">{t('takeOut.where')}</legend>
        <For each={options}>
          {(option, at) => (
            <label class="flex items-start gap-2">
              <input
                type="radio"
                class="mt-0.5"
                name="where"
                checked={index() === at()}
                onChange={() => setIndex(at())}
              />
              <span class="min-w-0 flex-1 wrap-anywhere">{option.label()}</span>
              <span class="mt-px shrink-0 text-sm text-muted tabular-nums">
                {option.query.data() ? plural('takeOut.proxies', concernedBy(act, option.found())) : '…'}
              </span>
            </label>
          )}
        </For>
      </fieldset>
    </ParentChange>
  )
}

function configPlace({ id, name }: { readonly id: string; readonly name: string }): Place {
  return { label: () => t('takeOut.config', { config: name }), scope: { runsConfigId: id } }
}
