/** The files to import: dropped, chosen or pasted, and which of them there are already. */
import { createSignal, For, Show } from 'solid-js'
import { limits } from '#core/config-document'
import { type ImportedFile, kindOf } from '#core/import-files'
import { plural, t } from '../../locales/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { Field } from '../../ui/Field.tsx'
import { CloseIcon, ScrollTextIcon } from '../../ui/icons.ts'
import { Panel } from '../../ui/Panel.tsx'

interface FilesPanelProps {
  readonly files: readonly ImportedFile[]
  readonly onChange: (files: readonly ImportedFile[]) => void
}

const known = ['parent.config', 'ip_allow.yaml', 'sni.yaml'] as const

export function FilesPanel(props: FilesPanelProps) {
  const [isOver, setOver] = createSignal(false)
  const [text, setText] = createSignal('')
  const add = (more: readonly ImportedFile[]) =>
    props.onChange([...props.files, ...more].slice(0, limits.importFiles))
  const take = async (list: FileList | null | undefined) => {
    const chosen = [...(list ?? [])]
    add(await Promise.all(chosen.map(async (file) => ({ name: file.name, content: await file.text() }))))
  }
  const takeText = () => {
    const content = text()
    if (content.trim() === '') return
    add([{ name: kindOf({ name: '', content }) ?? t('import.pasted'), content }])
    setText('')
  }
  const remove = (file: ImportedFile, from: Element) => {
    const list = from.closest('section')
    props.onChange(props.files.filter((each) => each !== file))
    queueMicrotask(() => list?.querySelector<HTMLElement>('li button, input[type=file]')?.focus())
  }

  return (
    <Panel title={t('import.files')} note={t('import.filesNote')}>
      <Show
        when={props.files.length > 0}
        fallback={
          <dl class="mb-3 grid items-baseline gap-x-4 gap-y-1 sm:grid-cols-[max-content_minmax(0,1fr)]">
            <For each={known}>
              {(name) => (
                <>
                  <dt class="font-mono text-sm">{name}</dt>
                  <dd class="text-muted max-sm:mb-2">{t(`import.about.${name}`)}</dd>
                </>
              )}
            </For>
          </dl>
        }
      >
        <ul class="mb-3 divide-y divide-line rounded-md border border-line" aria-label={t('import.chosen')}>
          <For each={props.files}>
            {(file) => (
              <li class="flex items-center gap-3 py-1 pr-1 pl-3">
                <ScrollTextIcon size={16} class="shrink-0 text-muted" aria-hidden="true" />
                <span class="min-w-0 flex-1 truncate font-mono text-sm" title={file.name}>
                  {file.name}
                </span>
                <span class="text-sm text-muted">{plural('import.lineCount', lineCountOf(file))}</span>
                <Button
                  look="ghost"
                  isIcon
                  aria-label={t('import.remove', { name: file.name })}
                  title={t('import.remove', { name: file.name })}
                  onClick={(event) => remove(file, event.currentTarget)}
                >
                  <CloseIcon size={15} aria-hidden="true" />
                </Button>
              </li>
            )}
          </For>
        </ul>
      </Show>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: files are dropped here; the button does the same by keyboard. */}
      <div
        class={`flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md border border-dashed px-4 py-3 ${isOver() ? 'border-accent bg-accent-soft' : 'border-line-strong bg-sunken'}`}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          void take(event.dataTransfer?.files)
        }}
      >
        <label class="inline-flex h-8 cursor-pointer items-center rounded-md border border-line-strong bg-surface px-3 font-medium focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent hover:bg-hover">
          {t('import.choose')}
          <input
            type="file"
            multiple
            class="sr-only"
            accept=".config,.yaml,.yml,.txt,text/*"
            onChange={(event) => {
              void take(event.currentTarget.files)
              event.currentTarget.value = ''
            }}
          />
        </label>
        <span class="text-muted">{t('import.drop')}</span>
      </div>
      <Field label={t('import.paste')} class="mt-3">
        {(control) => (
          <textarea
            {...control}
            class="input font-mono text-sm!"
            rows="3"
            spellcheck={false}
            placeholder={t('import.pastePlaceholder')}
            value={text()}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        )}
      </Field>
      <div class="mt-2">
        <Button onClick={takeText}>{t('import.addText')}</Button>
      </div>
    </Panel>
  )
}

function lineCountOf({ content }: ImportedFile): number {
  return content.replace(/\n$/, '').split('\n').length
}
