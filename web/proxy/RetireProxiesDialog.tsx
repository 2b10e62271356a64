/** Retires proxies after saying what that means; many at once only when their number is typed. */
import { createSignal, Show } from 'solid-js'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { plural, t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Field } from '../ui/Field.tsx'
import { BulkProgress, BulkSummary } from './BulkResult.tsx'
import { type BulkItem, createBulkRun } from './bulk.ts'
import { HostnameList } from './HostnameList.tsx'

const retireDocument = graphql(`
  mutation RetireProxy($input: RetireProxyInput!) { retireProxy(input: $input) { proxy { id status retiredAt } } }
`)

/** Above this a click is too easily made. */
const mostWithoutTyping = 25

interface RetireProxiesDialogProps {
  readonly isOpen: boolean
  readonly items: readonly BulkItem[]
  readonly onClose: () => void
  /** At the end of each run, with those that are retired now. */
  readonly onRetired: (items: readonly BulkItem[]) => void
}

export function RetireProxiesDialog(props: RetireProxiesDialogProps) {
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={() => props.onClose()}
      title={
        props.items.length === 1
          ? t('proxy.retireTitle', { hostname: props.items[0]?.hostname ?? '' })
          : plural('fleet.retireTitle', props.items.length)
      }
      closeLabel={t('action.close')}
    >
      <Retiring {...props} />
    </Dialog>
  )
}

function Retiring(props: RetireProxiesDialogProps) {
  // What was chosen when the dialog opened: the selection may lose those that are retired meanwhile.
  const items = props.items
  const [typed, setTyped] = createSignal('')
  const run = createBulkRun(async (item) => {
    const { error } = await client.mutation(retireDocument, { input: { id: item.id } }).toPromise()
    return error && lineOf(error)
  })
  const isTypingDue = items.length > mostWithoutTyping
  const why = () =>
    isTypingDue && typed().trim() !== String(items.length)
      ? t('fleet.retireTypeFirst', { count: items.length })
      : undefined
  const retire = async (chosen: readonly BulkItem[]) => {
    await run.start(chosen)
    props.onRetired(run.done())
  }
  return (
    <>
      <Show when={run.phase() === 'idle'}>
        <form
          class="space-y-4"
          onSubmit={(event) => {
            event.preventDefault()
            if (why() === undefined) void retire(items)
          }}
        >
          <p>{plural('fleet.retireText', items.length)}</p>
          <Show when={items.length > 1}>
            <HostnameList items={items} />
          </Show>
          <p class="text-muted">{t('fleet.retireBack')}</p>
          <Show when={isTypingDue}>
            <Field label={t('fleet.retireType', { count: items.length })}>
              {(control) => (
                <input
                  {...control}
                  class="input"
                  inputmode="numeric"
                  autocomplete="off"
                  value={typed()}
                  onInput={(event) => setTyped(event.currentTarget.value)}
                />
              )}
            </Field>
          </Show>
          <div class="flex flex-wrap justify-end gap-2">
            <Button onClick={() => props.onClose()}>{t('action.cancel')}</Button>
            <Button type="submit" look="danger" why={why()}>
              {items.length === 1 ? t('proxy.retire') : plural('fleet.retireNow', items.length)}
            </Button>
          </div>
        </form>
      </Show>
      <Show when={run.phase() === 'running'}>
        <BulkProgress run={run} label={plural('fleet.retiring', run.total())} />
      </Show>
      <Show when={run.phase() === 'over'}>
        <BulkSummary
          doneText={plural('fleet.retired', run.done().length)}
          done={run.done()}
          failed={run.failed()}
          left={run.left()}
          onRetry={(chosen) => void retire(chosen)}
          onClose={() => props.onClose()}
        />
      </Show>
    </>
  )
}
