/** Name, description and default action of a config: seldom edited, so in one row where there is room for it. */
import { For } from 'solid-js'
import { limits } from '#core/config-document'
import { Route } from '#core/vocabulary'
import { t } from '../../locales/i18n.ts'
import { Field } from '../../ui/Field.tsx'
import { nameIn } from '../document.ts'
import { editDocument } from './edits.ts'
import { fieldId, type PartProps } from './fields.ts'

interface AboutFieldsProps extends PartProps {
  /** Set: the default action, which stands in the text too, can't be edited here now, for this reason. */
  readonly whyDefault: string | undefined
}

export function AboutFields(props: AboutFieldsProps) {
  return (
    <section aria-label={t('editor.about')} class="card mb-3 px-4 py-3">
      <div class="grid gap-x-4 gap-y-3 md:grid-cols-2 xl:grid-cols-[minmax(0,3fr)_minmax(0,5fr)_minmax(0,3fr)]">
        <Field label={t('config.name')} error={props.problems.sentence('name')}>
          {(control) => (
            <input
              {...control}
              id={fieldId('name')}
              aria-label={t('config.name')}
              class="input"
              maxlength={limits.nameLength}
              disabled={props.why !== undefined}
              value={props.draft.content().name}
              onInput={(event) => {
                const name = event.currentTarget.value
                props.draft.change((content) => ({ ...content, name }), { key: 'edit.name' }, 'name')
              }}
            />
          )}
        </Field>
        <Field
          label={t('config.description')}
          error={props.problems.sentence('description')}
          class="md:max-xl:order-last md:max-xl:col-span-2"
        >
          {(control) => (
            <textarea
              {...control}
              id={fieldId('description')}
              aria-label={t('config.description')}
              class="input block max-h-40 field-sizing-content"
              rows="1"
              maxlength={limits.descriptionLength}
              disabled={props.why !== undefined}
              value={props.draft.content().description}
              onInput={(event) => {
                const description = event.currentTarget.value
                props.draft.change(
                  (content) => ({ ...content, description }),
                  { key: 'edit.description' },
                  'description',
                )
              }}
            />
          )}
        </Field>
        <Field
          label={t('editor.default')}
          hint={
            props.whyDefault ?? t(`editor.defaultHint.${nameIn(Route, props.draft.document().defaultAction)}`)
          }
          error={props.problems.sentence('defaultAction')}
        >
          {(control) => (
            <select
              {...control}
              id={fieldId('defaultAction')}
              aria-label={t('editor.default')}
              class="input"
              disabled={props.why !== undefined || props.whyDefault !== undefined}
              onBlur={() => props.problems.leave('defaultAction')}
              onChange={(event) => {
                const defaultAction = Object.values(Route).find((word) => word === event.currentTarget.value)
                if (defaultAction)
                  props.draft.change(editDocument({ defaultAction }), { key: 'edit.default' })
              }}
            >
              <For each={Object.values(Route)}>
                {(route) => (
                  <option value={route} selected={props.draft.document().defaultAction === route}>
                    {t(`route.${nameIn(Route, route)}`)}
                  </option>
                )}
              </For>
            </select>
          )}
        </Field>
      </div>
    </section>
  )
}
