/** Two people edited one config: shows what each did, lets one decide where they collide, and loses nothing unasked. */
import { createMemo, createSignal, For, Show } from 'solid-js'
import { type DocumentChange, diffDocuments } from '#core/diff'
import { type ContentConflict, mergeContent, resolveContent } from '#core/merge'
import { plural, t } from '../../locales/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { changeWords } from '../review/changeWords.ts'
import { conflictSubject, sideWords } from './conflict-words.ts'
import type { Draft, Loaded } from './draft.ts'
import { type DraftContent, isSameSet } from './edits.ts'

interface MergeDialogProps {
  readonly draft: Draft
  readonly theirs: Loaded
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly onMerge: (result: DraftContent) => void
  readonly onTakeTheirs: () => void
}

/** Changes listed per side; a count stands for the rest. */
const listed = 12
type Side = 'mine' | 'theirs'

export function MergeDialog(props: MergeDialogProps) {
  return (
    <Show when={props.isOpen}>
      <OpenMergeDialog {...props} />
    </Show>
  )
}

function OpenMergeDialog(props: MergeDialogProps) {
  const [choices, setChoices] = createSignal<ReadonlyMap<number, Side>>(new Map())
  const base = () => props.draft.base().content
  const merge = createMemo(() => mergeContent(base(), props.draft.content(), props.theirs.content))
  const conflicts = () => merge().conflicts
  const open = () => conflicts().length - choices().size
  const take = () => {
    const { merged } = merge()
    props.onMerge(resolveContent(merged, conflicts(), choices()))
  }
  return (
    <Dialog
      isOpen
      isWide
      onClose={() => props.onClose()}
      title={t('merge.title')}
      description={t('merge.text', {
        mine: props.draft.base().revision,
        theirs: props.theirs.revision,
      })}
      closeLabel={t('action.close')}
      actions={
        <>
          <Button onClick={() => props.onClose()}>{t('merge.later')}</Button>
          <Button look="danger" onClick={() => props.onTakeTheirs()}>
            {t('merge.takeTheirs')}
          </Button>
          <Button
            look="primary"
            why={open() > 0 ? plural('merge.undecided', open()) : undefined}
            onClick={take}
          >
            {t('merge.take')}
          </Button>
        </>
      }
    >
      <div class="grid gap-4 sm:grid-cols-2">
        <Changes title={t('merge.theirs')} before={base()} after={props.theirs.content} />
        <Changes title={t('merge.mine')} before={base()} after={props.draft.content()} />
      </div>
      <Show
        when={conflicts().length > 0}
        fallback={<p class="mt-4 rounded-md bg-ok-soft px-3 py-2 text-ok">{t('merge.noConflict')}</p>}
      >
        <h3 class="mt-5 font-semibold">{plural('merge.conflicts', conflicts().length)}</h3>
        <ul class="mt-2 space-y-3">
          <For each={conflicts()}>
            {(conflict, index) => (
              <Conflict
                conflict={conflict}
                chosen={choices().get(index())}
                onChoose={(side) => setChoices((known) => new Map(known).set(index(), side))}
              />
            )}
          </For>
        </ul>
      </Show>
    </Dialog>
  )
}

function Changes(props: {
  readonly title: string
  readonly before: DraftContent
  readonly after: DraftContent
}) {
  const lines = createMemo(() => contentWords(props.before, props.after))
  return (
    <section>
      <h3 class="font-semibold">{props.title}</h3>
      <ul class="mt-1 space-y-0.5 text-sm">
        <For each={lines().slice(0, listed)} fallback={<li class="text-muted">{t('merge.nothing')}</li>}>
          {(line) => <li class="break-words">{line}</li>}
        </For>
      </ul>
      <Show when={lines().length > listed}>
        <p class="mt-1 text-sm text-muted">{t('merge.more', { count: lines().length - listed })}</p>
      </Show>
    </section>
  )
}

function contentWords(before: DraftContent, after: DraftContent): readonly string[] {
  const changes: readonly DocumentChange[] = diffDocuments(before.document, after.document)
  return [
    ...(before.name === after.name ? [] : [t('merge.name', { name: after.name })]),
    ...(before.description === after.description ? [] : [t('merge.description')]),
    ...(isSameSet(before.proxyIds, after.proxyIds)
      ? []
      : [t('merge.proxies', { before: before.proxyIds.length, after: after.proxyIds.length })]),
    ...changes.flatMap((change) => changeWords(change).map(({ sign, text }) => `${sign} ${text}`)),
  ]
}

function Conflict(props: {
  readonly conflict: ContentConflict
  readonly chosen: Side | undefined
  readonly onChoose: (side: Side) => void
}) {
  const sides = ['theirs', 'mine'] as const
  const subject = () => conflictSubject(props.conflict)
  return (
    <li class="rounded-md border border-line p-3">
      <fieldset>
        <legend class="font-medium break-words">{subject()}</legend>
        <p class="mt-0.5 text-xs break-words text-muted">
          {t('merge.was', { value: sideWords(props.conflict, 'base') })}
        </p>
        <div class="mt-2 grid gap-2 sm:grid-cols-2">
          <For each={sides}>
            {(side) => (
              <label
                class={`flex items-start gap-2 rounded-md border p-2 ${props.chosen === side ? 'border-accent bg-accent-soft' : 'border-line'}`}
              >
                <input
                  type="radio"
                  name={`conflict-${subject()}`}
                  checked={props.chosen === side}
                  onChange={() => props.onChoose(side)}
                />
                <span class="min-w-0 break-words">
                  <span class="block text-xs text-muted">{t(`merge.${side}`)}</span>
                  {sideWords(props.conflict, side)}
                </span>
              </label>
            )}
          </For>
        </div>
      </fieldset>
    </li>
  )
}
