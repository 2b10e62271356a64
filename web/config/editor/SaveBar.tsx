/** The bar at the foot of the editor: what is unsaved and kept, what is wrong, back and forth, and save. */
import { createSignal, For, Show } from 'solid-js'
import { serverNow } from '../../clock.ts'
import { formatAgo } from '../../format.ts'
import { locale, plural, t } from '../../locales/i18n.ts'
import { problemSentence } from '../../messages.ts'
import { Button } from '../../ui/Button.tsx'
import { CircleAlertIcon, RedoIcon, UndoIcon } from '../../ui/icons.ts'
import type { KeepState } from './createAutosave.ts'
import type { EditWords, PlacedProblem } from './draft.ts'
import { type PartProps, placeOf } from './fields.ts'

interface SaveBarProps extends PartProps {
  readonly isBusy: boolean
  readonly keepState: KeepState
  readonly onSave: () => void
  readonly onDiscard: () => void
  readonly onJump: (problem: PlacedProblem) => void
}

/** Problems listed at once; the counts say how many there are. */
const listed = 50

export function SaveBar(props: SaveBarProps) {
  const [isOpen, setOpen] = createSignal(false)
  const [at, setAt] = createSignal(-1)
  const problems = () =>
    props.problems.isAllShown() || !props.draft.isDirty() ? props.problems.all() : props.problems.shown()
  const words = (edit: EditWords | undefined) => edit && t(edit.key, edit.args)
  const undoLabel = () => {
    const what = words(props.draft.undoable())
    return what === undefined ? t('edit.undo') : t('edit.undoWhat', { what })
  }
  const redoLabel = () => {
    const what = words(props.draft.redoable())
    return what === undefined ? t('edit.redo') : t('edit.redoWhat', { what })
  }
  const jumpBy = (by: -1 | 1) => {
    const all = problems()
    const next = (at() + by + all.length) % all.length
    setAt(next)
    const problem = all[next]
    if (problem) props.onJump(problem)
  }
  return (
    <div
      data-foot-bar
      class="sticky bottom-0 z-20 -mx-4 border-t border-line bg-raised shadow-[0_-6px_20px_var(--shadow)] sm:mx-0 sm:rounded-t-lg sm:border-x"
    >
      <Show when={isOpen() && problems().length > 0}>
        <section
          id="problems"
          tabindex="-1"
          aria-label={t('editor.problems')}
          class="max-h-56 overflow-y-auto border-b border-line px-4 py-2"
        >
          <ul class="space-y-1">
            <For each={problems().slice(0, listed)}>
              {(problem) => (
                <li>
                  <button
                    type="button"
                    class="text-left text-sm hover:underline"
                    onClick={() => props.onJump(problem)}
                  >
                    <span class="font-medium">{placeOf(problem.path)}</span>
                    {': '}
                    <span class="text-bad">{problemSentence(problem)}</span>
                  </button>
                </li>
              )}
            </For>
          </ul>
          <Show when={problems().length > listed}>
            <p class="mt-1 text-xs text-muted">
              {t('editor.moreProblems', { count: problems().length - listed })}
            </p>
          </Show>
        </section>
      </Show>
      <div class="flex flex-wrap items-center gap-2 px-4 py-2">
        <p class="min-w-0 flex-1 basis-44 text-sm text-muted" role="status">
          <span class={props.draft.isDirty() ? 'font-medium text-text' : ''}>
            {t(props.draft.isDirty() ? 'editor.unsaved' : 'editor.nothingUnsaved')}
          </span>{' '}
          <Kept state={props.keepState} isDirty={props.draft.isDirty()} />
        </p>
        <Show when={problems().length > 0}>
          <span class="flex items-center">
            <button
              type="button"
              aria-expanded={isOpen()}
              aria-controls="problems"
              class="flex h-8 items-center gap-1.5 rounded-md bg-bad-soft px-2.5 font-medium text-bad"
              onClick={() => setOpen(!isOpen())}
            >
              <CircleAlertIcon size={15} aria-hidden="true" />
              {plural('editor.problemCount', problems().length)}
            </button>
            <Button look="ghost" onClick={() => jumpBy(1)}>
              {t('editor.nextProblem')}
            </Button>
          </span>
        </Show>
        <span class="flex">
          <Button
            look="ghost"
            isIcon
            aria-label={undoLabel()}
            title={undoLabel()}
            why={props.why ?? (props.draft.undoable() ? undefined : t('edit.nothingToUndo'))}
            onClick={() => props.draft.undo()}
          >
            <UndoIcon size={16} aria-hidden="true" />
          </Button>
          <Button
            look="ghost"
            isIcon
            aria-label={redoLabel()}
            title={redoLabel()}
            why={props.why ?? (props.draft.redoable() ? undefined : t('edit.nothingToRedo'))}
            onClick={() => props.draft.redo()}
          >
            <RedoIcon size={16} aria-hidden="true" />
          </Button>
        </span>
        <Show when={props.draft.isDirty()}>
          <Button onClick={() => props.onDiscard()}>{t('editor.discard')}</Button>
        </Show>
        <Button
          look="primary"
          isBusy={props.isBusy}
          onClick={() => props.onSave()}
          why={props.why ?? (props.draft.isDirty() || props.isBusy ? undefined : t('editor.nothingUnsaved'))}
        >
          {t('editor.save', { revision: props.draft.base().revision + 1 })}
        </Button>
      </div>
    </div>
  )
}

/** Whether the edits would outlive a crash, said as it is. */
function Kept(props: { readonly state: KeepState; readonly isDirty: boolean }) {
  const kept = () => (props.state.kind === 'kept' ? props.state : undefined)
  return (
    <Show when={props.isDirty}>
      <Show when={kept()}>
        {(state) => {
          const ago = () => {
            serverNow()
            return formatAgo(locale(), Date.now() - state().at)
          }
          // Not announced with every tick: only what changes in kind is.
          return <span aria-live="off">{t('drafts.kept', { ago: ago() })}</span>
        }}
      </Show>
      <Show when={props.state.kind === 'failed'}>
        <span class="text-bad">{t('drafts.failed')}</span>
      </Show>
    </Show>
  )
}
