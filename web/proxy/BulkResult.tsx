/** How far a bulk act is, and afterwards what was done, what failed and why. */
import { For, type JSX, Show } from 'solid-js'
import { plural, t } from '../locales/i18n.ts'
import { Button } from '../ui/Button.tsx'
import { DomainName } from '../ui/DomainName.tsx'
import { CircleCheckIcon, CircleXIcon, TriangleAlertIcon } from '../ui/icons.ts'
import { Progress } from '../ui/Progress.tsx'
import { Notice } from '../ui/states.tsx'
import type { BulkFailure, BulkItem, BulkRun } from './bulk.ts'

export function BulkProgress(props: { readonly run: BulkRun; readonly label: string }) {
  return (
    <div class="space-y-3" role="status">
      <Progress
        label={props.label}
        value={props.run.tried()}
        max={props.run.total()}
        tone="info"
        isLabelled
      />
      <div class="flex items-center justify-between gap-3">
        <p class="text-muted">
          {t('fleet.bulkProgress', { done: props.run.tried(), total: props.run.total() })}
        </p>
        <Button onClick={() => props.run.stop()}>{t('fleet.bulkStop')}</Button>
      </div>
    </div>
  )
}

interface BulkSummaryProps {
  /** What was done, counted, such as "12 proxies retired." */
  readonly doneText: string
  readonly done: readonly BulkItem[]
  readonly failed: readonly BulkFailure[]
  readonly left: readonly BulkItem[]
  readonly onRetry: (items: readonly BulkItem[]) => void
  readonly onClose: () => void
  /** What follows, when something was done. */
  readonly children?: JSX.Element
}

export function BulkSummary(props: BulkSummaryProps) {
  return (
    <div class="space-y-3">
      <div role="status" class="space-y-3">
        <Show when={props.done.length > 0}>
          <Notice tone="ok" icon={<CircleCheckIcon size={16} aria-hidden="true" />}>
            <p class="font-medium">{props.doneText}</p>
            {props.children}
          </Notice>
        </Show>
        <Show when={props.failed.length > 0}>
          <Notice tone="bad" icon={<CircleXIcon size={16} aria-hidden="true" />}>
            <p class="font-medium">{plural('fleet.bulkFailed', props.failed.length)}</p>
          </Notice>
        </Show>
        <Show when={props.left.length > 0}>
          <Notice tone="warn" icon={<TriangleAlertIcon size={16} aria-hidden="true" />}>
            {plural('fleet.bulkLeft', props.left.length)}
          </Notice>
        </Show>
      </div>
      <Show when={props.failed.length > 0}>
        <ul
          tabindex="0"
          aria-label={t('fleet.bulkFailures')}
          class="max-h-60 divide-y divide-line overflow-y-auto rounded-lg border border-line"
        >
          <For each={props.failed}>
            {(failure) => (
              <li class="px-3 py-2">
                <p class="font-medium">
                  <DomainName name={failure.item.hostname} />
                </p>
                <p class="text-sm text-muted">{failure.reason}</p>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <div class="flex flex-wrap justify-end gap-2">
        <Show when={props.failed.length > 0}>
          <Button onClick={() => props.onRetry(props.failed.map(({ item }) => item))}>
            {t('fleet.bulkRetry')}
          </Button>
        </Show>
        <Button look="primary" onClick={() => props.onClose()}>
          {t('action.done')}
        </Button>
      </div>
    </div>
  )
}
