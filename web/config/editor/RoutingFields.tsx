/** The parts of a document besides its rules: parent proxies, failover, and who may use the proxy. */
import { For, type JSX, Show } from 'solid-js'
import { type Failover, limits } from '#core/config-document'
import { ClientAction, ParentSelection } from '#core/vocabulary'
import { t } from '../../locales/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { Field } from '../../ui/Field.tsx'
import { PlusIcon, TrashIcon } from '../../ui/icons.ts'
import { nameIn } from '../document.ts'
import { type Draft, newParent } from './draft.ts'
import { type FieldProblems, fieldId } from './fields.ts'

interface PartProps {
  readonly draft: Draft
  readonly problems: FieldProblems
  readonly why: string | undefined
}

export function ParentFields(props: PartProps) {
  const parents = () => props.draft.content.document.parentProxies
  return (
    <div class="space-y-3 px-4 pb-4">
      <Show when={parents().length === 0}>
        <p class="text-muted">{t('parents.empty')}</p>
      </Show>
      <For each={parents()}>
        {(parent, index) => {
          const path = (field: string) => `parentProxies.${index()}.${field}`
          return (
            <fieldset class="flex flex-wrap items-start gap-2" disabled={props.why !== undefined}>
              <legend class="sr-only">{t('parents.row', { row: index() + 1 })}</legend>
              <Field
                label={t('parents.host')}
                error={props.problems.sentence(path('host'))}
                class="min-w-44 flex-1"
              >
                {(control) => (
                  <input
                    {...control}
                    id={fieldId(path('host'))}
                    aria-label={t('parents.hostOf', { row: index() + 1 })}
                    class="input font-mono text-sm!"
                    autocomplete="off"
                    spellcheck={false}
                    value={parent.host}
                    onBlur={() => props.problems.leave(path('host'))}
                    onInput={(event) => {
                      const host = event.currentTarget.value
                      props.draft.change(({ document }) => {
                        const target = document.parentProxies[index()]
                        if (target) target.host = host
                      })
                    }}
                  />
                )}
              </Field>
              <For each={['port', 'priority'] as const}>
                {(field) => (
                  <Field
                    label={t(`parents.${field}`)}
                    error={props.problems.sentence(path(field))}
                    class="w-24"
                  >
                    {(control) => (
                      <input
                        {...control}
                        id={fieldId(path(field))}
                        aria-label={t(`parents.${field}Of`, { row: index() + 1 })}
                        class="input"
                        type="number"
                        min="1"
                        max={field === 'port' ? 65_535 : limits.priority}
                        value={parent[field]}
                        onBlur={() => props.problems.leave(path(field))}
                        onInput={(event) => {
                          const value = event.currentTarget.valueAsNumber
                          props.draft.change(({ document }) => {
                            const target = document.parentProxies[index()]
                            if (target) target[field] = Number.isNaN(value) ? 0 : value
                          })
                        }}
                      />
                    )}
                  </Field>
                )}
              </For>
              <label class="mt-6 flex h-8 items-center gap-1.5">
                <input
                  type="checkbox"
                  checked={parent.enabled}
                  aria-label={t('parents.enabledOf', { row: index() + 1 })}
                  onChange={(event) => {
                    const enabled = event.currentTarget.checked
                    props.draft.change(({ document }) => {
                      const target = document.parentProxies[index()]
                      if (target) target.enabled = enabled
                    })
                  }}
                />
                <span aria-hidden="true">{t('rules.enabled')}</span>
              </label>
              <Button
                look="ghost"
                isIcon
                class="mt-6"
                aria-label={t('parents.remove', { row: index() + 1 })}
                title={t('parents.remove', { row: index() + 1 })}
                why={props.why}
                onClick={() =>
                  props.draft.change(({ document }) => void document.parentProxies.splice(index(), 1))
                }
              >
                <TrashIcon size={15} aria-hidden="true" />
              </Button>
            </fieldset>
          )
        }}
      </For>
      <Button
        id={fieldId('parentProxies')}
        why={props.why ?? (parents().length >= limits.parentProxies ? t('parents.full') : undefined)}
        onClick={() =>
          props.draft.change(
            ({ document }) => void document.parentProxies.push(newParent(document.parentProxies)),
          )
        }
      >
        <PlusIcon size={15} aria-hidden="true" />
        {t('parents.add')}
      </Button>
    </div>
  )
}

const numbers = ['failThreshold', 'retrySeconds', 'connectTimeoutSeconds'] as const

export function FailoverFields(props: PartProps) {
  const failover = () => props.draft.content.document.failover
  const edit = (change: Partial<Failover>) =>
    props.draft.change(({ document }) => void Object.assign(document.failover, change))
  return (
    <fieldset disabled={props.why !== undefined} class="grid gap-x-6 gap-y-4 px-4 pb-4 sm:grid-cols-2">
      <legend class="sr-only">{t('failover.title')}</legend>
      <Field
        label={t('failover.selection')}
        hint={t(`selectionHint.${nameIn(ParentSelection, failover().selection)}`)}
      >
        {(control) => (
          <select
            {...control}
            class="input"
            onChange={(event) => {
              const selection = Object.values(ParentSelection).find(
                (word) => word === event.currentTarget.value,
              )
              if (selection) edit({ selection })
            }}
          >
            <For each={Object.values(ParentSelection)}>
              {(selection) => (
                <option value={selection} selected={failover().selection === selection}>
                  {t(`selection.${nameIn(ParentSelection, selection)}`)}
                </option>
              )}
            </For>
          </select>
        )}
      </Field>
      <For each={numbers}>
        {(field) => (
          <Field
            label={t(`failover.${field}`)}
            hint={t(`failover.${field}Hint`, { value: failover()[field] })}
            error={props.problems.sentence(`failover.${field}`)}
          >
            {(control) => (
              <input
                {...control}
                id={fieldId(`failover.${field}`)}
                aria-label={t(`failover.${field}`)}
                class="input"
                type="number"
                min="1"
                max={limits[field]}
                value={failover()[field]}
                onBlur={() => props.problems.leave(`failover.${field}`)}
                onInput={(event) => {
                  const value = event.currentTarget.valueAsNumber
                  edit({ [field]: Number.isNaN(value) ? 0 : value })
                }}
              />
            )}
          </Field>
        )}
      </For>
      <label class="flex items-start gap-2 sm:col-span-2">
        <input
          type="checkbox"
          class="mt-0.5"
          checked={failover().directWhenAllDown}
          onChange={(event) => edit({ directWhenAllDown: event.currentTarget.checked })}
        />
        <span>
          {t('failover.directWhenAllDown')}
          <span class="block text-xs text-muted">
            {t(failover().directWhenAllDown ? 'failover.directHint' : 'failover.notDirectHint')}
          </span>
        </span>
      </label>
    </fieldset>
  )
}

export function ClientFields(props: PartProps) {
  const clients = () => props.draft.content.document.clientRules
  return (
    <div class="space-y-3 px-4 pb-4">
      <p class="text-muted">{t(clients().length === 0 ? 'clients.empty' : 'clients.text')}</p>
      <For each={clients()}>
        {(client, index) => {
          const path = () => `clientRules.${index()}.range`
          return (
            <fieldset class="flex flex-wrap items-start gap-2" disabled={props.why !== undefined}>
              <legend class="sr-only">{t('clients.row', { row: index() + 1 })}</legend>
              <Field
                label={t('clients.range')}
                isLabelHidden
                error={props.problems.sentence(path())}
                class="min-w-44 flex-1"
              >
                {(control) => (
                  <input
                    {...control}
                    id={fieldId(path())}
                    aria-label={t('clients.rangeOf', { row: index() + 1 })}
                    class="input font-mono text-sm!"
                    placeholder={t('rules.example.IP_RANGE')}
                    autocomplete="off"
                    spellcheck={false}
                    value={client.range}
                    onBlur={() => props.problems.leave(path())}
                    onInput={(event) => {
                      const range = event.currentTarget.value
                      props.draft.change(({ document }) => {
                        const target = document.clientRules[index()]
                        if (target) target.range = range
                      })
                    }}
                  />
                )}
              </Field>
              <select
                class="input w-28!"
                aria-label={t('clients.actionOf', { row: index() + 1 })}
                onChange={(event) => {
                  const action = Object.values(ClientAction).find(
                    (word) => word === event.currentTarget.value,
                  )
                  props.draft.change(({ document }) => {
                    const target = document.clientRules[index()]
                    if (target && action) target.action = action
                  })
                }}
              >
                <For each={Object.values(ClientAction)}>
                  {(action) => (
                    <option value={action} selected={client.action === action}>
                      {t(`clientAction.${nameIn(ClientAction, action)}`)}
                    </option>
                  )}
                </For>
              </select>
              <Button
                look="ghost"
                isIcon
                aria-label={t('clients.remove', { row: index() + 1 })}
                title={t('clients.remove', { row: index() + 1 })}
                why={props.why}
                onClick={() =>
                  props.draft.change(({ document }) => void document.clientRules.splice(index(), 1))
                }
              >
                <TrashIcon size={15} aria-hidden="true" />
              </Button>
            </fieldset>
          )
        }}
      </For>
      <p class="text-xs text-bad">{props.problems.sentence('clientRules')}</p>
      <Button
        id={fieldId('clientRules')}
        why={props.why ?? (clients().length >= limits.clientRules ? t('clients.full') : undefined)}
        onClick={() =>
          props.draft.change(({ document }) => void document.clientRules.push({ range: '', action: 'allow' }))
        }
      >
        <PlusIcon size={15} aria-hidden="true" />
        {t('clients.add')}
      </Button>
    </div>
  )
}

export function Section(props: {
  readonly title: string
  readonly text?: string
  readonly children: JSX.Element
}) {
  return (
    <section class="card mb-4">
      <div class="px-4 pt-4 pb-3">
        <h2>{props.title}</h2>
        <Show when={props.text}>
          <p class="mt-0.5 text-muted">{props.text}</p>
        </Show>
      </div>
      {props.children}
    </section>
  )
}
