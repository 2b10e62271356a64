/** Line by line, what the config does not take from the files as it stands there, with a filter. */
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import { FindingKind, type ImportFinding } from '#core/import-finding'
import { isKey, locale, plural, t } from '../../locales/i18n.ts'
import { Badge, type Tone } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { CircleCheckIcon, CircleHelpIcon, CircleXIcon, TriangleAlertIcon } from '../../ui/icons.ts'
import { Panel } from '../../ui/Panel.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { Notice } from '../../ui/states.tsx'

/** As many rows at once as a person reads; more come on request. */
const pageSize = 200

const kinds = Object.values(FindingKind)
const looks: Readonly<Record<FindingKind, { tone: Tone; icon: () => JSX.Element }>> = {
  lost: { tone: 'bad', icon: () => <CircleXIcon size={12} aria-hidden="true" /> },
  changed: { tone: 'warn', icon: () => <TriangleAlertIcon size={12} aria-hidden="true" /> },
  noted: { tone: 'idle', icon: () => <CircleHelpIcon size={12} aria-hidden="true" /> },
}

export function FindingsPanel(props: { readonly findings: readonly ImportFinding[] }) {
  const [filter, setFilter] = createSignal<FindingKind | 'all'>('all')
  const [shownCount, setShownCount] = createSignal(pageSize)
  const countOf = (kind: FindingKind) => props.findings.filter((each) => each.kind === kind).length
  const matching = createMemo(() => {
    const kind = filter()
    return kind === 'all' ? props.findings : props.findings.filter((each) => each.kind === kind)
  })
  const options = () => [
    { value: 'all' as const, label: t('import.all', { count: props.findings.length }) },
    ...kinds.map((kind) => ({ value: kind, label: t(`import.${kind}`, { count: countOf(kind) }) })),
  ]
  return (
    <Panel
      title={t('import.lines')}
      note={t('import.linesNote')}
      isFlush
      actions={
        <Show when={props.findings.length > 0}>
          <Segmented
            label={t('import.filter')}
            options={options()}
            value={filter()}
            onChange={(kind) => {
              setFilter(kind)
              setShownCount(pageSize)
            }}
          />
        </Show>
      }
    >
      <p role="status" class="sr-only">
        {plural('import.findingCount', matching().length)}
      </p>
      <Show
        when={matching().length > 0}
        fallback={
          <div class="p-4">
            <Notice tone="ok" icon={<CircleCheckIcon size={16} aria-hidden="true" />}>
              {props.findings.length === 0 ? t('import.allTaken') : t('import.noneOfKind')}
            </Notice>
          </div>
        }
      >
        <ol class="divide-y divide-line" aria-label={t('import.lines')}>
          <For each={matching().slice(0, shownCount())}>{(finding) => <Finding finding={finding} />}</For>
        </ol>
        <Show when={matching().length > shownCount()}>
          <div class="border-t border-line p-3">
            <Button onClick={() => setShownCount((count) => count + pageSize)}>
              {t('import.more', { count: matching().length - shownCount() })}
            </Button>
          </div>
        </Show>
      </Show>
    </Panel>
  )
}

function Finding(props: { readonly finding: ImportFinding }) {
  return (
    <li class="grid gap-x-4 gap-y-1 px-4 py-2 sm:grid-cols-[11rem_minmax(0,1fr)_auto]">
      <span class="min-w-0 text-sm break-words text-muted">
        {t('import.place', { file: props.finding.file, line: props.finding.line })}
      </span>
      <span class="min-w-0">
        <Show when={props.finding.text !== ''}>
          <code class="block font-mono text-sm break-all">{props.finding.text}</code>
        </Show>
        <span class="block text-sm text-muted">{sentenceOf(props.finding)}</span>
      </span>
      <span>
        <Badge tone={looks[props.finding.kind].tone} icon={looks[props.finding.kind].icon()}>
          {t(`import.kind.${props.finding.kind}`)}
        </Badge>
      </span>
    </li>
  )
}

/** In English its own sentence, which knows names and numbers, says more than the code's. */
function sentenceOf({ code, message }: ImportFinding): string {
  const key = `finding.${code}`
  return locale() !== 'en' && isKey(key) ? t(key) : message
}
