/** Everything that was changed by anybody, with a filter by action. */
import { useSearchParams } from '@solidjs/router'
import { For } from 'solid-js'
import { auditActions } from '#core/vocabulary'
import { only } from '../lists.tsx'
import { t } from '../locales/i18n.ts'
import { PageHeader, setPageTitle } from '../words.tsx'
import { AuditList, actionWords } from './AuditList.tsx'

export function AuditPage() {
  const [search, setSearch] = useSearchParams<{ action?: string }>()
  const action = () => only(auditActions, search.action)
  setPageTitle(() => t('audit.title'))
  return (
    <>
      <PageHeader title={t('audit.title')} subtitle={t('audit.text')} />
      <search class="mb-3 flex">
        <select
          class="input sm:w-72!"
          aria-label={t('audit.filter')}
          onChange={(event) => setSearch({ action: event.currentTarget.value || undefined })}
        >
          <option value="" selected={action() === undefined}>
            {t('audit.allActions')}
          </option>
          <For each={auditActions}>
            {(name) => (
              <option value={name} selected={action() === name}>
                {actionWords(name)}
              </option>
            )}
          </For>
        </select>
      </search>
      <AuditList action={action()} />
    </>
  )
}
