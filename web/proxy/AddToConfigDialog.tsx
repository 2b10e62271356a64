/** Puts proxies on a config's list, and says what has to follow before they run it. */
import { A } from '@solidjs/router'
import { createSignal, Show } from 'solid-js'
import { plural, t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Field } from '../ui/Field.tsx'
import { LoaderIcon } from '../ui/icons.ts'
import { type Added, addToConfig } from './addToConfig.ts'
import { BulkSummary } from './BulkResult.tsx'
import type { BulkItem } from './bulk.ts'
import { type ConfigChoice, ConfigPicker } from './ConfigPicker.tsx'
import { HostnameList } from './HostnameList.tsx'

interface AddToConfigDialogProps {
  readonly isOpen: boolean
  readonly items: readonly BulkItem[]
  readonly onClose: () => void
}

export function AddToConfigDialog(props: AddToConfigDialogProps) {
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={() => props.onClose()}
      title={plural('fleet.assignTitle', props.items.length)}
      description={t('fleet.assignText')}
      closeLabel={t('action.close')}
    >
      <Adding {...props} />
    </Dialog>
  )
}

function Adding(props: AddToConfigDialogProps) {
  const [config, setConfig] = createSignal<ConfigChoice>()
  const [isBusy, setBusy] = createSignal(false)
  const [added, setAdded] = createSignal<Added>()
  const add = async (items: readonly BulkItem[]) => {
    const chosen = config()
    if (!chosen || isBusy()) return
    setBusy(true)
    setAdded(await addToConfig(chosen.id, items))
    setBusy(false)
  }
  return (
    <Show
      when={!isBusy() && added()}
      fallback={
        <form
          class="space-y-4"
          onSubmit={(event) => {
            event.preventDefault()
            void add(props.items)
          }}
        >
          <HostnameList items={props.items} />
          <Field label={t('fleet.assignConfig')}>
            {(control) => (
              <ConfigPicker
                id={control.id}
                aria-describedby={control['aria-describedby']}
                isInFlow
                placeholder={t('fleet.assignChoose')}
                chosen={config()?.name ?? ''}
                onChoose={(choice) => setConfig(choice ?? undefined)}
              />
            )}
          </Field>
          <Show when={isBusy()}>
            <p role="status" class="flex items-center gap-2 text-muted">
              <LoaderIcon size={16} class="spin" aria-hidden="true" />
              {plural('fleet.assigning', props.items.length)}
            </p>
          </Show>
          <div class="flex flex-wrap justify-end gap-2">
            <Button onClick={() => props.onClose()}>{t('action.cancel')}</Button>
            <Button
              type="submit"
              look="primary"
              isBusy={isBusy()}
              why={config() === undefined ? t('fleet.assignChooseFirst') : undefined}
            >
              {plural('fleet.assignNow', props.items.length)}
            </Button>
          </div>
        </form>
      }
    >
      {(result) => (
        <BulkSummary
          doneText={plural('fleet.assigned', result().done.length, { config: config()?.name ?? '' })}
          done={result().done}
          failed={result().failed}
          left={[]}
          onRetry={(items) => void add(items)}
          onClose={() => props.onClose()}
        >
          <p class="mt-1">{t('fleet.assignNext')}</p>
          <A href={paths.config(config()?.id ?? '')} class="mt-1 inline-block font-medium underline">
            {t('fleet.assignOpen', { config: config()?.name ?? '' })}
          </A>
        </BulkSummary>
      )}
    </Show>
  )
}
