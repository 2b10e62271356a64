/** Some of the instance's settings as one panel: seen by everybody, changed by root. */
import type { TypedDocumentNode } from '@urql/core'
import { type JSX, Show } from 'solid-js'
import { isPermitted } from '#core/permissions'
import { t } from '../locales/i18n.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { Panel } from '../ui/Panel.tsx'
import { QueryPanel } from '../words.tsx'
import { type SettingsChange, saveSettings } from './saveSettings.ts'

export interface ShownSettings<Settings> {
  /** What is in force. */
  readonly now: () => Settings
  /** Whether the reader may change it. */
  readonly isOpen: () => boolean
  /** @returns why it was refused; undefined: it was taken */
  readonly save: (change: SettingsChange) => Promise<string | undefined>
}

interface SettingsPanelProps<Settings> {
  readonly title: string
  readonly user: SessionUser
  readonly document: TypedDocumentNode<{ readonly settings: Settings }, Record<string, never>>
  /** Lines of the skeleton. */
  readonly rows: number
  readonly children: (settings: ShownSettings<Settings>) => JSX.Element
}

export function SettingsPanel<Settings>(props: SettingsPanelProps<Settings>) {
  const query = createQuery(props.document, { variables: () => ({}), subjects: ['SETTINGS'] })
  const isOpen = () => isPermitted(grantOf(props.user), 'settings.update')
  const save = async (change: SettingsChange) => {
    const fault = await saveSettings(change)
    await query.refetch()
    return fault
  }
  return (
    <Panel title={props.title}>
      <QueryPanel query={query} rows={props.rows}>
        {(data) => (
          <div class="space-y-4">
            {props.children({ now: () => data().settings, isOpen, save })}
            <Show when={!isOpen()}>
              <p class="text-xs text-muted">{t('settings.rootOnly')}</p>
            </Show>
          </div>
        )}
      </QueryPanel>
    </Panel>
  )
}
