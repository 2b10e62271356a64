/** The parent proxies in failover order: dragged, or moved by keys and buttons; nobody types a priority. */
import { createSignal, Index, Show } from 'solid-js'
import { limits, type ParentProxy } from '#core/config-document'
import { t } from '../../locales/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { GripIcon, PlusIcon } from '../../ui/icons.ts'
import { Panel } from '../../ui/Panel.tsx'
import { createReorder } from './createReorder.ts'
import { changedAt, editParents, moved, newParent } from './edits.ts'
import { FailoverFields } from './FailoverFields.tsx'
import { fieldId, type PartProps } from './fields.ts'
import { OrderButtons } from './OrderButtons.tsx'

export function ParentFields(props: PartProps) {
  const parents = () => props.draft.document().parentProxies
  const [announcement, setAnnouncement] = createSignal('')
  let list: HTMLOListElement | undefined
  const edit = (index: number, field: keyof ParentProxy, change: Partial<ParentProxy>) =>
    props.draft.change(
      editParents((all) => changedAt(all, index, change)),
      { key: 'edit.parent', args: { row: index + 1 } },
      `parentProxies.${index}.${field}`,
    )
  const move = (from: number, to: number, key?: string) => {
    if (to < 0 || to >= parents().length || props.why !== undefined) return
    props.draft.change(
      editParents((all) => moved(all, from, to)),
      { key: 'edit.parentMoved', args: { row: to + 1 } },
      key,
    )
    setAnnouncement(t('parents.moved', { row: to + 1 }))
  }
  const reorder = createReorder({
    list: () => list,
    onMove: (from, to) => move(from, to, 'parents.drag'),
  })
  /** The row moves and takes the focus along, in the same control. */
  const moveFocused = (from: number, to: number) => {
    const control = document.activeElement?.getAttribute('data-control')
    move(from, to)
    const row = list?.children[to]
    row?.querySelector<HTMLElement>(`[data-control="${control}"]`)?.focus()
  }
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0
    if (!event.altKey || by === 0) return
    event.preventDefault()
    moveFocused(index, index + by)
  }
  const add = () => {
    const index = parents().length
    props.draft.change(
      editParents((all) => [...all, newParent(all)]),
      { key: 'edit.parentAdded' },
    )
    document.getElementById(fieldId(`parentProxies.${index}.host`))?.focus()
  }
  const remove = (index: number) => {
    props.draft.change(
      editParents((all) => all.filter((_, at) => at !== index)),
      { key: 'edit.parentRemoved', args: { row: index + 1 } },
    )
    const next = Math.min(index, parents().length - 1)
    document.getElementById(fieldId(next < 0 ? 'parentProxies' : `parentProxies.${next}.host`))?.focus()
  }
  /** `proxy.example:3128` pasted as a host is a host and a port. */
  const onPaste = (event: ClipboardEvent, index: number) => {
    const text = event.clipboardData?.getData('text/plain').trim() ?? ''
    const [, host, port] = /^(?:https?:\/\/)?([^\s:/]+):(\d{1,5})\/?$/.exec(text) ?? []
    if (host === undefined || port === undefined) return
    event.preventDefault()
    edit(index, 'host', { host, port: Number(port) })
  }

  return (
    <Panel title={t('parents.title')} note={t('parents.text')} class="mb-4">
      <div class="sr-only" role="status">
        {announcement()}
      </div>
      <Show when={parents().length === 0}>
        <p class="mb-3 text-muted">{t('parents.empty')}</p>
      </Show>
      <ol ref={list} class="space-y-1" aria-label={t('parents.title')}>
        <Index each={parents()}>
          {(parent, index) => {
            const path = (field: string) => `parentProxies.${index}.${field}`
            const errors = () =>
              ['host', 'port', 'priority'].flatMap((field) => props.problems.sentence(path(field)) ?? [])
            const errorId = () => `${fieldId(path('errors'))}`
            return (
              <li
                class={`rounded-md ${reorder.dragged() === index ? 'bg-accent-soft' : ''}`}
                onKeyDown={(event) => onKeyDown(event, index)}
              >
                <fieldset
                  class="flex flex-wrap items-center gap-x-2 gap-y-1 py-0.5"
                  disabled={props.why !== undefined}
                >
                  <legend class="sr-only">{t('parents.row', { row: index + 1 })}</legend>
                  <span
                    class={`grid size-7 touch-none place-items-center text-muted max-sm:hidden ${props.why === undefined ? 'cursor-grab' : 'opacity-40'}`}
                    title={t('parents.drag')}
                    aria-hidden="true"
                    onPointerDown={(event) => {
                      if (props.why === undefined) reorder.start(event, index)
                    }}
                  >
                    <GripIcon size={15} />
                  </span>
                  <span class="w-5 text-right text-sm text-muted" aria-hidden="true">
                    {index + 1}
                  </span>
                  <input
                    id={fieldId(path('host'))}
                    data-control="host"
                    aria-label={t('parents.hostOf', { row: index + 1 })}
                    aria-invalid={props.problems.sentence(path('host')) ? 'true' : undefined}
                    aria-describedby={errors().length > 0 ? errorId() : undefined}
                    class="input w-auto! min-w-36 flex-1 basis-44 font-mono text-sm!"
                    placeholder={t('parents.example')}
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck={false}
                    value={parent().host}
                    onPaste={(event) => onPaste(event, index)}
                    onBlur={() => props.problems.leave(path('host'))}
                    onInput={(event) => edit(index, 'host', { host: event.currentTarget.value })}
                  />
                  <span aria-hidden="true">:</span>
                  <input
                    id={fieldId(path('port'))}
                    data-control="port"
                    aria-label={t('parents.portOf', { row: index + 1 })}
                    aria-invalid={props.problems.sentence(path('port')) ? 'true' : undefined}
                    aria-describedby={errors().length > 0 ? errorId() : undefined}
                    class="input w-24!"
                    type="number"
                    min="1"
                    max="65535"
                    value={parent().port}
                    onBlur={() => props.problems.leave(path('port'))}
                    onInput={(event) => edit(index, 'port', { port: numberIn(event.currentTarget) })}
                  />
                  <label class="flex h-8 items-center gap-1.5">
                    <input
                      type="checkbox"
                      data-control="enabled"
                      checked={parent().enabled}
                      aria-label={t('parents.enabledOf', { row: index + 1 })}
                      onChange={(event) => edit(index, 'enabled', { enabled: event.currentTarget.checked })}
                    />
                    <span aria-hidden="true">{t('rules.enabled')}</span>
                  </label>
                  <OrderButtons
                    texts="parents"
                    index={index}
                    count={parents().length}
                    why={props.why}
                    onMove={(to) => moveFocused(index, to)}
                    onRemove={() => remove(index)}
                  />
                </fieldset>
                <Show when={errors().length > 0}>
                  <p id={errorId()} class="pb-1 text-xs text-bad sm:pl-16">
                    {errors().join(' ')}
                  </p>
                </Show>
              </li>
            )
          }}
        </Index>
      </ol>
      <Button
        id={fieldId('parentProxies')}
        class="mt-2"
        why={props.why ?? (parents().length >= limits.parentProxies ? t('parents.full') : undefined)}
        onClick={add}
      >
        <PlusIcon size={15} aria-hidden="true" />
        {t('parents.add')}
      </Button>
      <FailoverFields draft={props.draft} problems={props.problems} why={props.why} />
    </Panel>
  )
}

/** What a number field holds; 0 while it holds none. */
function numberIn(input: HTMLInputElement): number {
  return Number.isNaN(input.valueAsNumber) ? 0 : input.valueAsNumber
}
