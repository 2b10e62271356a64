/** What happened to a proxy, newest first: enrolment, assignments, attempts, reports. */
import { useSearchParams } from '@solidjs/router'
import { AuditList } from '../audit/AuditList.tsx'
import { only } from '../lists.tsx'
import { t } from '../locales/i18n.ts'
import { Segmented } from '../ui/Segmented.tsx'

const kinds = ['all', 'assign', 'acknowledge', 'report'] as const

export function EventsTab(props: { readonly proxyId: string }) {
  const [search, setSearch] = useSearchParams<{ kind?: string }>()
  const kind = () => only(kinds, search.kind) ?? 'all'
  const choose = (chosen: string) => setSearch({ kind: chosen === 'all' ? undefined : chosen })
  return (
    <div class="space-y-3">
      <Segmented
        label={t('proxyEvents.kind')}
        options={kinds.map((value) => ({ value, label: t(`proxyEvents.${value}`) }))}
        value={kind()}
        onChange={choose}
      />
      <AuditList
        entityId={props.proxyId}
        filter={kind() === 'all' ? {} : { action: `proxy.${kind()}` }}
        onClear={kind() === 'all' ? undefined : () => choose('all')}
      />
    </div>
  )
}
