/** Why a proxy is in its status, and what a person can do about it now. */
import { A } from '@solidjs/router'
import { createSignal, type JSX, Match, Show, Switch } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/states.tsx'
import { Code } from '../words.tsx'
import { AtsWords } from './AtsWords.tsx'
import { statusLooks, statusWords } from './ProxyStatusBadge.tsx'
import type { ShownProxy } from './proxyDocument.ts'

interface NextStepProps {
  readonly proxy: ShownProxy
  readonly whyNotAssign: string | undefined
  readonly whyNotEnrol: string | undefined
  readonly whyNotRetry: string | undefined
  readonly onAssign: () => void
  readonly onEnrol: () => void
  readonly onRetry: () => Promise<void>
}

/** What to run on the host to see what the agent knows, also while it hears nothing of the server. */
const statusCommand = 'npm run agent -- status'

export function NextStep(props: NextStepProps) {
  const [isBusy, setBusy] = createSignal(false)
  const retry = async () => {
    setBusy(true)
    await props.onRetry()
    setBusy(false)
  }
  const tone = () => {
    const { tone } = statusLooks[props.proxy.status]
    return tone === 'idle' ? 'info' : tone
  }
  return (
    <div class="mb-4">
      <Notice
        tone={tone()}
        icon={<Dynamic component={statusLooks[props.proxy.status].icon} size={16} aria-hidden="true" />}
      >
        <div role="status">
          <Show
            when={props.proxy.status === 'FAILED'}
            fallback={<p class="font-medium">{statusWords(props.proxy)}</p>}
          >
            <p class="font-medium">{t('proxyNext.failedTitle')}</p>
          </Show>
        </div>
        <Switch>
          <Match when={props.proxy.status === 'FAILED'}>
            <AtsWords text={props.proxy.statusReason} />
            <Todo text={t(isConfigToBlame(props.proxy) ? 'proxyNext.REJECTED_BY_ATS' : 'proxyNext.FAILED')}>
              <Button isBusy={isBusy()} onClick={() => void retry()} why={props.whyNotRetry}>
                {t('proxyNext.retry')}
              </Button>
              <Show when={props.proxy.config}>
                {(config) => (
                  <>
                    <Way href={paths.config(config().id)} label={t('proxyNext.openConfig')} />
                    <Way href={paths.configVersions(config().id)} label={t('proxyNext.restore')} />
                  </>
                )}
              </Show>
            </Todo>
          </Match>
          <Match when={props.proxy.status === 'DRIFTED'}>
            <Todo text={t('proxyNext.DRIFTED')}>
              <Button isBusy={isBusy()} onClick={() => void retry()} why={props.whyNotRetry}>
                {t('proxyNext.putBack')}
              </Button>
              <Way href={paths.proxyFiles(props.proxy.id)} label={t('proxyNext.files')} />
            </Todo>
          </Match>
          <Match when={props.proxy.status === 'UNKNOWN'}>
            <Todo text={t('proxyNext.UNKNOWN')} />
            <div class="mt-2 max-w-lg text-text">
              <Code text={statusCommand} label={t('proxyNext.command')} isWrapped />
            </div>
          </Match>
          <Match
            when={
              props.proxy.status === 'PENDING' &&
              props.proxy.atsVersion !== null &&
              props.proxy.atsGeneration === null
            }
          >
            <Todo text={t('proxyNext.unsupported')} />
          </Match>
          <Match when={props.proxy.status === 'PENDING'}>
            <Todo text={t('proxyNext.PENDING')} />
          </Match>
          <Match when={props.proxy.status === 'UNASSIGNED'}>
            <Todo text={t('proxyNext.UNASSIGNED')}>
              <Button onClick={() => props.onAssign()} why={props.whyNotAssign}>
                {t('fleet.assign')}
              </Button>
            </Todo>
          </Match>
          <Match when={props.proxy.status === 'RETIRED'}>
            <Todo text={t('proxyNext.RETIRED')}>
              <Button onClick={() => props.onEnrol()} why={props.whyNotEnrol}>
                {t('proxyNext.enrol')}
              </Button>
            </Todo>
          </Match>
        </Switch>
      </Notice>
    </div>
  )
}

/** What ATS rejected, or what broke traffic, will do so again; all else that failed is the host's or the agent's affair. */
function isConfigToBlame({ attempted }: ShownProxy): boolean {
  return attempted?.outcome === 'REJECTED_BY_ATS' || attempted?.outcome === 'ROLLED_BACK'
}

function Todo(props: { readonly text: string; readonly children?: JSX.Element }) {
  return (
    <>
      <p class="mt-1 text-text">{props.text}</p>
      <Show when={props.children}>
        <div class="mt-2 flex flex-wrap items-center gap-2">{props.children}</div>
      </Show>
    </>
  )
}

function Way(props: { readonly href: string; readonly label: string }) {
  return (
    <A href={props.href} class="link-button">
      {props.label}
    </A>
  )
}
