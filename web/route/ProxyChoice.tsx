/** Finds one proxy by its hostname, of which the server offers those that fit. */
import { createSignal, createUniqueId, For, onCleanup } from 'solid-js'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { createQuery } from '../query.ts'
import type { ControlProps } from '../ui/Field.tsx'

const choicesDocument = graphql(`
  query RouteProxies($search: String) {
    proxies(first: 20, search: $search) { edges { node { id hostname } } }
  }
`)

/** Pause after the last key before the server is asked. */
const typingMs = 200

export function ProxyChoice(props: {
  readonly control: ControlProps
  /** Its hostname; empty: none. */
  readonly chosen: string
  readonly onChoose: (id: string | null) => void
}) {
  const listId = createUniqueId()
  const [search, setSearch] = createSignal<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  const query = createQuery(choicesDocument, {
    variables: () => (search() === undefined ? null : { search: search() || null }),
    subjects: ['PROXY'],
  })
  const proxies = () => query.data()?.proxies.edges.map(({ node }) => node) ?? []
  const type = (text: string) => {
    const found = proxies().find(({ hostname }) => hostname === text.trim())
    if (found) return props.onChoose(found.id)
    if (text.trim() === '' && props.chosen !== '') props.onChoose(null)
    clearTimeout(timer)
    timer = setTimeout(() => setSearch(text.trim()), typingMs)
  }
  return (
    <>
      <input
        {...props.control}
        class="input"
        list={listId}
        autocomplete="off"
        spellcheck={false}
        placeholder={t('routes.proxyPlaceholder')}
        value={props.chosen}
        onFocus={() => setSearch((known) => known ?? '')}
        onInput={(event) => type(event.currentTarget.value)}
      />
      <datalist id={listId}>
        <For each={proxies()}>{(proxy) => <option value={proxy.hostname} />}</For>
      </datalist>
    </>
  )
}
