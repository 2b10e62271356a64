/** How the console looks and listens: the reader's choice, kept in this browser. */
import type { JSX } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { LanguageChoice, ThemeChoice } from '../shell/Preferences.tsx'
import { hasSingleKeys, setSingleKeys } from '../shortcuts.ts'
import { Panel } from '../ui/Panel.tsx'

export function AppearancePanel() {
  return (
    <Panel title={t('settings.appearance')} note={t('settings.appearanceNote')}>
      <div class="grid gap-4 sm:grid-cols-2">
        <Choice label={t('settings.theme')}>
          <ThemeChoice />
        </Choice>
        <Choice label={t('settings.language')}>
          <LanguageChoice />
        </Choice>
      </div>
      <label class="mt-4 flex items-start gap-2">
        <input
          type="checkbox"
          class="mt-0.5"
          checked={hasSingleKeys()}
          onChange={(event) => setSingleKeys(event.currentTarget.checked)}
        />
        <span>
          {t('settings.singleKeys')}
          <span class="block text-xs text-muted">{t('settings.singleKeysNote')}</span>
        </span>
      </label>
    </Panel>
  )
}

/** The group inside speaks its own name; this is for the eye. */
function Choice(props: { readonly label: string; readonly children: JSX.Element }) {
  return (
    <div>
      <p class="mb-1 text-sm font-medium" aria-hidden="true">
        {props.label}
      </p>
      {props.children}
    </div>
  )
}
