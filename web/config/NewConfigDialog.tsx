/** Makes a draft, empty or with another config's rules, and goes to its editor. */
import { useNavigate } from '@solidjs/router'
import type { CombinedError } from '@urql/core'
import { createSignal, Show } from 'solid-js'
import { limits } from '#core/config-document'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { lineOf, problemSentence, problemsOf } from '../messages.ts'
import { paths } from '../paths.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Field } from '../ui/Field.tsx'

const createDocument = graphql(`
  mutation CreateConfig($input: CreateConfigInput!) { createConfig(input: $input) { config { id name } } }
`)
const cloneDocument = graphql(`
  mutation CloneConfig($input: CloneConfigInput!) { cloneConfig(input: $input) { config { id name } } }
`)

/** What a clone is made from. */
export interface CloneSource {
  readonly id: string
  readonly name: string
  /** Null: the working copy. */
  readonly version: { readonly id: string; readonly number: number } | null
}

interface NewConfigDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  /** Undefined: an empty config. */
  readonly source?: CloneSource | undefined
}

interface Refused {
  /** At the name. */
  readonly name?: string
  readonly line?: string
}

export function NewConfigDialog(props: NewConfigDialogProps) {
  const navigate = useNavigate()
  const [isBusy, setBusy] = createSignal(false)
  const [refused, setRefused] = createSignal<Refused>({})
  const close = () => {
    setRefused({})
    props.onClose()
  }
  const send = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const name = String(form.get('name')).trim()
    const description = String(form.get('description') ?? '').trim()
    setBusy(true)
    const { id, error } = await make(name, description, props.source)
    setBusy(false)
    if (id === undefined) return setRefused(refusalOf(error))
    close()
    navigate(paths.config(id))
  }
  const source = () => props.source
  const title = () => {
    const from = source()
    return from ? t('config.cloneTitle', { name: from.name }) : t('configs.createTitle')
  }
  const text = () => {
    const from = source()
    if (!from) return t('configs.createText')
    return from.version
      ? t('config.cloneVersionText', { number: from.version.number })
      : t('config.cloneText')
  }
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={close}
      title={title()}
      description={text()}
      closeLabel={t('action.close')}
    >
      <form onSubmit={(event) => void send(event)} class="space-y-4">
        <Field label={t('config.name')} error={refused().name}>
          {(control) => (
            <input
              {...control}
              class="input"
              name="name"
              required
              maxlength={limits.nameLength}
              autocomplete="off"
              value={copyName(source()?.name)}
              onInput={() => setRefused({})}
            />
          )}
        </Field>
        <Show when={source() === undefined}>
          <Field label={t('config.description')}>
            {(control) => (
              <textarea
                {...control}
                class="input"
                name="description"
                rows="3"
                maxlength={limits.descriptionLength}
              />
            )}
          </Field>
        </Show>
        <p role="alert" class="text-bad empty:hidden">
          {refused().line}
        </p>
        <div class="flex flex-wrap items-center justify-end gap-2">
          <Button onClick={close}>{t('action.cancel')}</Button>
          <Button type="submit" look="primary" isBusy={isBusy()}>
            {source() ? t('config.clone') : t('configs.createNow')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

async function make(
  name: string,
  description: string,
  source: CloneSource | undefined,
): Promise<{ readonly id?: string; readonly error?: CombinedError | undefined }> {
  if (source === undefined) {
    const input = { name, description, defaultAction: 'DIRECT' } as const
    const { data, error } = await client.mutation(createDocument, { input }).toPromise()
    return data ? { id: data.createConfig.config.id } : { error }
  }
  const input = { id: source.id, name, versionId: source.version?.id ?? null }
  const { data, error } = await client.mutation(cloneDocument, { input }).toPromise()
  return data ? { id: data.cloneConfig.config.id } : { error }
}

function refusalOf(error: CombinedError | undefined): Refused {
  const problem = problemsOf(error).find(({ path }) => path === 'name')
  if (problem)
    return { name: problem.code === 'NAME_TAKEN' ? t('config.nameTaken') : problemSentence(problem) }
  return error ? { line: lineOf(error) } : {}
}

/** `<name> copy`, within the longest name that there may be. */
function copyName(name: string | undefined): string {
  if (name === undefined) return ''
  const room = limits.nameLength - t('config.copyName', { name: '' }).length
  return t('config.copyName', { name: name.slice(0, room) })
}
