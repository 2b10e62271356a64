/** The one ordered list of rules, as a table of which only the rows in sight are drawn: typed in place, moved by keys. */
import { createMemo, createSignal, For, Show } from 'solid-js'
import { limits, type NewRule, type Rule } from '#core/config-document'
import { plural, t } from '../../locales/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { createRowWindow } from '../../ui/createRowWindow.ts'
import { ClipboardPasteIcon, PlusIcon } from '../../ui/icons.ts'
import { Panel } from '../../ui/Panel.tsx'
import { toast } from '../../ui/toast.tsx'
import { createRuleKeys, rowAround } from './createRuleKeys.ts'
import { createShownRules } from './createShownRules.ts'
import type { EditWords } from './draft.ts'
import { editRule, editRules, insertRules, moveRules, newRule, removeRules, stepRules } from './edits.ts'
import { fieldId, type PartProps, type RuleField, ruleKey } from './fields.ts'
import { NoRules } from './NoRules.tsx'
import { PastePanel, type PasteRequest } from './PastePanel.tsx'
import { PlaceDialog } from './PlaceDialog.tsx'
import { RuleBulkBar } from './RuleBulkBar.tsx'
import type { RuleCommand } from './RuleDetails.tsx'
import { RuleHeader } from './RuleHeader.tsx'
import { RuleRow } from './RuleRow.tsx'
import { RuleToolbar } from './RuleToolbar.tsx'
import { noFilter } from './rule-filter.ts'
import { createSelection } from './selection.ts'

/** Never seen: a row is made only for a rule that there is. */
const blank = newRule()

interface RuleListProps extends PartProps {
  /** Called once, with the way to a rule's field. */
  readonly onReady?: (focusRule: (ruleId: string, field: RuleField) => void) => void
}

export function RuleList(props: RuleListProps) {
  const rules = () => props.draft.document().rules
  const seen = createShownRules(rules, () => props.problems.all())
  const [found, setFound] = createSignal<string>()
  const [open, setOpen] = createSignal<ReadonlySet<string>>(new Set<string>())
  const [announcement, setAnnouncement] = createSignal('')
  const [paste, setPaste] = createSignal<PasteRequest>()
  const [toPlace, setToPlace] = createSignal<ReadonlySet<string>>()

  const { ids, rowOf, existing } = seen
  const selection = createSelection(ids, existing)
  const [scroller, setScroller] = createSignal<HTMLDivElement>()
  const view = createRowWindow({ keys: ids, scroller, usualPx })
  const ruleOf = (id: string): Rule | undefined => rules()[rowOf(id) - 1]

  const focusRule = (id: string, field: RuleField | 'select' = 'value') => {
    if (!view.places().has(id)) {
      if (!existing().has(id)) return
      seen.setFilter(noFilter)
    }
    if (field === 'owner' || field === 'expiresAt') setOpen((known) => new Set(known).add(id))
    view.reveal(id)
    focusWhenDrawn(fieldId(`${id}.${field}`))
  }
  props.onReady?.(focusRule)

  const change = (edit: Parameters<typeof props.draft.change>[0], words: EditWords, key?: string) =>
    props.draft.change(edit, words, key)
  const editField = (id: string, field: RuleField, values: Partial<Rule>) =>
    change(editRule(id, values), { key: `edit.rule.${field}`, args: { row: rowOf(id) } }, ruleKey(id, field))
  // Each row asks for it, and the answer takes the whole lifecycle to find.
  const why = createMemo(() => props.why)
  const whyFull = () => why() ?? (rules().length >= limits.rules ? t('rules.full') : undefined)
  const addAt = (index: number, fields: Partial<NewRule>) => {
    if (whyFull() !== undefined) return
    const rule = newRule(fields)
    change(insertRules(index, [rule]), { key: 'edit.rulesAdded', args: { count: 1 } })
    focusRule(rule.id)
  }
  const addLast = () => {
    const last = rules().at(-1)
    addAt(rules().length, last ? { kind: last.kind, action: last.action } : {})
  }
  /** Takes rules away and puts the focus where the first of them was. */
  const remove = (removed: ReadonlySet<string>) => {
    const first = ids().findIndex((id) => removed.has(id))
    const next = ids().find((id, place) => place > first && !removed.has(id)) ?? ids()[first - 1]
    change(removeRules(removed), { key: 'edit.rulesRemoved', args: { count: removed.size } })
    tellWithUndo(plural('rules.removed', removed.size))
    if (next !== undefined && !removed.has(next)) focusRule(next)
    else document.getElementById(fieldId('rules'))?.focus()
  }
  const tellWithUndo = (text: string) => {
    const mine = props.draft.undoable()
    toast('ok', text, {
      label: t('edit.undo'),
      onAction: () => {
        // Only what this notice speaks of, never an edit that came after it.
        if (props.draft.undoable() === mine) props.draft.undo()
        else toast('bad', t('edit.undoTooLate'))
      },
    })
  }
  const step = (id: string, by: -1 | 1) => {
    const block = selection.has(id) ? selection.ids() : new Set([id])
    const edit = stepRules(rules(), ids(), block, by)
    if (edit === undefined || why() !== undefined) return
    change(edit, { key: 'edit.rulesMoved', args: { count: block.size } })
    view.reveal(id)
    setAnnouncement(t('rules.moved', { row: rowOf(id) }))
  }
  const bulk = (values: Partial<Rule>, words: EditWords) => {
    const count = selection.ids().size
    change(editRules(selection.ids(), values), words)
    tellWithUndo(plural('rules.changed', count))
  }
  const command = (id: string, what: RuleCommand) => {
    const rule = ruleOf(id)
    if (what === 'details') setOpen((known) => toggled(known, id))
    if (why() !== undefined || !rule) return
    if (what === 'up' || what === 'down') step(id, what === 'up' ? -1 : 1)
    if (what === 'below') addAt(rowOf(id), { kind: rule.kind, action: rule.action })
    if (what === 'copy') addAt(rowOf(id), copyOf(rule))
    if (what === 'remove') remove(new Set([id]))
    if (what === 'place') setToPlace(new Set([id]))
  }
  const find = (by: -1 | 1) => {
    const list = seen.matches()
    if (list.length === 0) return
    const at = list.indexOf(found() ?? '')
    const next = list[(at + by + list.length + (at < 0 && by < 0 ? 1 : 0)) % list.length]
    if (next === undefined) return
    setFound(next)
    view.reveal(next, 'center')
    setAnnouncement(t('rules.foundRow', { row: rowOf(next) }))
  }

  const keys = createRuleKeys({
    ids,
    places: view.places,
    selection,
    isReadOnly: () => why() !== undefined,
    onFocus: focusRule,
    onStep: step,
    onAddBelow: (id) => command(id, 'below'),
    onRemove: remove,
  })
  const onFocusIn = (event: FocusEvent & { readonly target: Element }) => view.keep(rowAround(event.target))
  const onFocusOut = (event: FocusEvent & { readonly target: Element }) => {
    const id = rowAround(event.target)
    const field = event.target.getAttribute('data-field')
    if (id !== undefined && field !== null) props.problems.leave(`${id}.${field}`)
  }
  /** Several lines pasted into one value are several rules. */
  const onPaste = (event: ClipboardEvent & { readonly target: Element }) => {
    const id = rowAround(event.target)
    const text = event.clipboardData?.getData('text/plain') ?? ''
    if (id === undefined || event.target.getAttribute('data-field') !== 'value') return
    if (!text.trim().includes('\n') || why() !== undefined) return
    event.preventDefault()
    const isEmpty = ruleOf(id)?.value.trim() === ''
    setPaste({ text, at: rowOf(id) - (isEmpty ? 1 : 0), replaces: isEmpty ? id : undefined })
  }

  return (
    <Panel
      title={t('rules.title')}
      note={t('rules.text')}
      isFlush
      class="@container mb-4"
      actions={
        <>
          <Button why={why()} onClick={() => setPaste({ text: '', at: rules().length, replaces: undefined })}>
            <ClipboardPasteIcon size={15} aria-hidden="true" />
            {t('paste.open')}
          </Button>
          <Button id={fieldId('rules')} onClick={addLast} why={whyFull()}>
            <PlusIcon size={15} aria-hidden="true" />
            {t('rules.add')}
          </Button>
        </>
      }
    >
      <div class="sr-only" role="status">
        {announcement()}
      </div>
      <Show when={paste()}>
        {(request) => (
          <PastePanel
            draft={props.draft}
            request={request()}
            onTaken={(first) => view.reveal(first, 'center')}
            onClose={(last) => {
              setPaste(undefined)
              if (last !== undefined) focusRule(last)
              else document.getElementById(fieldId('rules'))?.focus()
            }}
          />
        )}
      </Show>
      <Show
        when={rules().length > 0}
        fallback={<NoRules defaultAction={props.draft.document().defaultAction} />}
      >
        <RuleToolbar
          filter={seen.filter()}
          onFilter={seen.setFilter}
          isNarrowed={seen.isNarrowed()}
          onNarrow={seen.setNarrowed}
          matches={seen.matches().length}
          foundAt={seen.matches().indexOf(found() ?? '') + 1}
          onFind={find}
        />
        <RuleBulkBar
          rules={rules()}
          selection={selection}
          shownCount={ids().length}
          isFiltered={seen.isFiltered()}
          why={why()}
          onChange={bulk}
          onPlace={() => setToPlace(selection.ids())}
          onRemove={() => remove(selection.ids())}
        />
        <RuleHeader selection={selection} ids={ids()} why={why()} />
        <div
          ref={setScroller}
          class="max-h-[max(20rem,calc(100dvh-19rem))] [scrollbar-gutter:stable] overflow-x-hidden overflow-y-auto overscroll-contain"
        >
          <ol
            class="relative"
            aria-label={t('rules.title')}
            style={{ height: `${view.heightPx()}px` }}
            onKeyDown={(event) => {
              if (event.key === 'Tab') view.settle()
              keys.onKeyDown(event)
            }}
            onFocusIn={onFocusIn}
            onFocusOut={onFocusOut}
            on:paste={onPaste as (event: ClipboardEvent) => void}
          >
            <For each={view.slots()}>
              {(slot) => {
                const id = createMemo(() => view.keyOf(slot))
                const rule = createMemo((before: Rule) => ruleOf(id()) ?? before, blank)
                return (
                  <RuleRow
                    ref={(row) => view.place(slot, row)}
                    rule={rule()}
                    index={rowOf(id()) - 1}
                    count={rules().length}
                    startPx={view.startPx(id())}
                    isSelected={selection.has(id())}
                    isOpen={open().has(id())}
                    isFound={found() === id()}
                    problems={props.problems}
                    why={why()}
                    onEdit={(field, values) => editField(id(), field, values)}
                    onMark={(isSelected, isRange) => selection.mark(id(), isSelected, isRange)}
                    onCommand={(what) => command(id(), what)}
                  />
                )
              }}
            </For>
          </ol>
          <Show when={ids().length === 0}>
            <p class="px-4 py-6 text-center text-muted">{t('rules.noneShown')}</p>
          </Show>
        </div>
      </Show>
      <PlaceDialog
        ids={toPlace()}
        count={rules().length}
        onClose={() => setToPlace(undefined)}
        onPlace={(block, row) => {
          change(moveRules(block, row - 1), { key: 'edit.rulesMoved', args: { count: block.size } })
          const [first] = block
          if (first !== undefined) focusRule(first, 'select')
        }}
      />
    </Panel>
  )
}

/** Pixels of a row without a note in one line and in two; rows take two below the width of their `@2xl` classes. */
function usualPx(widthPx: number): number {
  return widthPx >= 672 ? 37 : 69
}

function copyOf({ id: _, ...rule }: Rule): NewRule {
  return rule
}

function toggled(known: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(known)
  if (!next.delete(id)) next.add(id)
  return next
}

/** A row that was out of sight is drawn a frame or two after it was scrolled to. */
function focusWhenDrawn(id: string, framesLeft = 12): void {
  const target = document.getElementById(id)
  if (target) target.focus({ preventScroll: true })
  else if (framesLeft > 0) requestAnimationFrame(() => focusWhenDrawn(id, framesLeft - 1))
}
