/** What a person should know before they edit: that they can't, that edits came back, that somebody was faster. */
import { Show } from 'solid-js'
import { t } from '../../locales/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { TriangleAlertIcon } from '../../ui/icons.ts'
import { Notice } from '../../ui/states.tsx'
import type { DraftOwner, OtherDraft } from './kept-drafts.ts'
import { OtherDrafts } from './OtherDrafts.tsx'

interface EditorNoticesProps {
  readonly owner: DraftOwner
  /** Set: read only, for this reason. */
  readonly why: string | undefined
  readonly isDirty: boolean
  /** The edits on the screen are those that were kept before a reload. */
  readonly isRestored: boolean
  /** Set: what the server holds is newer than what these edits build on. */
  readonly newerRevision: number | undefined
  readonly onDiscard: () => void
  readonly onOpenOther: (other: OtherDraft) => void
  readonly onMerge: () => void
}

export function EditorNotices(props: EditorNoticesProps) {
  return (
    <div class="mb-4 space-y-2 empty:hidden">
      <Show when={props.why}>
        {(why) => <Notice tone="info">{t('editor.readOnly', { why: why() })}</Notice>}
      </Show>
      <Show when={props.isRestored}>
        <Notice tone="info" action={<Button onClick={props.onDiscard}>{t('editor.discard')}</Button>}>
          {t('editor.restored')}
        </Notice>
      </Show>
      <Show when={props.why === undefined}>
        <OtherDrafts
          owner={props.owner}
          why={props.isDirty ? t('drafts.saveFirst') : undefined}
          onOpen={props.onOpenOther}
        />
      </Show>
      <Show when={props.newerRevision}>
        {(revision) => (
          <div role="status">
            <Notice
              tone="warn"
              icon={<TriangleAlertIcon size={16} aria-hidden="true" />}
              action={<Button onClick={props.onMerge}>{t('merge.open')}</Button>}
            >
              {t('editor.overtaken', { revision: revision() })}
            </Notice>
          </div>
        )}
      </Show>
    </div>
  )
}
