/** What readers choose for themselves in this browser: theme and language, each with one press. */
import { type Locale, locale, localeNames, setLocale, t } from '../locales/i18n.ts'
import { setTheme, type Theme, theme } from '../theme.ts'
import { MonitorIcon, MoonIcon, SunIcon } from '../ui/icons.ts'
import { Segmented } from '../ui/Segmented.tsx'

export function ThemeChoice() {
  const icons = { system: MonitorIcon, light: SunIcon, dark: MoonIcon } as const
  const option = (value: Theme) => {
    const Icon = icons[value]
    return {
      value,
      title: t(`theme.${value}`),
      label: (
        <>
          <Icon size={14} class="shrink-0" aria-hidden="true" />
          <span class="truncate">{t(`theme.short.${value}`)}</span>
        </>
      ),
    }
  }
  return (
    <Segmented
      label={t('settings.theme')}
      isWide
      value={theme()}
      options={[option('system'), option('light'), option('dark')]}
      onChange={setTheme}
    />
  )
}

export function LanguageChoice() {
  return (
    <Segmented
      label={t('settings.language')}
      isWide
      value={locale()}
      options={(Object.keys(localeNames) as Locale[]).map((value) => ({
        value,
        title: localeNames[value],
        label: <span lang={value}>{localeNames[value].replace(/ \(.+\)$/, '')}</span>,
      }))}
      onChange={(next) => void setLocale(next)}
    />
  )
}
