/** One row of a file's diff: a line, or two beside each other, with numbers, signs and every blank in sight. */
import { For, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { plural, t } from '../locales/i18n.ts'
import { type DiffRow, type Piece, piecesOf, type Side } from './rows.ts'

type LineRow = Exclude<DiffRow, { kind: 'fold' }>
type Change = 'added' | 'removed' | 'none'

const backgrounds: Readonly<Record<Change, string>> = {
  added: 'bg-ok-soft',
  removed: 'bg-bad-soft',
  none: '',
}
const signs: Readonly<Record<Change, { readonly text: string; readonly look: string }>> = {
  added: { text: '+', look: 'text-ok' },
  removed: { text: '−', look: 'text-bad' },
  none: { text: '', look: '' },
}

interface FileDiffLineProps {
  readonly row: LineRow
  readonly isSplit: boolean
  /** The reader has jumped here. */
  readonly isCurrent: boolean
}

export function FileDiffLine(props: FileDiffLineProps) {
  const isSame = () => props.row.kind === 'same'
  const current = () => (props.isCurrent ? 'shadow-[inset_3px_0_0_var(--accent)]' : '')
  return (
    <Show
      when={props.isSplit}
      fallback={
        <div class={current()} aria-current={props.isCurrent ? 'true' : undefined}>
          <Cell
            side={props.row.before ?? props.row.after}
            numbers={[props.row.before?.number, props.row.after?.number]}
            change={isSame() ? 'none' : props.row.before ? 'removed' : 'added'}
          />
        </div>
      }
    >
      <div class={`grid grid-cols-2 ${current()}`} aria-current={props.isCurrent ? 'true' : undefined}>
        <Cell
          side={props.row.before}
          numbers={[props.row.before?.number]}
          change={isSame() ? 'none' : 'removed'}
        />
        <div class="min-w-0 border-l border-line">
          <Cell
            side={props.row.after}
            numbers={[props.row.after?.number]}
            change={isSame() ? 'none' : 'added'}
          />
        </div>
      </div>
    </Show>
  )
}

interface CellProps {
  /** Null: nothing stands here, the other column has a line more. */
  readonly side: Side | null
  readonly numbers: readonly (number | undefined)[]
  readonly change: Change
}

function Cell(props: CellProps) {
  return (
    <Show when={props.side} fallback={<div class="h-full min-h-5 bg-sunken" />}>
      {(side) => (
        <div class={`flex h-full min-w-0 ${backgrounds[props.change]}`}>
          <For each={props.numbers}>
            {(number) => (
              <span class="w-8 shrink-0 px-0.5 text-right text-muted select-none sm:w-12" aria-hidden="true">
                {number}
              </span>
            )}
          </For>
          <span class={`w-4 shrink-0 text-center select-none ${signs[props.change].look}`} aria-hidden="true">
            {signs[props.change].text}
          </span>
          <Show when={props.change !== 'none'}>
            <span class="sr-only">{props.change === 'added' ? t('review.added') : t('review.removed')} </span>
          </Show>
          <Dynamic
            component={props.change === 'none' ? 'span' : props.change === 'added' ? 'ins' : 'del'}
            class="min-w-0 flex-1 pr-2 wrap-anywhere whitespace-pre-wrap no-underline"
          >
            <For each={piecesOf(side())}>{(piece) => <PieceText piece={piece} change={props.change} />}</For>
            <Show when={side().isUnended}>
              <span class="ml-2 font-sans text-warn italic select-none">{t('review.unended')}</span>
            </Show>
          </Dynamic>
        </div>
      )}
    </Show>
  )
}

const changedLooks: Readonly<Record<Change, string>> = {
  added: 'rounded-xs bg-[color-mix(in_srgb,var(--ok)_26%,transparent)]',
  removed: 'rounded-xs bg-[color-mix(in_srgb,var(--bad)_26%,transparent)]',
  none: '',
}

function PieceText(props: { readonly piece: Piece; readonly change: Change }) {
  const look = () => (props.piece.isChanged ? changedLooks[props.change] : '')
  return (
    <Show when={props.piece.kind !== 'text'} fallback={<span class={look()}>{props.piece.text}</span>}>
      <span class={`relative ${props.piece.isChanged ? look() : 'text-warn'}`}>
        <span class="absolute inset-y-0 left-0 select-none" aria-hidden="true">
          {markOf(props.piece)}
        </span>
        {props.piece.text}
      </span>
    </Show>
  )
}

/** Drawn over the blanks themselves, so that what is copied stays what is in the file. */
function markOf({ kind, text }: Piece): string {
  if (kind === 'tab') return '→'
  if (kind === 'return') return '↵'
  return '·'.repeat(text.length)
}

export function Fold(props: { readonly count: number; readonly onOpen: () => void }) {
  return (
    <button
      type="button"
      onClick={() => props.onOpen()}
      class="block w-full bg-info-soft px-3 py-1 text-left font-sans text-info hover:underline"
    >
      {`… ${plural('review.unchanged', props.count)}`}
    </button>
  )
}
