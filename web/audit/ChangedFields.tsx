/** What an audit entry changed, field by field; what is long is folded. */
import { createSignal, For, Match, Show, Switch } from 'solid-js'
import { plural, t } from '../locales/i18n.ts'
import { DomainName } from '../ui/DomainName.tsx'
import { HashText } from '../words.tsx'
import type { ChangedField, ChangedLine, Part } from './changedFields.ts'

export function ChangedFields(props: { readonly fields: readonly ChangedField[] }) {
  return (
    <dl class="mt-1.5 space-y-1 text-sm">
      <For each={props.fields}>
        {(field) => (
          <div class="grid items-baseline gap-x-3 sm:grid-cols-[11rem_minmax(0,1fr)]">
            <dt class="text-muted">{field.label}</dt>
            <dd class="min-w-0">
              <Switch>
                <Match when={field.kind === 'lines' && field.lines}>
                  {(lines) => <Lines lines={lines()} />}
                </Match>
                <Match when={field.kind === 'value' && field}>
                  {(value) => <Values before={value().before} after={value().after} />}
                </Match>
              </Switch>
            </dd>
          </div>
        )}
      </For>
    </dl>
  )
}

function Values(props: { readonly before: string | undefined; readonly after: string | undefined }) {
  return (
    <>
      <Show when={props.before}>
        {(before) => (
          <del class="text-muted decoration-bad">
            <span class="sr-only">{t('audit.before')} </span>
            <Text text={before()} />
          </del>
        )}
      </Show>
      <Show when={props.before !== undefined}>
        <span class="text-muted" aria-hidden="true">
          {' → '}
        </span>
      </Show>
      <Show when={props.after} fallback={<span class="text-muted">{t('audit.none')}</span>}>
        {(after) => (
          <ins class="no-underline">
            <span class="sr-only">{t('audit.after')} </span>
            <Text text={after()} />
          </ins>
        )}
      </Show>
    </>
  )
}

const hashPattern = /^[0-9a-f]{64}$/
const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** Characters shown of a longer text. */
const shownLength = 240

function Text(props: { readonly text: string }) {
  const [isOpen, setOpen] = createSignal(false)
  const isLong = () => props.text.length > shownLength * 1.2
  return (
    <Show
      when={!hashPattern.test(props.text) && !idPattern.test(props.text)}
      fallback={<HashText value={props.text} />}
    >
      <span class="wrap-anywhere whitespace-pre-wrap">
        {isLong() && !isOpen() ? `${props.text.slice(0, shownLength)}…` : props.text}
      </span>
      <Show when={isLong()}>
        {' '}
        <FoldButton
          isOpen={isOpen()}
          label={isOpen() ? t('audit.fewer') : t('audit.moreText')}
          onPress={() => setOpen(!isOpen())}
        />
      </Show>
    </Show>
  )
}

/** Lines shown of a longer list. */
const shownLines = 8
const lineLooks = { '+': 'text-ok', '-': 'text-bad', '~': 'text-info' } as const
const partLooks = {
  none: '',
  removed: 'rounded-sm bg-bad-soft text-bad line-through',
  added: 'rounded-sm bg-ok-soft text-ok',
} as const

function Lines(props: { readonly lines: readonly ChangedLine[] }) {
  const [isOpen, setOpen] = createSignal(false)
  const hidden = () => (props.lines.length > shownLines + 2 ? props.lines.length - shownLines : 0)
  const shown = () => (isOpen() || hidden() === 0 ? props.lines : props.lines.slice(0, shownLines))
  return (
    <>
      <ul class="font-mono text-xs leading-5">
        <For each={shown()}>
          {(line) => (
            <li class="flex gap-1.5">
              <span class={`w-3 shrink-0 text-center ${lineLooks[line.sign]}`} aria-hidden="true">
                {line.sign === '-' ? '−' : line.sign}
              </span>
              <span class="min-w-0 whitespace-pre-wrap">
                <For each={line.parts}>{(part) => <LinePart part={part} isWhole={line.sign !== '~'} />}</For>
              </span>
            </li>
          )}
        </For>
      </ul>
      <Show when={hidden() > 0}>
        <FoldButton
          isOpen={isOpen()}
          label={isOpen() ? t('audit.fewer') : plural('audit.moreLines', hidden())}
          onPress={() => setOpen(!isOpen())}
        />
      </Show>
    </>
  )
}

/** A whole line that came or went has its sign; only a piece of a line is marked. */
function LinePart(props: { readonly part: Part; readonly isWhole: boolean }) {
  return (
    <Switch fallback={<DomainName name={props.part.text} />}>
      <Match when={props.part.change === 'removed'}>
        <del class={props.isWhole ? 'no-underline' : partLooks.removed}>
          <span class="sr-only">{t('audit.removed')} </span>
          <DomainName name={props.part.text} />
        </del>
      </Match>
      <Match when={props.part.change === 'added'}>
        <ins class={`no-underline ${props.isWhole ? '' : partLooks.added}`}>
          <span class="sr-only">{t('audit.added')} </span>
          <DomainName name={props.part.text} />
        </ins>
      </Match>
    </Switch>
  )
}

function FoldButton(props: {
  readonly isOpen: boolean
  readonly label: string
  readonly onPress: () => void
}) {
  return (
    <button
      type="button"
      aria-expanded={props.isOpen}
      onClick={() => props.onPress()}
      class="rounded font-sans text-sm font-medium text-accent hover:underline"
    >
      {props.label}
    </button>
  )
}
