/** In words, what the files become, and what such files never say. */
import { type JSX, Show } from 'solid-js'
import type { ConfigDocument } from '#core/config-document'
import { notInFiles } from '#core/import-files'
import { ParentSelection, Route } from '#core/vocabulary'
import { plural, t } from '../../locales/i18n.ts'
import { TriangleAlertIcon } from '../../ui/icons.ts'
import { Panel } from '../../ui/Panel.tsx'
import { Notice } from '../../ui/states.tsx'
import { nameIn } from '../document.ts'

export function SummaryPanel(props: { readonly document: ConfigDocument; readonly isEmpty: boolean }) {
  const count = (action: Route) => props.document.rules.filter((rule) => rule.action === action).length
  return (
    <Panel title={t('import.taken')} note={t('import.takenNote')}>
      <Show
        when={!props.isEmpty}
        fallback={
          <Notice tone="warn" icon={<TriangleAlertIcon size={16} aria-hidden="true" />}>
            {t('import.nothing')}
          </Notice>
        }
      >
        <dl class="grid items-baseline gap-x-6 gap-y-1.5 sm:grid-cols-[max-content_minmax(0,1fr)]">
          <Fact name={t('import.rules')}>
            {plural('import.ruleCount', props.document.rules.length)}
            <Show when={props.document.rules.length > 0}>
              <span class="text-muted">
                {' '}
                {t('import.ruleRoutes', { direct: count('direct'), parent: count('parent') })}
              </span>
            </Show>
          </Fact>
          <Fact name={t('import.default')}>{t(`route.${nameIn(Route, props.document.defaultAction)}`)}</Fact>
          <Fact name={t('import.parents')}>
            <Show when={props.document.parentProxies.length > 0} fallback={t('import.noParents')}>
              <span class="font-mono text-sm break-words">
                {props.document.parentProxies.map(({ host, port }) => `${host}:${port}`).join(', ')}
              </span>
              <span class="text-muted">
                {' · '}
                {t(`selection.${nameIn(ParentSelection, props.document.failover.selection)}`)}
                {props.document.failover.directWhenAllDown ? ` · ${t('import.directWhenDown')}` : ''}
              </span>
            </Show>
          </Fact>
          <Fact name={t('import.clients')}>
            {props.document.clientRules.length > 0
              ? plural('import.clientCount', props.document.clientRules.length)
              : t('import.clientsDefault')}
          </Fact>
        </dl>
      </Show>
      <p class="mt-3 text-sm text-muted">
        {t('import.notInFiles')} {notInFiles.map((what) => t(`import.not.${what}`)).join(', ')}
        {'.'}
      </p>
    </Panel>
  )
}

function Fact(props: { readonly name: string; readonly children: JSX.Element }) {
  return (
    <>
      <dt class="text-sm font-medium text-muted">{props.name}</dt>
      <dd class="min-w-0 max-sm:mb-1">{props.children}</dd>
    </>
  )
}
