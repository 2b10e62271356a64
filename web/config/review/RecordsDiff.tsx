/** The ATS records that we own, before and after, as a table of those that change. */
import { createMemo, createSignal, For, Show } from 'solid-js'
import { useStops } from '../../diff/stops.tsx'
import { plural, t } from '../../locales/i18n.ts'
import { changedRecords, type OwnedRecord, type RecordChange } from './records.ts'

interface RecordsDiffProps {
  /** Null: nothing ran before, so that every record is new. */
  readonly before: readonly OwnedRecord[] | null
  readonly after: readonly OwnedRecord[]
}

export function RecordsDiff(props: RecordsDiffProps) {
  const changes = createMemo(() => changedRecords(props.before ?? [], props.after))
  const same = createMemo(() => {
    const changed = new Set(changes().map(({ name }) => name))
    return props.after.filter(({ name }) => !changed.has(name))
  })
  const [isWhole, setWhole] = createSignal(false)
  let element: HTMLElement | undefined
  const rows: HTMLElement[] = []
  const stops = useStops({
    element: () => element,
    count: () => changes().length,
    show: (index) => rows[index]?.scrollIntoView({ block: 'center' }),
  })
  return (
    <section
      ref={(target) => {
        element = target
      }}
      aria-label={t('review.records')}
      class="overflow-hidden rounded-lg border border-line"
    >
      <header class="flex min-h-10 flex-wrap items-center gap-x-3 bg-sunken px-3 py-1">
        <h3 class="text-sm font-medium">{t('review.records')}</h3>
        <span class="text-sm text-muted">
          {changes().length > 0 ? plural('records.changed', changes().length) : t('review.sameFile')}
        </span>
      </header>
      <Show when={changes().length > 0 || isWhole()}>
        <div class="border-t border-line">
          <table class="table">
            <thead>
              <tr>
                <th scope="col">{t('records.name')}</th>
                <th scope="col">{t('records.before')}</th>
                <th scope="col">{t('records.after')}</th>
              </tr>
            </thead>
            <tbody class="font-mono text-xs">
              <For each={changes()}>
                {(change, index) => (
                  <ChangedRecord
                    change={change}
                    isCurrent={stops.isCurrent(index())}
                    onElement={(row) => {
                      rows[index()] = row
                    }}
                  />
                )}
              </For>
              <Show when={isWhole()}>
                <For each={same()}>
                  {(record) => (
                    <tr class="text-muted">
                      <td class="wrap-anywhere">{record.name}</td>
                      <td colspan="2" class="wrap-anywhere">
                        {record.value}
                      </td>
                    </tr>
                  )}
                </For>
              </Show>
            </tbody>
          </table>
        </div>
      </Show>
      <Show when={same().length > 0 && !isWhole()}>
        <button
          type="button"
          onClick={() => setWhole(true)}
          class="block w-full border-t border-line bg-info-soft px-3 py-1 text-left text-xs text-info hover:underline"
        >
          {`… ${plural('records.same', same().length)}`}
        </button>
      </Show>
    </section>
  )
}

interface ChangedRecordProps {
  readonly change: RecordChange
  readonly isCurrent: boolean
  readonly onElement: (row: HTMLElement) => void
}

function ChangedRecord(props: ChangedRecordProps) {
  return (
    <tr
      ref={(row) => props.onElement(row)}
      aria-current={props.isCurrent ? 'true' : undefined}
      class={props.isCurrent ? 'shadow-[inset_3px_0_0_var(--accent)]' : ''}
    >
      <td class="wrap-anywhere">{props.change.name}</td>
      <td class="wrap-anywhere">
        <Show when={props.change.before} fallback={<span class="text-muted">{t('records.unset')}</span>}>
          {(record) => <del class="rounded-sm bg-bad-soft px-1 text-bad no-underline">{record().value}</del>}
        </Show>
      </td>
      <td class="wrap-anywhere">
        <Show when={props.change.after} fallback={<span class="text-muted">{t('records.unset')}</span>}>
          {(record) => <ins class="rounded-sm bg-ok-soft px-1 text-ok no-underline">{record().value}</ins>}
        </Show>
      </td>
    </tr>
  )
}
