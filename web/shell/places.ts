/** Where the navigation leads: the app's areas, in the groups that people look for them. */
import { t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import {
  ChartIcon,
  FileSlidersIcon,
  RouteIcon,
  ScrollTextIcon,
  ServerIcon,
  SettingsIcon,
  UsersIcon,
} from '../ui/icons.ts'

export interface Place {
  readonly href: string
  readonly label: () => string
  readonly icon: typeof ServerIcon
  /** The shortcut that leads there, in tinykeys syntax. */
  readonly keys: string
}

export interface PlaceGroup {
  readonly label: () => string
  readonly places: readonly Place[]
}

export const placeGroups: readonly PlaceGroup[] = [
  {
    label: () => t('nav.monitoring'),
    places: [{ href: paths.overview, label: () => t('overview.title'), icon: ChartIcon, keys: 'g o' }],
  },
  {
    label: () => t('nav.routing'),
    places: [
      { href: paths.fleet, label: () => t('fleet.title'), icon: ServerIcon, keys: 'g f' },
      { href: paths.configs, label: () => t('configs.title'), icon: FileSlidersIcon, keys: 'g c' },
      { href: paths.routes, label: () => t('routes.title'), icon: RouteIcon, keys: 'g r' },
    ],
  },
  {
    label: () => t('nav.administration'),
    places: [
      { href: paths.audit, label: () => t('audit.title'), icon: ScrollTextIcon, keys: 'g a' },
      { href: paths.users, label: () => t('users.title'), icon: UsersIcon, keys: 'g u' },
      { href: paths.settings, label: () => t('settings.title'), icon: SettingsIcon, keys: 'g s' },
    ],
  },
]

export const places: readonly Place[] = placeGroups.flatMap((group) => group.places)
