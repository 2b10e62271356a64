/** One's own second factor: whether it is on, and the ways to set it up, to renew its recovery codes and to switch it off. */
import { createSignal, Match, Show, Switch } from 'solid-js'
import { client } from '../client.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { plural, t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { createQuery } from '../query.ts'
import { confirmed } from '../session/confirmed.tsx'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Panel } from '../ui/Panel.tsx'
import { toast } from '../ui/toast.tsx'
import { Instant, QueryPanel } from '../words.tsx'
import { DisableFactorDialog, RenewCodesDialog } from './ChangeFactorDialogs.tsx'
import { SetUpFactorDialog } from './SetUpFactorDialog.tsx'

const factorDocument = graphql('query SecondFactor { secondFactor { enabledAt recoveryCodesLeft } }')
const startDocument = graphql('mutation StartSecondFactor { startSecondFactor { secret uri } }')

export function SecondFactorPanel() {
  const query = createQuery(factorDocument, { variables: () => ({}), subjects: [] })
  const [started, setStarted] = createSignal<ResultOf<typeof startDocument>['startSecondFactor']>()
  const [isBusy, setBusy] = createSignal(false)
  const [open, setOpen] = createSignal<'disable' | 'renew'>()
  const start = async () => {
    setBusy(true)
    const { data, error } = await confirmed(() => client.mutation(startDocument, {}).toPromise())
    setBusy(false)
    if (error) return toast('bad', lineOf(error))
    setStarted(data?.startSecondFactor)
  }
  const done = async () => {
    setOpen(undefined)
    setStarted(undefined)
    await query.refetch()
  }
  return (
    <Panel title={t('factor.title')} note={t('factor.text')}>
      <QueryPanel query={query} rows={2}>
        {(data) => (
          <Switch>
            <Match when={data().secondFactor.enabledAt}>
              {(at) => (
                <div class="flex flex-wrap items-center gap-3">
                  <p class="min-w-48 flex-1">
                    <Badge tone="ok">{t('factor.isOn')}</Badge> <Instant at={at()} />
                    <span class="block text-sm text-muted">
                      {plural('factor.codesLeft', data().secondFactor.recoveryCodesLeft)}
                    </span>
                  </p>
                  <Button onClick={() => setOpen('renew')}>{t('factor.renew')}</Button>
                  <Button look="danger" onClick={() => setOpen('disable')}>
                    {t('factor.disable')}
                  </Button>
                </div>
              )}
            </Match>
            <Match when={true}>
              <div class="flex flex-wrap items-center gap-3">
                <p class="min-w-48 flex-1 text-muted">{t('factor.isOff')}</p>
                <Button isBusy={isBusy()} onClick={() => void start()}>
                  {t('factor.setUp')}
                </Button>
              </div>
            </Match>
          </Switch>
        )}
      </QueryPanel>
      <Show when={started()} keyed>
        {(factor) => <SetUpFactorDialog secret={factor.secret} uri={factor.uri} onDone={done} />}
      </Show>
      <Show when={open() === 'disable'}>
        <DisableFactorDialog onDone={done} />
      </Show>
      <Show when={open() === 'renew'}>
        <RenewCodesDialog onDone={done} />
      </Show>
    </Panel>
  )
}
