/** Takes rules from pasted text in one step that can be undone; what can't be read stays here, line by line, to be mended. */
import { createEffect, createMemo, createSignal, For, on, Show, untrack } from 'solid-js'
import { limits, type NewRule } from '#core/config-document'
import { type RejectedItem, readPasted } from '#core/paste'
import { factsOf } from '#core/rule-facts'
import { Route } from '#core/vocabulary'
import { plural, t } from '../../locales/i18n.ts'
import { problemSentence } from '../../messages.ts'
import { turn } from '../../turns.ts'
import { Button } from '../../ui/Button.tsx'
import { CloseIcon } from '../../ui/icons.ts'
import { nameIn } from '../document.ts'
import type { Draft } from './draft.ts'
import { insertRules, newRule, removeRules } from './edits.ts'

export interface PasteRequest {
  /** Read at once; empty: asks for text first. */
  readonly text: string
  /** Where the rules go, counted from 0. */
  readonly at: number
  /** An empty rule that was pasted into, and gives its place. */
  readonly replaces: string | undefined
}

interface PastePanelProps {
  readonly draft: Draft
  readonly request: PasteRequest
  /** The first rule of a batch that was taken. */
  readonly onTaken: (firstId: string) => void
  readonly onClose: (lastId: string | undefined) => void
}

type Leftover = Pick<RejectedItem, 'line' | 'text' | 'code' | 'message' | 'action'>

export function PastePanel(props: PastePanelProps) {
  const [action, setAction] = createSignal<Route>(
    untrack(() => (props.draft.document().defaultAction === 'direct' ? 'parent' : 'direct')),
  )
  const [counts, setCounts] = createSignal<{ taken: number; repeated: number }>()
  const [leftovers, setLeftovers] = createSignal<readonly Leftover[]>([])
  const [skipped, setSkipped] = createSignal(0)
  const [isFull, setFull] = createSignal(false)
  const [lastId, setLastId] = createSignal<string>()
  let area: HTMLTextAreaElement | undefined

  const known = createMemo(() => new Set(props.draft.document().rules.map((rule) => factsOf(rule).meaning)))
  const place = () => {
    const after = props.draft.document().rules.findIndex(({ id }) => id === lastId())
    return after < 0 ? Math.min(props.request.at, props.draft.document().rules.length) : after + 1
  }
  /** Inserts those that the list doesn't have yet; how many it has. */
  const insert = (read: readonly NewRule[], replaces?: string) => {
    const existing = untrack(known)
    const fresh = read.filter((rule) => !existing.has(factsOf(rule).meaning))
    const room = limits.rules - props.draft.document().rules.length
    setFull(fresh.length > room)
    const added = fresh.slice(0, room).map((rule) => newRule(rule))
    const last = added.at(-1)
    if (last) {
      const put = insertRules(place(), added)
      const free = replaces === undefined ? undefined : removeRules(new Set([replaces]))
      props.draft.change((content) => (free ? free(put(content)) : put(content)), {
        key: 'edit.rulesAdded',
        args: { count: added.length },
      })
      setLastId(last.id)
    }
    return { first: added[0]?.id, taken: added.length, repeated: read.length - fresh.length }
  }
  const count = (taken: number, repeated: number) =>
    setCounts((before) => ({
      taken: (before?.taken ?? 0) + taken,
      repeated: (before?.repeated ?? 0) + repeated,
    }))
  /** Reading, inserting, scrolling and listing what is left are a turn each: together they would hold up the page. */
  const take = async (text: string, replaces?: string) => {
    if (text.trim() === '') return
    if (area) area.value = ''
    await turn()
    const { rules, rejected, ignored } = readPasted(text, { action: action() })
    await turn()
    const { first, taken, repeated } = insert(rules, replaces)
    await turn()
    if (first !== undefined) props.onTaken(first)
    await turn()
    count(taken, repeated + ignored.filter(({ reason }) => reason === 'DUPLICATE').length)
    setSkipped((before) => before + ignored.filter(({ reason }) => reason !== 'DUPLICATE').length)
    setLeftovers((before) => [...before, ...rejected])
  }
  /** True when the mended line was taken. */
  const mend = (leftover: Leftover, text: string): boolean => {
    const { rules, rejected } = readPasted(text, { action: leftover.action })
    const [problem] = rejected
    if (problem || rules.length === 0) {
      setLeftovers((all) =>
        all.map((each) =>
          each === leftover
            ? problem
              ? { ...each, code: problem.code, message: problem.message, text }
              : { ...each, text }
            : each,
        ),
      )
      return false
    }
    const { first, taken, repeated } = insert(rules)
    if (first !== undefined) props.onTaken(first)
    count(taken, repeated)
    drop(leftover)
    return true
  }
  const drop = (leftover: Leftover) => setLeftovers((all) => all.filter((each) => each !== leftover))
  const takeFile = async (file: File | undefined) => {
    if (file) await take(await file.text())
  }
  createEffect(
    on(
      () => props.request,
      (request) => {
        setLastId(undefined)
        if (request.text === '') area?.focus()
        else void take(request.text, request.replaces)
      },
    ),
  )

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files are dropped here; the button does the same by keyboard.
    <div
      class="border-b border-line bg-sunken px-4 py-3"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        const text = event.dataTransfer?.getData('text/plain')
        if (text) void take(text)
        else void takeFile(event.dataTransfer?.files[0])
      }}
    >
      <div class="flex items-start gap-3">
        <div class="min-w-0 flex-1">
          <h3 class="font-semibold">{t('paste.title')}</h3>
          <p class="mt-0.5 text-sm text-muted">{t('paste.text')}</p>
        </div>
        <Button
          look="ghost"
          isIcon
          aria-label={t('paste.close')}
          title={t('paste.close')}
          onClick={() => props.onClose(lastId())}
        >
          <CloseIcon size={16} aria-hidden="true" />
        </Button>
      </div>
      <textarea
        ref={area}
        class="input mt-2 font-mono text-sm!"
        rows={counts() ? 2 : 5}
        aria-label={t('paste.area')}
        placeholder={t('paste.placeholder')}
        spellcheck={false}
        onPaste={(event) => {
          const text = event.clipboardData?.getData('text/plain') ?? ''
          if (!text.trim().includes('\n') || event.currentTarget.value !== '') return
          event.preventDefault()
          void take(text)
        }}
      />
      <div class="mt-2 flex flex-wrap items-center gap-2">
        <label class="flex items-center gap-2 text-sm">
          {t('paste.action')}
          <select
            class="input w-auto!"
            onChange={(event) => {
              const chosen = Object.values(Route).find((word) => word === event.currentTarget.value)
              if (chosen) setAction(chosen)
            }}
          >
            <For each={Object.values(Route)}>
              {(route) => (
                <option value={route} selected={action() === route}>
                  {t(`route.${nameIn(Route, route)}`)}
                </option>
              )}
            </For>
          </select>
        </label>
        <label class="inline-flex h-8 cursor-pointer items-center rounded-md border border-line-strong bg-surface px-3 font-medium focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent hover:bg-hover">
          {t('paste.file')}
          <input
            type="file"
            class="sr-only"
            accept="text/*,.txt,.csv,.pac,.config,.hosts,.json"
            onChange={(event) => {
              void takeFile(event.currentTarget.files?.[0])
              event.currentTarget.value = ''
            }}
          />
        </label>
        <span class="flex-1" />
        <Button look="primary" onClick={() => void take(area?.value ?? '')}>
          {t('paste.take')}
        </Button>
      </div>
      <div role="status" class="mt-3 empty:hidden">
        <Show when={counts()}>
          {(total) => (
            <p>
              <strong class="font-semibold">{plural('paste.taken', total().taken)}</strong>
              {leftovers().length > 0 ? `, ${plural('paste.left', leftovers().length)}` : ''}
              {total().repeated > 0 ? `, ${plural('paste.repeated', total().repeated)}` : ''}
              {skipped() > 0 ? `, ${plural('paste.skipped', skipped())}` : ''}
              {'.'}
            </p>
          )}
        </Show>
        <Show when={isFull()}>
          <p class="text-bad">{t('rules.full')}</p>
        </Show>
      </div>
      <Show when={leftovers().length > 0}>
        <ol class="mt-2 max-h-72 space-y-1 overflow-y-auto" aria-label={t('paste.leftTitle')}>
          <For each={leftovers()}>
            {(leftover) => <Line leftover={leftover} onMend={mend} onDrop={drop} />}
          </For>
        </ol>
      </Show>
    </div>
  )
}

function Line(props: {
  readonly leftover: Leftover
  readonly onMend: (leftover: Leftover, text: string) => boolean
  readonly onDrop: (leftover: Leftover) => void
}) {
  const id = () => `paste-${props.leftover.line}-error`
  const focusNext = (from: Element) => {
    const item = from.closest('li')
    const next = (item?.nextElementSibling ?? item?.previousElementSibling)?.querySelector('input')
    queueMicrotask(() => next?.focus())
  }
  const mend = (input: HTMLInputElement) => {
    if (input.value !== props.leftover.text) props.onMend(props.leftover, input.value)
  }
  return (
    <li class="grid grid-cols-[4.5rem_minmax(0,1fr)_2rem] items-start gap-x-2">
      <span class="pt-1.5 text-right text-xs text-muted">
        {t('paste.line', { line: props.leftover.line })}
      </span>
      <span>
        <input
          class="input font-mono text-sm!"
          aria-label={t('paste.lineText', { line: props.leftover.line })}
          aria-invalid="true"
          aria-describedby={id()}
          spellcheck={false}
          value={props.leftover.text}
          onChange={(event) => mend(event.currentTarget)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            focusNext(event.currentTarget)
            mend(event.currentTarget)
          }}
        />
        <span id={id()} class="block pb-1 text-xs text-bad">
          {problemSentence(props.leftover)}
        </span>
      </span>
      <Button
        look="ghost"
        isIcon
        aria-label={t('paste.drop', { line: props.leftover.line })}
        title={t('paste.drop', { line: props.leftover.line })}
        onClick={(event) => {
          focusNext(event.currentTarget)
          props.onDrop(props.leftover)
        }}
      >
        <CloseIcon size={15} aria-hidden="true" />
      </Button>
    </li>
  )
}
