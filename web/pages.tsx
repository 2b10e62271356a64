/** The pages, each fetched with its texts when it is first opened. */
import { lazy } from 'solid-js'
import { withTexts } from './locales/i18n.ts'

export const OverviewPage = lazy(() =>
  withTexts(
    import('./stats/OverviewPage.tsx').then((file) => ({ default: file.OverviewPage })),
    'stats',
    'fleet',
  ),
)
export const FleetPage = lazy(() =>
  withTexts(
    import('./proxy/FleetPage.tsx').then((file) => ({ default: file.FleetPage })),
    'fleet',
    'proxy',
  ),
)
export const ProxyPage = lazy(() =>
  withTexts(
    import('./proxy/ProxyPage.tsx').then((file) => ({ default: file.ProxyPage })),
    'fleet',
    'proxy',
    'stats',
    'configs',
    'review',
    'audit',
    'document',
  ),
)
export const MergedLogsPage = lazy(() =>
  withTexts(
    import('./logs/MergedLogsPage.tsx').then((file) => ({ default: file.MergedLogsPage })),
    'logs',
  ),
)
export const ConfigListPage = lazy(() =>
  withTexts(
    import('./config/ConfigListPage.tsx').then((file) => ({ default: file.ConfigListPage })),
    'configs',
  ),
)
export const ImportPage = lazy(() =>
  withTexts(
    import('./config/ImportPage.tsx').then((file) => ({ default: file.ImportPage })),
    'import',
    'configs',
    'document',
  ),
)
export const ConfigPage = lazy(() =>
  withTexts(
    import('./config/ConfigPage.tsx').then((file) => ({ default: file.ConfigPage })),
    'configs',
    'stats',
    'document',
    'editor',
    'review',
    'audit',
    'fleet',
    'proxy',
  ),
)
export const ComparePage = lazy(() =>
  withTexts(
    import('./config/ComparePage.tsx').then((file) => ({ default: file.ComparePage })),
    'configs',
    'document',
    'editor',
    'review',
  ),
)
export const ReviewPage = lazy(() =>
  withTexts(
    import('./config/review/ReviewPage.tsx').then((file) => ({ default: file.ReviewPage })),
    'configs',
    'document',
    'editor',
    'review',
    'route',
    'audit',
    'fleet',
    'proxy',
  ),
)
export const RoutesPage = lazy(() =>
  withTexts(
    import('./route/RoutesPage.tsx').then((file) => ({ default: file.RoutesPage })),
    'route',
    'configs',
    'document',
    'fleet',
  ),
)
export const AuditPage = lazy(() =>
  withTexts(
    import('./audit/AuditPage.tsx').then((file) => ({ default: file.AuditPage })),
    'audit',
    'document',
    'proxy',
  ),
)
export const SettingsPage = lazy(() =>
  withTexts(
    import('./settings/SettingsPage.tsx').then((file) => ({ default: file.SettingsPage })),
    'settings',
    'users',
    'fleet',
    'audit',
  ),
)
export const UsersPage = lazy(() =>
  withTexts(
    import('./user/UsersPage.tsx').then((file) => ({ default: file.UsersPage })),
    'users',
    'audit',
  ),
)
export const ChoosePasswordPage = lazy(() =>
  withTexts(
    import('./user/UsersPage.tsx').then((file) => ({ default: file.ChoosePasswordPage })),
    'users',
  ),
)
