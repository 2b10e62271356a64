/** The only place that spells a URL of the web app. */

export const paths = {
  login: '/login',
  overview: '/overview',
  fleet: '/proxies',
  /** The fleet, narrowed to one status. */
  fleetOf: (status: string) => `/proxies?${new URLSearchParams({ status })}`,
  proxy: (id: string) => `/proxies/${encodeURIComponent(id)}`,
  proxyFiles: (id: string) => `/proxies/${encodeURIComponent(id)}/files`,
  proxyStats: (id: string) => `/proxies/${encodeURIComponent(id)}/statistics`,
  proxyEvents: (id: string) => `/proxies/${encodeURIComponent(id)}/events`,
  proxyLogs: (id: string) => `/proxies/${encodeURIComponent(id)}/logs`,
  /** One captured line, by its cursor. */
  proxyLogLine: (id: string, cursor: string) =>
    `/proxies/${encodeURIComponent(id)}/logs?${new URLSearchParams({ line: cursor })}`,
  logs: '/logs',
  /** Several proxies' captured logs as one list, opened at a line. */
  logsOf: (proxyIds: readonly string[], line?: string) =>
    `/logs?${new URLSearchParams({ proxies: proxyIds.join(','), ...(line !== undefined && { line }) })}`,
  configs: '/configs',
  importConfig: '/configs/import',
  /** Begins with the files that were found on a proxy. */
  importFromProxy: (proxyId: string) => `/configs/import?${new URLSearchParams({ proxy: proxyId })}`,
  config: (id: string) => `/configs/${encodeURIComponent(id)}`,
  /** The editor, with the focus in one rule; `row` counts from 1. */
  configRule: (id: string, row: number) => `/configs/${encodeURIComponent(id)}?rule=${row}`,
  configVersions: (id: string) => `/configs/${encodeURIComponent(id)}/versions`,
  configStats: (id: string) => `/configs/${encodeURIComponent(id)}/statistics`,
  compare: (id: string, from: string, to: string) =>
    `/configs/${encodeURIComponent(id)}/compare?${new URLSearchParams({ from, to })}`,
  configAudit: (id: string) => `/configs/${encodeURIComponent(id)}/audit`,
  review: (id: string) => `/configs/${encodeURIComponent(id)}/review`,
  routes: '/routes',
  /** What one proxy does with a URL, by the version that it runs. */
  routesOfProxy: (proxyId: string) => `/routes?${new URLSearchParams({ proxy: proxyId })}`,
  /** Why one request went where it went. */
  routeOfRequest: (proxyId: string, asked: { url: string; method: string; client: string }) =>
    `/routes?${new URLSearchParams({ proxy: proxyId, ...asked })}`,
  audit: '/audit',
  /** What was done to one thing. */
  auditAbout: (entityId: string) => `/audit?${new URLSearchParams({ entity: entityId })}`,
  auditOfSettings: '/audit?action=settings.update',
  settings: '/settings',
  /** What holds for everybody. */
  instanceSettings: '/settings/instance',
  users: '/users',
  choosePassword: '/password',
} as const

/** Patterns for the router. */
export const routes = {
  proxy: '/proxies/:id',
  proxyFiles: '/proxies/:id/files',
  proxyStats: '/proxies/:id/statistics',
  proxyEvents: '/proxies/:id/events',
  proxyLogs: '/proxies/:id/logs',
  config: '/configs/:id',
  configVersions: '/configs/:id/versions',
  configStats: '/configs/:id/statistics',
  compare: '/configs/:id/compare',
  configAudit: '/configs/:id/audit',
  review: '/configs/:id/review',
} as const

/** What a one-time link is: its secret after `#`, where no server sees it. */
export function passwordUrl(origin: string, token: string): string {
  return `${origin}${paths.choosePassword}#${token}`
}

/** The login page, which leads back to `next` afterwards. */
export function loginPath(next: string): string {
  return next === '/' ? paths.login : `${paths.login}?next=${encodeURIComponent(next)}`
}

/** Only a path of this app; anything else could send a person who logs in to another site. */
export function safeNext(next: string | undefined): string {
  if (next === undefined || !/^\/(?![/\\])/.test(next) || next.startsWith(paths.login)) return paths.fleet
  return next
}
