/** What there is to say where an address leads to nothing: what that may mean, and the way back to a list. */
import { A } from '@solidjs/router'
import { For } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { type Key, t } from './locales/i18n.ts'
import { paths } from './paths.ts'
import { FileSlidersIcon, SearchIcon, ServerIcon } from './ui/icons.ts'
import { setPageTitle } from './words.tsx'

const toProxies = { href: paths.fleet, label: 'missing.toProxies' } as const
const toConfigs = { href: paths.configs, label: 'missing.toConfigs' } as const

const kinds = {
  page: { title: 'app.notFound', text: 'app.notFoundText', icon: SearchIcon, ways: [toProxies, toConfigs] },
  proxy: { title: 'missing.proxyTitle', text: 'missing.proxyText', icon: ServerIcon, ways: [toProxies] },
  config: {
    title: 'missing.configTitle',
    text: 'missing.configText',
    icon: FileSlidersIcon,
    ways: [toConfigs],
  },
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly title: Key
      readonly text: Key
      readonly icon: typeof SearchIcon
      readonly ways: readonly { readonly href: string; readonly label: Key }[]
    }
  >
>

export function Missing(props: { readonly kind: keyof typeof kinds }) {
  const words = () => kinds[props.kind]
  setPageTitle(() => t(words().title), { isNoted: false })
  return (
    <div class="card flex flex-col items-center gap-2 px-6 py-14 text-center">
      <Dynamic component={words().icon} size={28} class="mb-1 text-muted" aria-hidden="true" />
      <h1>{t(words().title)}</h1>
      <p class="max-w-lg text-muted">{t(words().text)}</p>
      <div class="mt-3 flex flex-wrap justify-center gap-2">
        <For each={words().ways}>
          {(way) => (
            <A href={way.href} class="link-button">
              {t(way.label)}
            </A>
          )}
        </For>
      </div>
    </div>
  )
}
