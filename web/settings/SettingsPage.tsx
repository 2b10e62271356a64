/** The reader's own choices and account, and beside them what the instance does for everybody. */
import { useLocation } from '@solidjs/router'
import { Show } from 'solid-js'
import { HistoryLink } from '../audit/HistoryLink.tsx'
import { t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { SessionList } from '../session/SessionList.tsx'
import type { SessionUser } from '../session.ts'
import { Panel } from '../ui/Panel.tsx'
import { PasswordPanel } from '../user/PasswordPanel.tsx'
import { SecondFactorPanel } from '../user/SecondFactorPanel.tsx'
import { PageHeader, setPageTitle, Tabs } from '../words.tsx'
import { ApiTokensPanel } from './ApiTokensPanel.tsx'
import { AppearancePanel } from './AppearancePanel.tsx'
import { EnrolmentTokensPanel } from './EnrolmentTokensPanel.tsx'
import { FleetPolicyPanel } from './FleetPolicyPanel.tsx'
import { LogSettingsPanel } from './LogSettingsPanel.tsx'
import { PolicyPanel } from './PolicyPanel.tsx'
import { SessionHoursPanel } from './SessionHoursPanel.tsx'

export function SettingsPage(props: { readonly user: SessionUser }) {
  const location = useLocation()
  const isOfInstance = () => location.pathname === paths.instanceSettings
  setPageTitle(() => t(isOfInstance() ? 'settings.instanceTitle' : 'settings.title'))
  return (
    <div class="max-w-3xl">
      <PageHeader
        title={t('settings.title')}
        actions={
          <Show when={isOfInstance()}>
            <HistoryLink href={paths.auditOfSettings} name={t('settings.title')} />
          </Show>
        }
      />
      <Tabs
        label={t('settings.title')}
        items={[
          { label: t('settings.own'), href: paths.settings, isCurrent: !isOfInstance() },
          { label: t('settings.instance'), href: paths.instanceSettings, isCurrent: isOfInstance() },
        ]}
      />
      <div class="flex flex-col gap-4">
        <Show when={isOfInstance()} fallback={<OwnPanels user={props.user} />}>
          <PolicyPanel user={props.user} />
          <FleetPolicyPanel user={props.user} />
          <SessionHoursPanel user={props.user} />
          <LogSettingsPanel user={props.user} />
          <EnrolmentTokensPanel user={props.user} />
        </Show>
      </div>
    </div>
  )
}

function OwnPanels(props: { readonly user: SessionUser }) {
  return (
    <>
      <AppearancePanel />
      <PasswordPanel />
      <SecondFactorPanel />
      <Panel title={t('account.sessions')} note={t('account.sessionsText')}>
        <SessionList userId={null} />
      </Panel>
      <ApiTokensPanel user={props.user} />
    </>
  )
}
