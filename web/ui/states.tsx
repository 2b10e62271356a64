/** What a panel shows instead of content: a skeleton while it loads, a lesson when it is empty, a fault with a way on. */
import { For, type JSX, Show } from 'solid-js'
import { Button } from './Button.tsx'
import { CircleAlertIcon } from './icons.ts'

/** Bars in the rough shape of `rows` lines; invisible for the first 150 ms. */
export function Skeleton(props: { readonly rows?: number; readonly label: string }) {
  return (
    <div class="space-y-3 p-4" role="status" aria-label={props.label}>
      <For each={Array.from({ length: props.rows ?? 5 })}>
        {(_, index) => <div class={`skeleton h-5 ${index() % 3 === 2 ? 'w-2/3' : 'w-full'}`} />}
      </For>
    </div>
  )
}

interface EmptyStateProps {
  readonly icon: JSX.Element
  readonly title: string
  readonly text: string
  readonly action?: JSX.Element
}

export function EmptyState(props: EmptyStateProps) {
  return (
    <div class="flex flex-col items-center gap-2 px-6 py-14 text-center">
      <span class="mb-1 text-muted">{props.icon}</span>
      <h2>{props.title}</h2>
      <p class="max-w-md text-muted">{props.text}</p>
      <Show when={props.action}>
        <div class="mt-3">{props.action}</div>
      </Show>
    </div>
  )
}

interface FaultProps {
  readonly title: string
  readonly detail?: string | undefined
  readonly retryLabel?: string
  readonly onRetry?: () => void
}

/** A panel that failed; the rest of the page goes on. */
export function Fault(props: FaultProps) {
  return (
    <div role="alert" class="flex flex-wrap items-center gap-3 p-4">
      <CircleAlertIcon size={18} class="shrink-0 text-bad" aria-hidden="true" />
      <div class="min-w-0 flex-1">
        <p class="font-medium">{props.title}</p>
        <Show when={props.detail}>
          <p class="text-sm break-words text-muted">{props.detail}</p>
        </Show>
      </div>
      <Show when={props.onRetry}>
        {(retry) => <Button onClick={() => retry()()}>{props.retryLabel}</Button>}
      </Show>
    </div>
  )
}

/** A block of text that stands out: information, warning or error. */
export function Notice(props: {
  readonly tone: 'info' | 'warn' | 'bad' | 'ok'
  readonly icon?: JSX.Element
  readonly children: JSX.Element
  readonly action?: JSX.Element
}) {
  const looks = {
    info: 'bg-info-soft text-info',
    warn: 'bg-warn-soft text-warn',
    bad: 'bg-bad-soft text-bad',
    ok: 'bg-ok-soft text-ok',
  }
  return (
    <div class={`flex flex-wrap items-start gap-x-3 gap-y-2 rounded-lg px-3 py-2 ${looks[props.tone]}`}>
      <Show when={props.icon}>
        <span class="mt-0.5 shrink-0">{props.icon}</span>
      </Show>
      <div class="min-w-0 flex-1 basis-60">{props.children}</div>
      {props.action}
    </div>
  )
}
