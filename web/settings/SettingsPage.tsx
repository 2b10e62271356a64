/** The reader's own choices and account, the instance's policies, and the tokens that let proxies and scripts in. */
import type { JSX } from 'solid-js'
import { HistoryLink } from '../audit/HistoryLink.tsx'
import { t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { SessionList } from '../session/SessionList.tsx'
import type { SessionUser } from '../session.ts'
import { LanguageChoice, ThemeChoice } from '../shell/Preferences.tsx'
import { hasSingleKeys, setSingleKeys } from '../shortcuts.ts'
import { Panel } from '../ui/Panel.tsx'
import { PasswordPanel } from '../user/PasswordPanel.tsx'
import { SecondFactorPanel } from '../user/SecondFactorPanel.tsx'
import { PageHeader, setPageTitle } from '../words.tsx'
import { FleetPolicyPanel } from './FleetPolicyPanel.tsx'
import { LogSettingsPanel } from './LogSettingsPanel.tsx'
import { PolicyPanel } from './PolicyPanel.tsx'
import { SessionHoursPanel } from './SessionHoursPanel.tsx'
import { TokenPanels } from './TokenPanels.tsx'

export function SettingsPage(props: { readonly user: SessionUser }) {
  setPageTitle(() => t('settings.title'))
  return (
    <div class="max-w-3xl">
      <PageHeader
        title={t('settings.title')}
        actions={<HistoryLink href={paths.auditOfSettings} name={t('settings.title')} />}
      />
      <div class="flex flex-col gap-4">
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
        <PasswordPanel />
        <SecondFactorPanel />
        <Panel title={t('account.sessions')} note={t('account.sessionsText')}>
          <SessionList userId={null} />
        </Panel>
        <PolicyPanel user={props.user} />
        <FleetPolicyPanel user={props.user} />
        <SessionHoursPanel user={props.user} />
        <LogSettingsPanel user={props.user} />
        <TokenPanels user={props.user} />
      </div>
    </div>
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
