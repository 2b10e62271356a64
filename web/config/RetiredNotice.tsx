/** Over everything of a retired config: who retired it, when and why, and cloning as the way on. */
import { createSignal, Show } from 'solid-js'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { createQuery } from '../query.ts'
import type { SessionUser } from '../session.ts'
import { Button } from '../ui/Button.tsx'
import { ArchiveIcon, CloneIcon } from '../ui/icons.ts'
import { Notice } from '../ui/states.tsx'
import { Instant } from '../words.tsx'
import type { ConfigFrame } from './ConfigPage.tsx'
import { NewConfigDialog } from './NewConfigDialog.tsx'
import { createReason } from './steps.ts'

const retirementDocument = graphql(`
  query Retirement($id: ID!) {
    auditEntries(first: 1, entityId: $id, action: "config.retire") {
      edges { node { id actor { name } newValue } }
    }
  }
`)

interface RetiredNoticeProps {
  readonly frame: ConfigFrame
  readonly retiredAt: string
  readonly user: SessionUser
}

export function RetiredNotice(props: RetiredNoticeProps) {
  const [isCloning, setCloning] = createSignal(false)
  const retirement = createQuery(retirementDocument, {
    variables: () => ({ id: props.frame.config.id }),
    subjects: [],
  })
  const entry = () => retirement.data()?.auditEntries.edges[0]?.node
  const reason = () => reasonIn(entry()?.newValue)
  return (
    <div class="mb-4">
      <Notice
        tone="info"
        icon={<ArchiveIcon size={16} aria-hidden="true" />}
        action={
          <Button onClick={() => setCloning(true)} why={createReason(props.user)}>
            <CloneIcon size={15} aria-hidden="true" />
            {t('config.cloneDots')}
          </Button>
        }
      >
        <p class="font-medium">
          {t('retired.by', { name: entry()?.actor.name ?? t('config.somebody') })} ·{' '}
          <Instant at={props.retiredAt} />
        </p>
        <Show when={reason()}>
          {(text) => <p class="break-words">{t('retired.why', { reason: text() })}</p>}
        </Show>
        <p>{t('retired.wayOn')}</p>
      </Notice>
      <NewConfigDialog
        isOpen={isCloning()}
        source={{ id: props.frame.config.id, name: props.frame.config.name, version: null }}
        onClose={() => setCloning(false)}
      />
    </div>
  )
}

/** The audit trail keeps it under this name. */
function reasonIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('reason' in value)) return undefined
  return typeof value.reason === 'string' ? value.reason : undefined
}
