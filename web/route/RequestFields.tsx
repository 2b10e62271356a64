/** The fields of a request: what is asked for, how, and by whom. */
import { createSignal, For, Show } from 'solid-js'
import { limits } from '#core/config-document'
import type { Problem } from '#core/refusal'
import { t } from '../locales/i18n.ts'
import { problemSentence } from '../messages.ts'
import { Field } from '../ui/Field.tsx'
import { type Asked, methodOf, requestOf } from './asked.ts'

interface RequestFieldsProps {
  readonly asked: Asked
  /** Of the request as it stands; its path names the field. */
  readonly problem: Problem | undefined
  /** Beside something: in one column where the window is wide. */
  readonly isNarrow?: boolean
  readonly onAsk: (asked: Asked) => void
  /** Enter was pressed, or a field was left. */
  readonly onSettled: () => void
  readonly ref?: (field: HTMLInputElement) => void
}

const methods = ['GET', 'CONNECT', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PURGE'] as const

export function RequestFields(props: RequestFieldsProps) {
  /** A field complains once it was left, then live. */
  const [left, setLeft] = createSignal<ReadonlySet<string>>(new Set<string>())
  const leave = (path: string) => {
    setLeft((known) => new Set(known).add(path))
    props.onSettled()
  }
  const sentence = (path: string) =>
    props.problem?.path === path && left().has(path) ? problemSentence(props.problem) : undefined
  const readAs = () => {
    const { url } = requestOf(props.asked)
    return url === props.asked.url.trim() ? undefined : t('try.readAs', { url })
  }
  const onKeyDown = (event: KeyboardEvent) => event.key === 'Enter' && props.onSettled()
  const methodChoices = () => [
    ...methods,
    ...(props.asked.method === '' || methods.some((name) => name === props.asked.method)
      ? []
      : [props.asked.method]),
  ]
  return (
    <div class={`grid gap-3 ${props.isNarrow ? 'sm:max-xl:grid-cols-3' : 'sm:grid-cols-2 lg:grid-cols-4'}`}>
      <Field
        label={t('try.url')}
        hint={readAs()}
        error={sentence('url')}
        class={props.isNarrow ? 'sm:max-xl:col-span-3' : 'sm:col-span-2 lg:col-span-4'}
      >
        {(control) => (
          <input
            {...control}
            ref={(field) => props.ref?.(field)}
            class="input font-mono text-sm!"
            type="text"
            inputmode="url"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            maxlength={limits.urlLength}
            value={props.asked.url}
            onInput={(event) => props.onAsk({ ...props.asked, url: event.currentTarget.value })}
            onBlur={() => props.asked.url !== '' && leave('url')}
            onKeyDown={onKeyDown}
          />
        )}
      </Field>
      <Field label={t('try.method')} error={sentence('method')}>
        {(control) => (
          <select
            {...control}
            class="input"
            onChange={(event) => props.onAsk({ ...props.asked, method: event.currentTarget.value })}
          >
            <option value="" selected={props.asked.method === ''}>
              {t('try.automatic', { method: methodOf(requestOf(props.asked).url) })}
            </option>
            <For each={methodChoices()}>
              {(method) => (
                <option value={method} selected={props.asked.method === method}>
                  {method}
                </option>
              )}
            </For>
          </select>
        )}
      </Field>
      <Field label={t('try.client')} error={sentence('clientAddress')}>
        {(control) => (
          <input
            {...control}
            class="input font-mono text-sm!"
            autocomplete="off"
            spellcheck={false}
            value={props.asked.client}
            onInput={(event) => props.onAsk({ ...props.asked, client: event.currentTarget.value })}
            onBlur={() => leave('clientAddress')}
            onKeyDown={onKeyDown}
          />
        )}
      </Field>
      <Field
        label={t('try.resolved')}
        hint={t('try.resolvedHint')}
        error={sentence('resolvedAddress')}
        class={props.isNarrow ? '' : 'lg:col-span-2'}
      >
        {(control) => (
          <input
            {...control}
            class="input font-mono text-sm!"
            autocomplete="off"
            spellcheck={false}
            value={props.asked.resolved}
            onInput={(event) => props.onAsk({ ...props.asked, resolved: event.currentTarget.value })}
            onBlur={() => leave('resolvedAddress')}
            onKeyDown={onKeyDown}
          />
        )}
      </Field>
      <Show when={props.problem && sentence(props.problem.path) === undefined && props.problem}>
        {(problem) => <p class="col-span-full text-sm text-muted">{problemSentence(problem())}</p>}
      </Show>
    </div>
  )
}
