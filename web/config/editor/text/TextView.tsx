/** The config as text: the same draft as the lists, in step with every key, and never a line lost. */
import { defaultKeymap } from '@codemirror/commands'
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { Annotation, EditorState, type Extension, Text } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { createEffect, createSignal, on, onCleanup, onMount, Show, untrack } from 'solid-js'
import { documentText, ruleAtLine, type TextPositions, textToDocument } from '#core/document-text'
import { cspNonce } from '../../../csp.ts'
import { plural, t } from '../../../locales/i18n.ts'
import { problemSentence } from '../../../messages.ts'
import { Button } from '../../../ui/Button.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import type { PartProps } from '../fields.ts'
import { configLanguage } from './language.ts'
import { theme } from './theme.ts'

/** A place to go to: a line, a rule, or what a problem's path names. */
export interface TextPosition {
  readonly line?: number
  readonly ruleId?: string | undefined
  readonly path?: string
}

interface TextViewProps extends PartProps {
  readonly target: TextPosition | undefined
  /** Called once, with the way to read at once what was just typed. */
  readonly onReady: (flush: () => void) => void
  /** Back to the list, to this rule. */
  readonly onLeave: (ruleId: string | undefined) => void
}

/** Marks changes that come from the draft, which must not go back into it. */
const fromDraft = Annotation.define<boolean>()
/** A text of this many lines is read when typing pauses, not with each key. */
const bigText = 2_000
const typingMs = 150

export function TextView(props: TextViewProps) {
  const [view, setView] = createSignal<EditorView>()
  const [cursorRule, setCursorRule] = createSignal<string>()
  const [positions, setPositions] = createSignal<TextPositions>(
    untrack(() => documentText(props.draft.document())),
  )
  let host: HTMLDivElement | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const read = (text: Text, editKey: string) => {
    clearTimeout(timer)
    timer = undefined
    const reading = textToDocument(text.toString(), untrack(props.draft.document))
    setPositions(reading)
    const unreadable = reading.problems
    const isReadable = unreadable.length === 0
    const next = isReadable ? reading.document : untrack(props.draft.document)
    props.draft.write(next, { text, unreadable }, editKey)
  }
  const flush = () => {
    const current = view()
    if (timer !== undefined && current) read(current.state.doc, keyAt(current.state))
  }
  const onTyped = (state: EditorState) => {
    const editKey = keyAt(state)
    if (state.doc.lines < bigText) return read(state.doc, editKey)
    // The characters are safe at once; what they mean follows.
    const unreadable = untrack(props.draft.buffer)?.unreadable ?? []
    props.draft.write(untrack(props.draft.document), { text: state.doc, unreadable }, editKey)
    clearTimeout(timer)
    timer = setTimeout(() => read(state.doc, editKey), typingMs)
  }
  const noteCursor = (state: EditorState) => {
    const { number } = state.doc.lineAt(state.selection.main.head)
    const index = ruleAtLine(untrack(positions).lineOfRule, number)
    setCursorRule(index === undefined ? undefined : untrack(props.draft.document).rules[index]?.id)
  }

  onMount(() => {
    const buffer = untrack(props.draft.buffer)
    const doc = textOf(buffer?.text ?? documentText(untrack(props.draft.document)).text)
    const created = new EditorView({
      ...(host && { parent: host }),
      state: EditorState.create({
        doc,
        extensions: [
          extensions(untrack(() => props.why) !== undefined),
          EditorView.updateListener.of((update) => {
            const isOwn = update.transactions.every((each) => each.annotation(fromDraft) !== true)
            if (update.docChanged && isOwn) onTyped(update.state)
            if (update.docChanged || update.selectionSet) noteCursor(update.state)
          }),
        ],
      }),
    })
    setView(created)
    if (buffer) read(doc, 'text.kept')
    noteCursor(created.state)
    props.onReady(flush)
    onCleanup(() => {
      flush()
      created.destroy()
    })
  })
  // Undo, redo, a merge, a save: the draft has changed by another hand than this one.
  createEffect(
    on([view, props.draft.buffer, props.draft.document], ([current, buffer, document]) => {
      if (!current || buffer?.text === current.state.doc || timer !== undefined) return
      if (buffer) replace(current, textOf(buffer.text))
      else {
        const written = documentText(document)
        setPositions(written)
        replace(current, textOf(written.text))
      }
    }),
  )
  createEffect(() => {
    const current = view()
    if (!current) return
    const found = diagnosticsOf(current.state.doc)
    current.dispatch(setDiagnostics(current.state, found))
  })
  createEffect(
    on([view, () => props.target], ([current, target]) => {
      if (!current || !target) return
      const line = lineOf(target)
      if (line === undefined) return
      const { from } = current.state.doc.line(Math.min(line, current.state.doc.lines))
      current.dispatch({
        selection: { anchor: from },
        effects: EditorView.scrollIntoView(from, { y: 'center' }),
      })
      current.focus()
      host?.scrollIntoView({ block: 'nearest' })
    }),
  )

  const lineOf = ({ line, ruleId, path }: TextPosition): number | undefined => {
    if (line !== undefined) return line
    const index = props.draft.document().rules.findIndex(({ id }) => id === ruleId)
    if (index >= 0) return positions().lineOfRule[index]
    return path === undefined ? undefined : positions().lineOf(path)
  }
  const unreadable = () => props.draft.buffer()?.unreadable ?? []
  const diagnosticsOf = (doc: Text): Diagnostic[] => {
    const at = (line: number, message: string, severity: 'error' | 'warning'): Diagnostic => {
      const { from, to } = doc.line(Math.max(1, Math.min(line, doc.lines)))
      return { from, to, severity, message }
    }
    return [
      ...unreadable().map((bad) => at(bad.line, problemSentence(bad), 'error')),
      ...props.problems
        .all()
        .flatMap((problem) =>
          problem.path === '' || problem.path === 'name'
            ? []
            : [at(positions().lineOf(problem.path), problemSentence(problem), 'warning')],
        ),
    ]
  }

  return (
    <Panel
      title={t('text.title')}
      note={t('text.note')}
      isFlush
      class="mb-4"
      actions={
        <Button
          why={cursorRule() === undefined ? t('text.noRuleHere') : undefined}
          onClick={() => props.onLeave(cursorRule())}
        >
          {t('text.showRule')}
        </Button>
      }
    >
      <Show when={unreadable().length > 0}>
        <p role="status" class="border-b border-line bg-bad-soft px-4 py-2 text-sm text-bad">
          {plural('text.unreadableCount', unreadable().length)} {t('text.unreadableText')}
        </p>
      </Show>
      <div
        ref={host}
        class="scroll-mb-16 overflow-hidden rounded-b-[9px] [&_.cm-editor]:max-h-[max(20rem,calc(100dvh-16rem))] [&_.cm-editor]:min-h-64"
      />
    </Panel>
  )
}

function extensions(isReadOnly: boolean): Extension {
  const nonce = cspNonce()
  return [
    nonce === '' ? [] : EditorView.cspNonce.of(nonce),
    EditorState.readOnly.of(isReadOnly),
    EditorView.contentAttributes.of({
      'aria-label': t('text.title'),
      'aria-readonly': String(isReadOnly),
      // Focusable also by name: what scrolls must be within reach of the keyboard.
      tabindex: '0',
    }),
    EditorState.phrases.of(phrases()),
    lineNumbers(),
    lintGutter(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    drawSelection(),
    search({ top: true }),
    configLanguage,
    theme,
    // Undo is the editor's own, over all views; Tab leaves the field, as everywhere on the page.
    keymap.of([...searchKeymap, ...lintKeymap, ...defaultKeymap]),
  ]
}

/** Puts another text in, touching only what differs, so that cursor and scroll stay. */
function replace(view: EditorView, next: Text): void {
  const before = view.state.doc.toString()
  const after = next.toString()
  if (before === after) return
  let start = 0
  const shorter = Math.min(before.length, after.length)
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1
  let end = 0
  while (
    end < shorter - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  ) {
    end += 1
  }
  view.dispatch({
    changes: { from: start, to: before.length - end, insert: after.slice(start, after.length - end) },
    annotations: fromDraft.of(true),
  })
}

/** What is typed into one line is one step. */
function keyAt(state: EditorState): string {
  return `text.${state.doc.lineAt(state.selection.main.head).number}`
}

function textOf(text: { toString(): string }): Text {
  return text instanceof Text ? text : Text.of(text.toString().split('\n'))
}

/** CodeMirror's own words in the reader's language. */
function phrases(): Record<string, string> {
  return {
    Find: t('text.find'),
    Replace: t('text.replace'),
    next: t('text.findNext'),
    previous: t('text.findPrevious'),
    all: t('text.findAll'),
    'match case': t('text.matchCase'),
    regexp: t('text.regexp'),
    'by word': t('text.byWord'),
    replace: t('text.replaceOne'),
    'replace all': t('text.replaceAll'),
    close: t('action.close'),
    'current match': t('text.currentMatch'),
    'on line': t('text.onLine'),
    'Go to line': t('text.goToLine'),
    go: t('text.go'),
    Diagnostics: t('editor.problems'),
    'No diagnostics': t('text.noProblems'),
  }
}
