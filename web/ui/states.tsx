/** What a panel shows instead of content: a skeleton while it loads, a lesson when it is empty, a fault with a way on. */
import { For, type JSX, Match, Show, Switch } from 'solid-js'
import { Button } from './Button.tsx'
import { CircleAlertIcon } from './icons.ts'

export type SkeletonShape = 'lines' | 'table' | 'form'

interface SkeletonProps {
  readonly label: string
  readonly rows?: number
  /** `table`: rows as high as a table's, with a head; `form`: labels with their fields. `lines` by default. */
  readonly shape?: SkeletonShape
}

/** Bars in the shape of what is coming, as high as it; invisible for the first 150 ms. */
export function Skeleton(props: SkeletonProps) {
  const rows = () => Array.from({ length: props.rows ?? 5 })
  return (
    <div role="status" aria-busy="true" aria-label={props.label}>
      <Switch>
        <Match when={props.shape === 'table'}>
          <div class="flex h-8.5 items-center border-b border-line px-3">
            <div class="skeleton h-3 w-24" />
          </div>
          <For each={rows()}>
            {(_, index) => (
              <div class="flex h-10 items-center gap-6 border-b border-line px-3 last:border-b-0">
                <div class={`skeleton h-4 ${widths[index() % widths.length]}`} />
                <div class="skeleton h-4 w-1/6" />
                <div class="skeleton h-4 w-1/5 max-sm:hidden" />
                <div class="skeleton ml-auto h-4 w-16" />
              </div>
            )}
          </For>
        </Match>
        <Match when={props.shape === 'form'}>
          <For each={rows()}>
            {() => (
              <div class="mb-4">
                <div class="skeleton mb-1.5 h-4 w-28" />
                <div class="skeleton h-8 w-full" />
              </div>
            )}
          </For>
        </Match>
        <Match when={true}>
          <div class="space-y-3 p-4">
            <For each={rows()}>
              {(_, index) => <div class={`skeleton h-5 ${index() % 3 === 2 ? 'w-2/3' : 'w-full'}`} />}
            </For>
          </div>
        </Match>
      </Switch>
    </div>
  )
}

const widths = ['w-1/3', 'w-1/4', 'w-2/5', 'w-1/3', 'w-1/5']

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
  /** Below the detail, such as a reference to copy. */
  readonly children?: JSX.Element
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
        {props.children}
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
