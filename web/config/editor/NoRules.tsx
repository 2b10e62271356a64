/** An empty list teaches: what happens now, and how a rule looks. */
import { For } from 'solid-js'
import type { Route } from '#core/vocabulary'
import { t } from '../../locales/i18n.ts'

export function NoRules(props: { readonly defaultAction: Route }) {
  return (
    <div class="px-4 py-6">
      <p class="font-medium">
        {t(props.defaultAction === 'direct' ? 'rules.emptyDirect' : 'rules.emptyParent')}
      </p>
      <p class="mt-1 text-muted">{t('rules.emptyText')}</p>
      <ul class="mt-3 grid gap-1 text-sm text-muted">
        <For each={['DOMAIN', 'HOST', 'IP_RANGE'] as const}>
          {(kind) => (
            <li>
              <span class="inline-block w-24 font-medium text-text">{t(`ruleKind.${kind}`)}</span>
              <code class="mr-3 font-mono">{t(`rules.example.${kind}`)}</code>
              {t(`rules.covers.${kind}`)}
            </li>
          )}
        </For>
      </ul>
    </div>
  )
}
