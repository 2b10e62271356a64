/** Who may use the proxies: ranges in order, of which the first that fits decides. */
import { createSignal, For, Index, Show } from 'solid-js'
import { type ClientRule, limits } from '#core/config-document'
import { ClientAction } from '#core/vocabulary'
import { t } from '../../locales/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { PlusIcon } from '../../ui/icons.ts'
import { Panel } from '../../ui/Panel.tsx'
import { nameIn } from '../document.ts'
import { changedAt, editClients, moved } from './edits.ts'
import { fieldId, type PartProps } from './fields.ts'
import { OrderButtons } from './OrderButtons.tsx'

export function ClientFields(props: PartProps) {
  const clients = () => props.draft.document().clientRules
  const [announcement, setAnnouncement] = createSignal('')
  let list: HTMLOListElement | undefined
  const edit = (index: number, change: Partial<ClientRule>) =>
    props.draft.change(
      editClients((all) => changedAt(all, index, change)),
      { key: 'edit.client', args: { row: index + 1 } },
      `clientRules.${index}.${Object.keys(change).join()}`,
    )
  /** The row moves and takes the focus along, in the same control. */
  const move = (from: number, to: number) => {
    if (to < 0 || to >= clients().length || props.why !== undefined) return
    const control = document.activeElement?.getAttribute('data-control')
    props.draft.change(
      editClients((all) => moved(all, from, to)),
      { key: 'edit.clientMoved', args: { row: to + 1 } },
    )
    setAnnouncement(t('clients.moved', { row: to + 1 }))
    list?.children[to]?.querySelector<HTMLElement>(`[data-control="${control}"]`)?.focus()
  }
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0
    if (!event.altKey || by === 0) return
    event.preventDefault()
    move(index, index + by)
  }
  const add = () => {
    const index = clients().length
    props.draft.change(
      editClients((all) => [...all, { range: '', action: 'allow' }]),
      { key: 'edit.clientAdded' },
    )
    document.getElementById(fieldId(`clientRules.${index}.range`))?.focus()
  }
  const remove = (index: number) => {
    props.draft.change(
      editClients((all) => all.filter((_, at) => at !== index)),
      { key: 'edit.clientRemoved', args: { row: index + 1 } },
    )
    const next = Math.min(index, clients().length - 1)
    document.getElementById(fieldId(next < 0 ? 'clientRules' : `clientRules.${next}.range`))?.focus()
  }

  return (
    <Panel
      title={t('clients.title')}
      note={t(clients().length === 0 ? 'clients.empty' : 'clients.text')}
      class="mb-4"
    >
      <div class="sr-only" role="status">
        {announcement()}
      </div>
      <ol ref={list} class="max-h-96 space-y-1 overflow-y-auto empty:hidden" aria-label={t('clients.title')}>
        <Index each={clients()}>
          {(client, index) => {
            const path = `clientRules.${index}.range`
            return (
              <li class="py-0.5" onKeyDown={(event) => onKeyDown(event, index)}>
                <fieldset class="flex flex-wrap items-center gap-2" disabled={props.why !== undefined}>
                  <legend class="sr-only">{t('clients.row', { row: index + 1 })}</legend>
                  <span class="w-5 text-right text-sm text-muted" aria-hidden="true">
                    {index + 1}
                  </span>
                  <input
                    id={fieldId(path)}
                    data-control="range"
                    aria-label={t('clients.rangeOf', { row: index + 1 })}
                    aria-invalid={props.problems.sentence(path) ? 'true' : undefined}
                    aria-describedby={props.problems.sentence(path) ? `${fieldId(path)}-error` : undefined}
                    class="input w-auto! min-w-36 flex-1 font-mono text-sm!"
                    placeholder={t('rules.example.IP_RANGE')}
                    autocomplete="off"
                    spellcheck={false}
                    value={client().range}
                    onBlur={() => props.problems.leave(path)}
                    onInput={(event) => edit(index, { range: event.currentTarget.value })}
                  />
                  <select
                    class="input w-28!"
                    data-control="action"
                    aria-label={t('clients.actionOf', { row: index + 1 })}
                    onChange={(event) => {
                      const action = Object.values(ClientAction).find(
                        (word) => word === event.currentTarget.value,
                      )
                      if (action) edit(index, { action })
                    }}
                  >
                    <For each={Object.values(ClientAction)}>
                      {(action) => (
                        <option value={action} selected={client().action === action}>
                          {t(`clientAction.${nameIn(ClientAction, action)}`)}
                        </option>
                      )}
                    </For>
                  </select>
                  <OrderButtons
                    texts="clients"
                    index={index}
                    count={clients().length}
                    why={props.why}
                    onMove={(to) => move(index, to)}
                    onRemove={() => remove(index)}
                  />
                </fieldset>
                <Show when={props.problems.sentence(path)}>
                  <p id={`${fieldId(path)}-error`} class="pl-7 text-xs text-bad">
                    {props.problems.sentence(path)}
                  </p>
                </Show>
              </li>
            )
          }}
        </Index>
      </ol>
      <Show when={props.problems.sentence('clientRules')}>
        <p class="mt-2 text-xs text-bad">{props.problems.sentence('clientRules')}</p>
      </Show>
      <Button
        id={fieldId('clientRules')}
        class="mt-2"
        why={props.why ?? (clients().length >= limits.clientRules ? t('clients.full') : undefined)}
        onClick={add}
      >
        <PlusIcon size={15} aria-hidden="true" />
        {t('clients.add')}
      </Button>
    </Panel>
  )
}
