/** One capture in a few words, with the way to the logs of all proxies on which it was started. */
import { A } from '@solidjs/router'
import { Show } from 'solid-js'
import { graphql, type ResultOf } from '../graphql.ts'
import { plural, t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'

export const listedCapture = graphql(`
  fragment ListedCapture on LogCapture @_unmask {
    id startedBy startedAt filter { text host clientAddress errorsOnly } proxies { id }
  }
`)
export type Capture = ResultOf<typeof listedCapture>

export function ListedCapture(props: { readonly capture: Capture }) {
  const ids = () => props.capture.proxies.map(({ id }) => id)
  return (
    <span class="inline-flex min-h-6 flex-wrap items-center gap-x-3">
      <span class="wrap-anywhere">{wordsOf(props.capture)}</span>
      <Show when={ids().length > 1}>
        <A class="link" href={paths.logsOf(ids())}>
          {plural('logs.together', ids().length)}
        </A>
      </Show>
    </span>
  )
}

function wordsOf({ startedBy, filter }: Capture): string {
  const { text, host, clientAddress, errorsOnly } = filter
  const wanted = [
    ...(text === '' ? [] : [`“${text}”`]),
    ...[host, clientAddress].filter((value) => value !== ''),
    ...(errorsOnly ? [t('logs.errorsOnly')] : []),
  ]
  const what = wanted.length === 0 ? t('logs.everyLine') : wanted.join(', ')
  return t('logs.capture', { who: startedBy, what })
}
