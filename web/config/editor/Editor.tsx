/** Edits a working copy and saves it as the next revision; nobody's edits are lost, neither yours nor theirs. */
import { useBeforeLeave } from '@solidjs/router'
import type { CombinedError } from '@urql/core'
import { createEffect, createSignal, For, onCleanup, Show, untrack } from 'solid-js'
import { limits } from '#core/config-document'
import { incompleteCodes } from '#core/rules'
import { Route } from '#core/vocabulary'
import { client } from '../../client.ts'
import { plural, t } from '../../locales/i18n.ts'
import { codeOf, lineOf, problemSentence, problemsOf } from '../../messages.ts'
import { session } from '../../session.ts'
import { Button } from '../../ui/Button.tsx'
import { copyText } from '../../ui/CopyButton.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { CircleAlertIcon, TriangleAlertIcon } from '../../ui/icons.ts'
import { Notice } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'
import { nameIn, toInput, updateConfigDocument } from '../document.ts'
import { createDraft, type DraftContent, keepDraft, keptDraft } from './draft.ts'
import { createFieldProblems, fieldId, jumpTo, placeOf } from './fields.ts'
import { ProxyPicker } from './ProxyPicker.tsx'
import { ClientFields, FailoverFields, ParentFields, Section } from './RoutingFields.tsx'
import { RuleList } from './RuleList.tsx'

export interface Loaded {
  readonly revision: number
  readonly content: DraftContent
}

interface EditorProps {
  readonly configId: string
  readonly loaded: Loaded
  /** Set: read only, for this reason. */
  readonly why: string | undefined
  readonly onSaved: () => Promise<void>
  readonly onDirty: (isDirty: boolean) => void
}

const keepMs = 400

export function Editor(props: EditorProps) {
  const kept = keptDraft(untrack(() => props.configId))
  const draft = untrack(() => createDraft(props.loaded.content, kept?.content))
  const problems = createFieldProblems(draft)
  const [base, setBase] = createSignal(kept?.revision ?? untrack(() => props.loaded.revision))
  const [isBusy, setBusy] = createSignal(false)
  const [isConflict, setConflict] = createSignal(false)
  const [wasRestored, setRestored] = createSignal(kept !== undefined && untrack(draft.isDirty))
  const isOvertaken = () => draft.isDirty() && !isBusy() && props.loaded.revision > base()

  const startOver = () => {
    draft.rebase(props.loaded.content)
    setBase(props.loaded.revision)
    problems.refuse([])
    setConflict(false)
    setRestored(false)
  }
  createEffect(() => {
    // What the server holds replaces what is on the screen only where nothing typed would be lost.
    const isOlder = props.loaded.revision < base()
    if (!draft.isDirty() && !isBusy() && !isOlder) untrack(startOver)
  })
  createEffect(() => props.onDirty(draft.isDirty()))
  createEffect(() => {
    const keep = draft.isDirty() ? { revision: base(), content: draft.snapshot() } : null
    JSON.stringify(draft.content)
    const timer = setTimeout(() => keepDraft(props.configId, keep), keepMs)
    onCleanup(() => clearTimeout(timer))
  })

  const save = async () => {
    problems.refuse([])
    if (draft.problems().some(({ code }) => !incompleteCodes.has(code))) {
      problems.showAll()
      return queueMicrotask(() => document.getElementById('problems')?.focus())
    }
    setBusy(true)
    const typed = draft.snapshot()
    const saved = await saveDraft(
      props.configId,
      base(),
      untrack(() => props.loaded.content),
      typed,
    )
    if (saved.revision !== undefined) setBase(saved.revision)
    if (saved.error) {
      setBusy(false)
      return refuse(saved.error)
    }
    draft.rebase(typed)
    keepDraft(props.configId, null)
    setRestored(false)
    await props.onSaved()
    setBusy(false)
    toast('ok', t('editor.saved', { revision: base() }))
  }
  const refuse = (error: CombinedError) => {
    const found = problemsOf(error)
    if (codeOf(error) === 'CONFLICT' && !found.some(({ path }) => path === 'name')) {
      void props.onSaved()
      return setConflict(true)
    }
    if (found.length === 0) return toast('bad', lineOf(error))
    problems.refuse(found)
    problems.showAll()
    queueMicrotask(() => document.getElementById('problems')?.focus())
  }
  const copyMine = async () => {
    await copyText(JSON.stringify(draft.snapshot(), null, 2))
    toast('ok', t('editor.copied'))
  }

  return (
    <>
      <LeaveGuard isDirty={draft.isDirty()} onDiscard={() => keepDraft(props.configId, null)} />
      <div class="mb-4 space-y-2 empty:hidden">
        <Show when={props.why}>
          {(why) => <Notice tone="info">{t('editor.readOnly', { why: why() })}</Notice>}
        </Show>
        <Show when={wasRestored() && draft.isDirty()}>
          <Notice tone="info" action={<Button onClick={startOver}>{t('editor.discard')}</Button>}>
            {t('editor.restored')}
          </Notice>
        </Show>
        <Show when={isOvertaken()}>
          <div role="status">
            <Notice
              tone="warn"
              icon={<TriangleAlertIcon size={16} aria-hidden="true" />}
              action={<Button onClick={() => setConflict(true)}>{t('editor.decide')}</Button>}
            >
              {t('editor.overtaken', { revision: props.loaded.revision })}
            </Notice>
          </div>
        </Show>
      </div>

      <Section title={t('editor.about')}>
        <div class="grid gap-4 px-4 pb-4 lg:grid-cols-2">
          <Field label={t('config.name')} error={problems.sentence('name')}>
            {(control) => (
              <input
                {...control}
                id={fieldId('name')}
                aria-label={t('config.name')}
                class="input"
                maxlength={limits.nameLength}
                disabled={props.why !== undefined}
                value={draft.content.name}
                onInput={(event) => {
                  const name = event.currentTarget.value
                  draft.change((content) => {
                    content.name = name
                  })
                }}
              />
            )}
          </Field>
          <Field
            label={t('editor.default')}
            hint={t(`editor.defaultHint.${nameIn(Route, draft.content.document.defaultAction)}`)}
            error={problems.sentence('defaultAction')}
          >
            {(control) => (
              <select
                {...control}
                id={fieldId('defaultAction')}
                aria-label={t('editor.default')}
                class="input"
                disabled={props.why !== undefined}
                onBlur={() => problems.leave('defaultAction')}
                onChange={(event) => {
                  const action = Object.values(Route).find((word) => word === event.currentTarget.value)
                  draft.change(({ document }) => {
                    if (action) document.defaultAction = action
                  })
                }}
              >
                <For each={Object.values(Route)}>
                  {(route) => (
                    <option value={route} selected={draft.content.document.defaultAction === route}>
                      {t(`route.${nameIn(Route, route)}`)}
                    </option>
                  )}
                </For>
              </select>
            )}
          </Field>
          <Field
            label={t('config.description')}
            error={problems.sentence('description')}
            class="lg:col-span-2"
          >
            {(control) => (
              <textarea
                {...control}
                id={fieldId('description')}
                aria-label={t('config.description')}
                class="input"
                rows="2"
                maxlength={limits.descriptionLength}
                disabled={props.why !== undefined}
                value={draft.content.description}
                onInput={(event) => {
                  const description = event.currentTarget.value
                  draft.change((content) => {
                    content.description = description
                  })
                }}
              />
            )}
          </Field>
        </div>
      </Section>
      <Section title={t('rules.title')} text={t('rules.text')}>
        <RuleList draft={draft} problems={problems} why={props.why} />
      </Section>
      <Section title={t('parents.title')} text={t('parents.text')}>
        <ParentFields draft={draft} problems={problems} why={props.why} />
      </Section>
      <Section title={t('failover.title')} text={t('failover.text')}>
        <FailoverFields draft={draft} problems={problems} why={props.why} />
      </Section>
      <Section title={t('clients.title')}>
        <ClientFields draft={draft} problems={problems} why={props.why} />
      </Section>
      <Section title={t('picker.title')} text={t('picker.text')}>
        <ProxyPicker configId={props.configId} draft={draft} why={props.why} />
      </Section>

      <Show when={problems.all().length > 0 && (problems.isAllShown() || !draft.isDirty())}>
        <section id="problems" tabindex="-1" aria-label={t('editor.problems')} role="alert" class="mb-4">
          <Notice tone="bad" icon={<CircleAlertIcon size={16} aria-hidden="true" />}>
            <p class="font-medium">{plural('editor.problemCount', problems.all().length)}</p>
            <ul class="mt-1 list-disc pl-4">
              <For each={problems.all().slice(0, 20)}>
                {(problem) => (
                  <li>
                    <button type="button" class="text-left underline" onClick={() => jumpTo(problem.path)}>
                      {placeOf(problem.path)}: {problemSentence(problem)}
                    </button>
                  </li>
                )}
              </For>
            </ul>
          </Notice>
        </section>
      </Show>
      <Show when={draft.isDirty() || isBusy()}>
        <div class="sticky bottom-0 z-10 -mx-4 flex flex-wrap items-center justify-end gap-2 border-t border-line bg-raised px-4 py-3 shadow-[0_-6px_20px_var(--shadow)] sm:mx-0 sm:rounded-t-lg sm:border-x">
          <p class="flex-1 basis-40 text-muted" role="status">
            {t('editor.unsaved')}
          </p>
          <Button onClick={startOver}>{t('editor.discard')}</Button>
          <Button look="primary" isBusy={isBusy()} onClick={() => void save()} why={props.why}>
            {t('editor.save', { revision: base() + 1 })}
          </Button>
        </div>
      </Show>

      <Dialog
        isOpen={isConflict()}
        onClose={() => setConflict(false)}
        title={t('editor.conflictTitle')}
        description={t('editor.conflictText', { mine: base(), theirs: props.loaded.revision })}
        closeLabel={t('action.close')}
        actions={
          <>
            <Button onClick={() => setConflict(false)}>{t('editor.keepEditing')}</Button>
            <Button onClick={() => void copyMine()}>{t('editor.copyMine')}</Button>
            <Button look="primary" onClick={startOver}>
              {t('editor.reloadTheirs')}
            </Button>
          </>
        }
      />
    </>
  )
}

/** One revision for everything; the list of proxies goes along only when it differs. */
async function saveDraft(
  id: string,
  revision: number,
  loaded: DraftContent,
  typed: DraftContent,
): Promise<{ revision?: number; error?: CombinedError }> {
  const sorted = ({ proxyIds }: DraftContent) => [...proxyIds].sort().join()
  const input = {
    id,
    revision,
    name: typed.name.trim(),
    description: typed.description,
    ...toInput(typed.document),
    ...(sorted(loaded) !== sorted(typed) && { proxyIds: [...typed.proxyIds] }),
  }
  const { data, error } = await client.mutation(updateConfigDocument, { input }).toPromise()
  if (data) return { revision: data.updateConfig.config.revision }
  return error ? { error } : {}
}

/** Asks before unsaved edits are left behind; not at the end of a session, which keeps them. */
function LeaveGuard(props: { readonly isDirty: boolean; readonly onDiscard: () => void }) {
  const [leave, setLeave] = createSignal<() => void>()
  useBeforeLeave((event) => {
    if (!props.isDirty || event.defaultPrevented || session().kind !== 'active') return
    event.preventDefault()
    setLeave(() => () => event.retry(true))
  })
  const onUnload = (event: BeforeUnloadEvent) => {
    if (props.isDirty) event.preventDefault()
  }
  window.addEventListener('beforeunload', onUnload)
  onCleanup(() => window.removeEventListener('beforeunload', onUnload))
  return (
    <Dialog
      isOpen={leave() !== undefined}
      onClose={() => setLeave(undefined)}
      title={t('editor.leaveTitle')}
      description={t('editor.leaveText')}
      closeLabel={t('action.close')}
      actions={
        <>
          <Button onClick={() => setLeave(undefined)}>{t('editor.stay')}</Button>
          <Button
            look="danger"
            onClick={() => {
              const go = leave()
              props.onDiscard()
              setLeave(undefined)
              go?.()
            }}
          >
            {t('editor.leave')}
          </Button>
        </>
      }
    />
  )
}
