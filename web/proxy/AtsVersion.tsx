/** Which ATS a proxy runs, and whether we have files for it. */
import { Show } from 'solid-js'
import { t } from '../locales/i18n.ts'

interface Versioned {
  readonly atsVersion: string | null
  readonly atsGeneration: string | null
}

export function AtsVersion(props: { readonly proxy: Versioned }) {
  return (
    <Show when={props.proxy.atsVersion} fallback={<span class="text-muted">{t('proxy.atsUnknown')}</span>}>
      {(version) => (
        <>
          {version()}
          <Show when={props.proxy.atsGeneration === null}>
            <span class="ml-1 text-bad">· {t('proxy.atsUnsupported')}</span>
          </Show>
        </>
      )}
    </Show>
  )
}
