/** The menu of named views, saving the present one, and the dialog that renames and deletes them. */
import { createMemo, createSignal, For, Show } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { usePaletteActions } from '../palette.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Field } from '../ui/Field.tsx'
import { BookmarkIcon, CheckIcon, PlusIcon, SettingsIcon, TrashIcon } from '../ui/icons.ts'
import { Menu } from '../ui/Menu.tsx'
import { EmptyState } from '../ui/states.tsx'
import { toast } from '../ui/toast.tsx'
import { builtInViews, createSavedViews, longestViewName, type SavedViews } from './savedViews.ts'

interface SavedViewsMenuProps {
  readonly userId: string
  /** The present view, as the URL spells it. */
  readonly query: string
  readonly onOpen: (query: string) => void
}

export function SavedViewsMenu(props: SavedViewsMenuProps) {
  const views = createSavedViews(props.userId)
  const [dialog, setDialog] = createSignal<'save' | 'manage'>()
  const named = createMemo(() => [
    ...builtInViews.map((view) => ({ ...view, name: t(view.name) })),
    ...views.all(),
  ])
  const current = () => named().find((view) => view.query === props.query)
  const mark = (isCurrent: boolean) => (
    <CheckIcon size={14} class={isCurrent ? '' : 'invisible'} aria-hidden="true" />
  )
  usePaletteActions(() => [
    ...named().map((view) => ({
      id: `view-${view.id}`,
      label: t('fleet.viewOpen', { name: view.name }),
      run: () => props.onOpen(view.query),
    })),
    { id: 'view-save', label: t('fleet.viewSave'), run: () => setDialog('save') },
  ])
  const label = () => t('fleet.views', { name: current()?.name ?? t('fleet.viewOwn') })

  return (
    <>
      <Menu
        label={label()}
        triggerClass="inline-flex h-8 max-w-60 shrink-0 items-center gap-1.5 rounded-md border border-line-strong bg-surface px-3 font-medium hover:bg-hover aria-expanded:bg-hover"
        trigger={
          <>
            <BookmarkIcon size={15} class="shrink-0" aria-hidden="true" />
            <span class="truncate">{label()}</span>
          </>
        }
        items={[
          ...named().map((view) => ({
            label: view.name,
            icon: mark(view.id === current()?.id),
            onSelect: () => props.onOpen(view.query),
          })),
          {
            label: t('fleet.viewSave'),
            icon: <PlusIcon size={14} aria-hidden="true" />,
            onSelect: () => setDialog('save'),
            why: current() === undefined ? undefined : t('fleet.viewSaved'),
          },
          {
            label: t('fleet.viewsManage'),
            icon: <SettingsIcon size={14} aria-hidden="true" />,
            onSelect: () => setDialog('manage'),
          },
        ]}
      />
      <Dialog
        isOpen={dialog() === 'save'}
        onClose={() => setDialog(undefined)}
        title={t('fleet.viewSave')}
        description={t('fleet.viewSaveText')}
        closeLabel={t('action.close')}
      >
        <SaveView
          views={views}
          query={props.query}
          onSaved={(name) => {
            setDialog(undefined)
            toast('ok', t('fleet.viewSavedAs', { name }))
          }}
        />
      </Dialog>
      <Dialog
        isOpen={dialog() === 'manage'}
        onClose={() => setDialog(undefined)}
        title={t('fleet.viewsManage')}
        description={t('fleet.viewsKept')}
        closeLabel={t('action.close')}
      >
        <ManageViews views={views} onDeleted={() => setDialog(undefined)} />
      </Dialog>
    </>
  )
}

interface SaveViewProps {
  readonly views: SavedViews
  readonly query: string
  readonly onSaved: (name: string) => void
}

function SaveView(props: SaveViewProps) {
  const [name, setName] = createSignal('')
  const [isRefused, setRefused] = createSignal(false)
  const isTaken = () => props.views.all().some((view) => view.name === name().trim())
  const save = (event: SubmitEvent) => {
    event.preventDefault()
    const chosen = name().trim()
    if (chosen === '') return
    if (!props.views.save(chosen, props.query)) return setRefused(true)
    props.onSaved(chosen)
  }
  return (
    <form onSubmit={save} class="space-y-4">
      <Field
        label={t('fleet.viewName')}
        hint={isTaken() ? t('fleet.viewReplaces') : undefined}
        error={isRefused() ? t('fleet.viewNotKept') : undefined}
      >
        {(control) => (
          <input
            {...control}
            class="input"
            required
            maxlength={longestViewName}
            autocomplete="off"
            value={name()}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        )}
      </Field>
      <div class="flex justify-end">
        <Button type="submit" look="primary">
          {t('fleet.viewSaveNow')}
        </Button>
      </div>
    </form>
  )
}

/** Deleting ends the dialog: the notice with its Undo is out of reach as long as that is open. */
function ManageViews(props: { readonly views: SavedViews; readonly onDeleted: () => void }) {
  const remove = (id: string, name: string) => {
    const undo = props.views.remove(id)
    props.onDeleted()
    if (undo === undefined) return toast('bad', t('fleet.viewNotKept'))
    toast('ok', t('fleet.viewDeleted', { name }), { label: t('fleet.undo'), onAction: undo })
  }
  return (
    <Show
      when={props.views.all().length > 0}
      fallback={
        <EmptyState
          icon={<BookmarkIcon size={24} aria-hidden="true" />}
          title={t('fleet.viewsEmptyTitle')}
          text={t('fleet.viewsEmptyText')}
        />
      }
    >
      <ul class="space-y-2">
        <For each={props.views.all()}>
          {(view) => (
            <li class="flex items-center gap-2">
              <input
                class="input"
                aria-label={t('fleet.viewRename', { name: view.name })}
                maxlength={longestViewName}
                value={view.name}
                onChange={(event) => {
                  const name = event.currentTarget.value.trim()
                  if (name !== '' && props.views.rename(view.id, name)) return
                  event.currentTarget.value = view.name
                  if (name !== '') toast('bad', t('fleet.viewNotKept'))
                }}
              />
              <Button
                look="ghost"
                isIcon
                aria-label={t('fleet.viewDelete', { name: view.name })}
                title={t('fleet.viewDelete', { name: view.name })}
                onClick={() => remove(view.id, view.name)}
              >
                <TrashIcon size={15} aria-hidden="true" />
              </Button>
            </li>
          )}
        </For>
      </ul>
    </Show>
  )
}
