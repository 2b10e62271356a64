/** Edits a working copy, as lists or as text, and saves it as the next revision; nobody's edits are lost. */
import { useSearchParams } from '@solidjs/router'
import type { CombinedError } from '@urql/core'
import {
  createEffect,
  createResource,
  createSignal,
  lazy,
  onCleanup,
  onMount,
  Show,
  Suspense,
  untrack,
} from 'solid-js'
import { limits } from '#core/config-document'
import { incompleteCodes } from '#core/rules'
import { t, withTexts } from '../../locales/i18n.ts'
import { codeOf, lineOf, problemSentence, problemsOf } from '../../messages.ts'
import { usePaletteActions } from '../../palette.ts'
import type { RuleTarget } from '../../route/ruleLinks.tsx'
import { session } from '../../session.ts'
import { useShortcuts } from '../../shortcuts.ts'
import { turn } from '../../turns.ts'
import { Button } from '../../ui/Button.tsx'
import { InTurn } from '../../ui/InTurn.tsx'
import { RouteIcon } from '../../ui/icons.ts'
import { Segmented } from '../../ui/Segmented.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'
import { PanelBoundary } from '../../words.tsx'
import { AboutFields } from './AboutFields.tsx'
import { createAutosave } from './createAutosave.ts'
import { createDraft, type Loaded, type PlacedProblem } from './draft.ts'
import { EditorNotices } from './EditorNotices.tsx'
import { EditorParts } from './EditorParts.tsx'
import { createFieldProblems, focusField, keyOf, type RuleField } from './fields.ts'
import { type DraftOwner, type KeptDraft, keptDraft, type OtherDraft } from './kept-drafts.ts'
import { LeaveGuard } from './LeaveGuard.tsx'
import { MergeDialog } from './MergeDialog.tsx'
import { SaveBar } from './SaveBar.tsx'
import { saveDraft } from './saving.ts'
import type { TextPosition } from './text/TextView.tsx'

export type { Loaded } from './draft.ts'

const TryPanel = lazy(() =>
  withTexts(
    import('./TryPanel.tsx').then((file) => ({ default: file.TryPanel })),
    'route',
  ),
)

interface EditorProps {
  readonly configId: string
  readonly loaded: Loaded
  /** The version that runs; null: none does. */
  readonly running: { readonly id: string; readonly number: number } | null
  /** Set: read only, for this reason. */
  readonly why: string | undefined
  /** Loads what the server holds now. */
  readonly onSaved: () => Promise<void>
  readonly onDirty: (isDirty: boolean) => void
}

/** A browser whose storage does not answer must not keep anybody from editing. */
const longestWaitMs = 2_000

/** Waits, very shortly, for what this tab kept before a reload. */
export function Editor(props: EditorProps) {
  const owner = untrack((): DraftOwner => {
    const state = session()
    return { userId: state.kind === 'active' ? state.user.id : '', configId: props.configId }
  })
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, longestWaitMs))
  const [kept] = createResource(() => Promise.race([keptDraft(owner), late]).catch(() => undefined))
  return (
    <Show when={kept.state === 'ready'} fallback={<Skeleton rows={10} label={t('state.loading')} />}>
      <OpenEditor {...props} owner={owner} kept={kept()} />
    </Show>
  )
}

function OpenEditor(
  props: EditorProps & { readonly owner: DraftOwner; readonly kept: KeptDraft | undefined },
) {
  const [search, setSearch] = useSearchParams<{ view?: string; rule?: string; try?: string }>()
  const start = untrack(() => (props.why === undefined ? props.kept : undefined))
  const draft = untrack(() =>
    createDraft(start?.base ?? props.loaded, start?.content, bufferOf(start?.text ?? null)),
  )
  const problems = createFieldProblems(draft)
  const autosave = untrack(() => createAutosave(props.owner, draft, start?.keptAt))
  const [isBusy, setBusy] = createSignal(false)
  const [isMerging, setMerging] = createSignal(false)
  const [wasRestored, setRestored] = createSignal(untrack(draft.isDirty))
  const [target, setTarget] = createSignal<TextPosition>()
  const isText = () => search.view === 'text'
  const isOvertaken = () => draft.isDirty() && !isBusy() && props.loaded.revision > draft.base().revision
  const unreadable = () => draft.buffer()?.unreadable[0]
  let focusRule: ((id: string, field: RuleField) => void) | undefined
  let readText: (() => void) | undefined

  const discard = () => {
    taken = props.loaded
    draft.startOver(props.loaded)
    problems.refuse([])
    setMerging(false)
    setRestored(false)
    void autosave.forget()
  }
  let taken = start && start.base.revision !== props.loaded.revision ? undefined : props.loaded
  createEffect(() => {
    // What the server holds replaces what is on the screen only where nothing typed would be lost.
    const { loaded } = props
    const base = draft.base()
    if (isBusy() || loaded === taken || loaded.revision < base.revision) return
    if (loaded.revision > base.revision && draft.isDirty()) return
    taken = loaded
    untrack(() => (loaded.revision === base.revision ? draft.settled(loaded) : draft.startOver(loaded)))
  })
  createEffect(() => props.onDirty(draft.isDirty()))

  const whyNoSave = () => {
    const bad = unreadable()
    return bad && t('text.unreadable', { line: bad.line, message: problemSentence(bad) })
  }
  const save = async () => {
    readText?.()
    if (isBusy() || props.why !== undefined || !draft.isDirty()) return
    problems.refuse([])
    const blocked = whyNoSave()
    if (blocked !== undefined) return toast('bad', blocked)
    const wrong = draft.problems().find(({ code }) => !incompleteCodes.has(code))
    if (wrong) {
      problems.showAll()
      toast('bad', t('editor.mendFirst'))
      return jump(wrong)
    }
    setBusy(true)
    const sent = draft.content()
    const saved = await saveDraft(props.configId, draft.base(), sent)
    if (saved.kind === 'saved') {
      draft.saved(saved.revision, sent)
      setRestored(false)
      await props.onSaved()
      toast('ok', t('editor.saved', { revision: saved.revision }))
    } else if (saved.kind === 'too-big') {
      toast(
        'bad',
        t('editor.tooBig', { megabytes: megabytes(saved.bytes), limit: megabytes(limits.bodyBytes) }),
      )
    } else await refuse(saved.error, sent.document.rules)
    setBusy(false)
    void autosave.flush()
  }
  const refuse = async (error: CombinedError, rules: Loaded['content']['document']['rules']) => {
    const found = problemsOf(error)
    if (codeOf(error) === 'CONFLICT' && !found.some(({ path }) => path === 'name')) {
      await props.onSaved()
      if (found.some(({ code }) => code === 'STALE_REVISION')) return setMerging(true)
      return toast('bad', lineOf(error))
    }
    if (found.length === 0) return toast('bad', lineOf(error))
    problems.refuse(found, rules)
    problems.showAll()
    const [first] = problems.all()
    if (first) jump(first)
  }
  const jump = (problem: PlacedProblem) => {
    problems.showAll()
    if (isText()) return setTarget({ path: problem.path, ruleId: problem.ruleId })
    if (problem.ruleId !== undefined) {
      const field = (keyOf(problem).split('.').at(-1) ?? 'value') as RuleField
      return focusRule?.(problem.ruleId, field)
    }
    focusField(keyOf(problem))
  }
  let wasNamedShown = false
  /** A link may name a rule by its row: shown once the list, or the text, is there. */
  const showNamedRule = () => {
    if (wasNamedShown) return
    wasNamedShown = true
    const rule = draft.document().rules[Number(search.rule) - 1]
    if (rule) showTarget({ kind: 'rule', id: rule.id, row: Number(search.rule) })
  }
  const showTarget = (target: RuleTarget) => {
    const path =
      target.kind === 'rule' ? `rules.${target.row - 1}.value` : `clientRules.${target.row - 1}.range`
    if (isText()) return setTarget({ path, ruleId: target.kind === 'rule' ? target.id : undefined })
    if (target.kind === 'rule') focusRule?.(target.id, 'value')
    else focusField(path)
  }
  const isTrying = () => search.try !== undefined
  const openTry = (isOpen: boolean) => {
    setSearch({ try: isOpen ? 'open' : null }, { replace: true })
    if (isOpen) document.querySelector<HTMLElement>('#try-route input')?.focus()
    else document.getElementById('try-route-button')?.focus()
  }
  const show = (view: 'list' | 'text') => {
    readText?.()
    const bad = unreadable()
    if (view === 'list' && bad) {
      toast('bad', t('text.mendFirst', { line: bad.line, message: problemSentence(bad) }))
      return setTarget({ line: bad.line })
    }
    const from = document.activeElement?.closest<HTMLElement>('[data-rule]')?.dataset.rule
    setTarget(view === 'text' && from !== undefined ? { ruleId: from } : undefined)
    readText = undefined
    setSearch({ view: view === 'text' ? 'text' : null }, { replace: true })
  }
  /** Lines that can't be read exist in the text only, so that is where they are shown. */
  const showUnreadable = () => {
    if (unreadable() && !isText()) setSearch({ view: 'text' }, { replace: true })
  }
  onMount(showUnreadable)
  const openOther = (other: OtherDraft) => {
    draft.merged(other.base, other.content, bufferOf(other.text))
    setRestored(true)
    showUnreadable()
  }

  useShortcuts(() => [
    { keys: '$mod+s', label: t('edit.keySave'), run: () => void save(), isGlobal: true },
    { keys: '$mod+z', label: t('edit.undo'), run: () => draft.undo() },
    { keys: '$mod+Shift+z', label: t('edit.redo'), run: () => draft.redo() },
    { keys: '$mod+y', label: t('edit.redo'), run: () => draft.redo() },
    { keys: 'Alt+t', label: t('text.keySwitch'), run: () => show(isText() ? 'list' : 'text') },
    { keys: 'Alt+r', label: t('edit.tryRoute'), run: () => openTry(true) },
  ])
  usePaletteActions(() => [
    { id: 'editor.save', label: t('edit.keySave'), run: () => void save(), why: props.why },
    {
      id: 'editor.view',
      label: t(isText() ? 'text.toList' : 'text.toText'),
      run: () => show(isText() ? 'list' : 'text'),
    },
    { id: 'editor.try', label: t('edit.tryRoute'), run: () => openTry(true) },
  ])
  onCleanup(() => props.onDirty(false))

  return (
    <>
      <LeaveGuard
        isDirty={draft.isDirty()}
        onKeep={async () => void (await autosave.flush())}
        onDiscard={async () => void (await autosave.forget())}
      />
      <EditorNotices
        owner={props.owner}
        why={props.why}
        isRestored={wasRestored() && draft.isDirty()}
        isDirty={draft.isDirty()}
        newerRevision={isOvertaken() ? props.loaded.revision : undefined}
        onDiscard={discard}
        onOpenOther={openOther}
        onMerge={() => setMerging(true)}
      />
      <AboutFields draft={draft} problems={problems} why={props.why} whyDefault={whyNoSave()} />
      <div class="mb-3 flex flex-wrap items-center justify-between gap-2">
        <Segmented
          label={t('text.view')}
          options={[
            { value: 'list', label: t('text.list') },
            { value: 'text', label: t('text.text') },
          ]}
          value={isText() ? 'text' : 'list'}
          onChange={show}
        />
        <Button
          id="try-route-button"
          aria-expanded={isTrying()}
          aria-keyshortcuts="Alt+R"
          onClick={() => openTry(!isTrying())}
        >
          <RouteIcon size={15} aria-hidden="true" />
          {t('edit.tryRoute')}
        </Button>
      </div>
      <div
        class={
          isTrying()
            ? 'xl:grid xl:grid-cols-[minmax(0,1fr)_18rem] xl:items-start xl:gap-4 2xl:grid-cols-[minmax(0,1fr)_24rem]'
            : ''
        }
      >
        <Show when={isTrying()}>
          <div class="xl:sticky xl:top-4 xl:col-start-2 xl:row-start-1">
            <PanelBoundary>
              <Suspense fallback={<Skeleton rows={6} label={t('state.loading')} />}>
                <TryPanel
                  configId={props.configId}
                  draft={draft}
                  running={props.running}
                  links={{ show: showTarget }}
                  // What is kept is written into the text, whose lines must then be readable.
                  why={props.why ?? whyNoSave()}
                  onMend={jump}
                  onClose={() => openTry(false)}
                />
              </Suspense>
            </PanelBoundary>
          </div>
        </Show>
        <div class="min-w-0 xl:col-start-1 xl:row-start-1">
          {/* After the head of the page: a list of rules takes as long to make as all the rest. */}
          <InTurn>
            <EditorParts
              configId={props.configId}
              draft={draft}
              problems={problems}
              why={props.why}
              isText={isText()}
              target={target()}
              links={{ show: showTarget }}
              onListReady={(focus) => {
                focusRule = focus
                void turn().then(showNamedRule)
              }}
              onTextReady={(read) => {
                readText = read
                showNamedRule()
              }}
              onLeaveText={(ruleId) => {
                show('list')
                if (ruleId !== undefined && !isText()) focusRule?.(ruleId, 'value')
              }}
            />
          </InTurn>
        </div>
      </div>
      <SaveBar
        draft={draft}
        problems={problems}
        why={props.why}
        isBusy={isBusy()}
        keepState={autosave.state()}
        onSave={() => void save()}
        onDiscard={discard}
        onJump={jump}
      />
      <MergeDialog
        draft={draft}
        theirs={props.loaded}
        isOpen={isMerging() && props.loaded.revision > draft.base().revision}
        onClose={() => setMerging(false)}
        onTakeTheirs={discard}
        onMerge={(result) => {
          taken = props.loaded
          draft.merged(props.loaded, result)
          setMerging(false)
          toast('ok', t('merge.done', { revision: props.loaded.revision }))
        }}
      />
    </>
  )
}

/** Characters that were kept because they can't be read; the text view reads them again. */
function bufferOf(text: string | null) {
  return text === null ? undefined : { text, unreadable: [{ line: 1, code: 'NOT_READ_YET', message: '' }] }
}

function megabytes(bytes: number): string {
  return (bytes / (1024 * 1024)).toFixed(1)
}
