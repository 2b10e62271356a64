/** Every page by its address. */
import type { SeededServer } from '../fleet/seeded-server.ts'

/** By the picture's name. */
export async function pagesOf({
  fleet,
  versionsOf,
}: SeededServer): Promise<Readonly<Record<string, string>>> {
  const { big, pending, draft, long, empty } = fleet.configs
  const byStatus = (status: string) => fleet.proxies.find((proxy) => proxy.status === status)?.id
  const longest = fleet.proxies.reduce((a, b) => (b.hostname.length > a.hostname.length ? b : a))
  const [newer, older] = await versionsOf(big.id)
  return {
    overview: '/overview',
    'overview-compared': '/overview?range=6h&compare=1',
    fleet: '/proxies',
    'fleet-failed': '/proxies?status=FAILED',
    'fleet-live':
      '/proxies?sort=ERROR_RATE&desc=1&cols=status,requests,connections,hits,errors&errorRate=0.005..&connections=1..5000',
    'fleet-long-names': `/proxies?search=${longest.hostname.slice(0, 18)}`,
    'fleet-nothing-found': '/proxies?search=nothing-is-called-this',
    'proxy-in-sync': `/proxies/${byStatus('in_sync')}`,
    'proxy-failed': `/proxies/${byStatus('failed')}`,
    'proxy-drifted': `/proxies/${byStatus('drifted')}`,
    'proxy-unknown': `/proxies/${byStatus('unknown')}`,
    'proxy-unassigned': `/proxies/${byStatus('unassigned')}`,
    'proxy-retired': `/proxies/${byStatus('retired')}`,
    'proxy-long-name': `/proxies/${longest.id}`,
    'proxy-statistics': `/proxies/${byStatus('in_sync')}/statistics`,
    'proxy-files': `/proxies/${byStatus('failed')}/files`,
    'proxy-files-drifted': `/proxies/${byStatus('drifted')}/files`,
    'proxy-logs': `/proxies/${byStatus('in_sync')}/logs`,
    'proxy-events': `/proxies/${byStatus('failed')}/events`,
    configs: '/configs',
    'config-import': '/configs/import',
    'config-edit': `/configs/${big.id}`,
    'config-edit-draft': `/configs/${draft.id}`,
    'config-edit-long-name': `/configs/${long.id}`,
    'config-edit-empty': `/configs/${empty.id}`,
    'config-versions': `/configs/${big.id}/versions`,
    'config-compare': `/configs/${big.id}/compare?from=${older}&to=${newer}`,
    'config-statistics': `/configs/${big.id}/statistics?range=24h`,
    'config-audit': `/configs/${big.id}/audit`,
    'review-pending': `/configs/${pending.id}/review`,
    'review-active': `/configs/${big.id}/review`,
    'review-draft': `/configs/${draft.id}/review`,
    'routes-choose': '/routes',
    'routes-one': `/routes?config=${big.id}&from=${older}&to=${newer}&url=${encodeURIComponent('https://www.example.com/')}`,
    'routes-proxy': `/routes?proxy=${byStatus('in_sync')}`,
    audit: '/audit',
    'audit-narrowed':
      '/audit?action=config.approve&since=2021-03-03T00:00:00Z&until=2099-01-01T10:30:00Z&text=egress',
    'audit-reversed': '/audit?since=2021-03-06T00:00:00Z&until=2021-03-03T00:00:00Z',
    settings: '/settings',
    'settings-instance': '/settings/instance',
    users: '/users',
    'not-found': '/nowhere',
    'no-such-proxy': `/proxies/${big.id}`,
    'no-such-config': `/configs/${longest.id}`,
    'config-first-version': `/configs/${long.id}/review`,
  }
}

/** Those of them that have charts. */
export function chartPages(pages: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(pages).filter(([name]) => name.startsWith('overview') || name.endsWith('-statistics')),
  )
}
