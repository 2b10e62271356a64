/** One request and its answer, live while it is typed, beside what another document says to it. */
import {
  createEffect,
  createMemo,
  createSignal,
  For,
  type JSX,
  Match,
  on,
  onCleanup,
  Show,
  Switch,
} from 'solid-js'
import type { ConfigDocument } from '#core/config-document'
import type { Problem } from '#core/refusal'
import type { RouteCircumstances } from '#core/route'
import { plural, t } from '../locales/i18n.ts'
import { problemSentence } from '../messages.ts'
import { Button } from '../ui/Button.tsx'
import { TriangleAlertIcon } from '../ui/icons.ts'
import { Notice } from '../ui/states.tsx'
import type { Answerable } from './answerable.ts'
import { type Answer, answerTo, isSameOutcome, spokenAnswer } from './answers.ts'
import { type Asked, nothingAsked } from './asked.ts'
import { exampleUrls } from './exampleUrls.ts'
import { RequestFields } from './RequestFields.tsx'
import { RouteAnswer } from './RouteAnswer.tsx'
import { createRecentTries } from './recentTries.ts'
import type { RuleLinks } from './ruleLinks.tsx'

export interface TrySide {
  readonly document: ConfigDocument
  readonly answerable: Answerable
  readonly links: RuleLinks
}

interface TryOneProps {
  readonly asked: Asked
  readonly onAsk: (asked: Asked) => void
  readonly side: TrySide
  /** What the answer stands beside; undefined: nothing. */
  readonly before: { readonly title: string; readonly side: TrySide } | undefined
  readonly circumstances: RouteCircumstances
  /** In one narrow column. */
  readonly isNarrow?: boolean
  /** Goes to the place of a problem of the document. */
  readonly onMend?: (problem: Problem) => void
  /** Below the answer, once there is one. */
  readonly actions?: JSX.Element
  readonly ref?: (field: HTMLInputElement) => void
}

/** Screen readers hear an answer once the typing pauses, not with each key. */
const pauseMs = 600
const examples = 3
/** Rows named one by one; more would be a list of its own. */
const rowsNamed = 5

export function TryOne(props: TryOneProps) {
  const recent = createRecentTries()
  const answerOf = (side: TrySide): Answer | undefined =>
    side.answerable.ok ? answerTo(props.asked, side.answerable.document, props.circumstances) : undefined
  const answer = createMemo(() => answerOf(props.side))
  const before = createMemo(() => props.before && answerOf(props.before.side))
  const answered = (known: Answer | undefined) => (known?.kind === 'answered' ? known : undefined)
  const badRequest = () => {
    const known = answer() ?? before()
    return known?.kind === 'bad-request' ? known.problem : undefined
  }
  const isSame = () => {
    const [old, now] = [answered(before()), answered(answer())]
    return old && now ? isSameOutcome(old.explanation, now.explanation) : false
  }
  const note = () => {
    if (answered(answer())) recent.note(props.asked)
  }
  const take = (asked: Asked) => {
    props.onAsk(asked)
    recent.note(asked)
  }
  const isEmpty = () => props.asked.url.trim() === ''
  const leftOut = () => (props.side.answerable.ok ? props.side.answerable.leftOutRows : [])

  return (
    <div class="space-y-4">
      <RequestFields
        asked={props.asked}
        problem={badRequest()}
        isNarrow={props.isNarrow ?? false}
        onAsk={props.onAsk}
        onSettled={note}
        ref={(field) => props.ref?.(field)}
      />
      <Spoken answer={answer()} />
      <Show when={!props.side.answerable.ok && props.side.answerable.problem}>
        {(problem) => (
          <Notice
            tone="warn"
            icon={<TriangleAlertIcon size={16} aria-hidden="true" />}
            action={
              <Show when={props.onMend}>
                {(mend) => <Button onClick={() => mend()(problem())}>{t('try.mend')}</Button>}
              </Show>
            }
          >
            {t('try.mendFirst', { problem: problemSentence(problem()) })}
          </Notice>
        )}
      </Show>
      <Show when={leftOut().length > 0}>
        <Notice tone="warn" icon={<TriangleAlertIcon size={16} aria-hidden="true" />}>
          {plural('try.leftOut', leftOut().length, {
            rows: `${leftOut().slice(0, rowsNamed).join(', ')}${leftOut().length > rowsNamed ? ', …' : ''}`,
          })}
        </Notice>
      </Show>
      <Show when={isEmpty()}>
        <div>
          <p class="text-sm text-muted">{t('try.empty')}</p>
          <UrlChoices
            asked={exampleUrls(props.side.document, examples).map((url) => ({ ...nothingAsked, url }))}
            onTake={take}
          />
        </div>
      </Show>
      <div class={props.isNarrow ? 'space-y-4' : 'grid gap-4 empty:hidden lg:grid-cols-2'}>
        <Show when={answered(answer())}>
          {(known) => (
            <section aria-label={t('try.answer')} data-answer="after">
              <RouteAnswer explanation={known().explanation} rowOf={known().rowOf} links={props.side.links} />
              <Show when={props.actions}>
                <div class="mt-3 flex flex-wrap gap-2">{props.actions}</div>
              </Show>
            </section>
          )}
        </Show>
        <Show when={props.before}>
          {(other) => (
            <Show when={answered(before())}>
              {(known) => (
                <section
                  aria-label={other().title}
                  data-answer="before"
                  class="rounded-md border border-line bg-bg p-3"
                >
                  <Switch>
                    <Match when={isSame()}>
                      <p class="text-sm">
                        <span class="text-muted">{other().title}:</span> {t('try.nowSame')}
                      </p>
                    </Match>
                    <Match when={true}>
                      <h3 class="mb-1 text-sm font-medium text-muted">{other().title}</h3>
                      <RouteAnswer
                        explanation={known().explanation}
                        rowOf={known().rowOf}
                        links={other().side.links}
                        isShort={props.isNarrow ?? false}
                      />
                    </Match>
                  </Switch>
                </section>
              )}
            </Show>
          )}
        </Show>
      </div>
      <Show when={recent.tries().length > 0}>
        <section aria-label={t('try.recent')}>
          <div class="flex items-center justify-between gap-2">
            <h3 class="text-xs font-medium text-muted">{t('try.recent')}</h3>
            <button type="button" class="link text-xs" onClick={recent.forget}>
              {t('try.forget')}
            </button>
          </div>
          <UrlChoices asked={recent.tries()} onTake={take} />
        </section>
      </Show>
    </div>
  )
}

function UrlChoices(props: { readonly asked: readonly Asked[]; readonly onTake: (asked: Asked) => void }) {
  return (
    <ul class="mt-1 space-y-1">
      <For each={props.asked}>
        {(asked) => (
          <li>
            <button
              type="button"
              class="link max-w-full min-h-6 text-left font-mono text-xs wrap-anywhere"
              aria-label={t('try.exampleOf', { url: wordsOf(asked) })}
              onClick={() => props.onTake(asked)}
            >
              {wordsOf(asked)}
            </button>
          </li>
        )}
      </For>
    </ul>
  )
}

/** The answer in one sentence for screen readers, throttled. */
function Spoken(props: { readonly answer: Answer | undefined }) {
  const [words, setWords] = createSignal('')
  createEffect(
    on(
      () => props.answer,
      (answer) => {
        const timer = setTimeout(
          () => setWords(answer?.kind === 'answered' ? spokenAnswer(answer.explanation, answer.rowOf) : ''),
          pauseMs,
        )
        onCleanup(() => clearTimeout(timer))
      },
    ),
  )
  return (
    <div class="sr-only" role="status">
      {words()}
    </div>
  )
}

function wordsOf({ url, method, client, resolved }: Asked): string {
  return [method, url, client && `← ${client}`, resolved && `= ${resolved}`].filter(Boolean).join(' ')
}
