/** Offers the unsaved edits of earlier visits and of other tabs: to go on with them, or to delete them. */
import { createResource, For, Show } from 'solid-js'
import { serverNow } from '../../clock.ts'
import { formatAgo } from '../../format.ts'
import { locale, t } from '../../locales/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { ClockIcon } from '../../ui/icons.ts'
import { Notice } from '../../ui/states.tsx'
import { type DraftOwner, deleteDraft, type OtherDraft, otherDrafts } from './kept-drafts.ts'

interface OtherDraftsProps {
  readonly owner: DraftOwner
  /** Set: they can't be opened now, for this reason. */
  readonly why: string | undefined
  readonly onOpen: (draft: OtherDraft) => void
}

export function OtherDrafts(props: OtherDraftsProps) {
  const [drafts, { refetch }] = createResource(
    () => props.owner,
    (owner) => otherDrafts(owner).catch(() => []),
  )
  const open = async (draft: OtherDraft) => {
    props.onOpen(draft)
    // The other tab, if it is still open, goes on with its own.
    if (!draft.isOpen) await deleteDraft(draft.key)
    await refetch()
  }
  const remove = async (draft: OtherDraft) => {
    await deleteDraft(draft.key)
    await refetch()
  }
  const ago = (at: number) => {
    serverNow()
    return formatAgo(locale(), Date.now() - at)
  }
  return (
    <For each={drafts.latest ?? []}>
      {(draft) => (
        <Notice
          tone="info"
          icon={<ClockIcon size={16} aria-hidden="true" />}
          action={
            <span class="flex gap-2">
              <Button why={props.why} onClick={() => void open(draft)}>
                {t('drafts.open')}
              </Button>
              <Show when={!draft.isOpen}>
                <Button onClick={() => void remove(draft)}>{t('drafts.delete')}</Button>
              </Show>
            </span>
          }
        >
          {t(draft.isOpen ? 'drafts.otherTab' : 'drafts.earlier', {
            ago: ago(draft.keptAt),
            revision: draft.base.revision,
          })}
        </Notice>
      )}
    </For>
  )
}
