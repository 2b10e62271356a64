/** Where the code of a second factor is typed: the app's six digits, or a recovery code. */
import type { CombinedError } from '@urql/core'
import { onMount } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { problemsOf } from '../messages.ts'
import { Field } from '../ui/Field.tsx'

export function CodeField(props: { readonly error?: string | undefined }) {
  let input: HTMLInputElement | undefined
  // It comes when the server asks for it: the rest is filled in by then.
  onMount(() => input?.focus())
  return (
    <Field label={t('login.code')} hint={t('login.codeHint')} error={props.error}>
      {(control) => (
        <input
          {...control}
          ref={input}
          class="input"
          name="code"
          required
          autocomplete="one-time-code"
          spellcheck={false}
          maxlength="40"
        />
      )}
    </Field>
  )
}

/** Whether a refusal is about the code: missing, or wrong. */
export function codeProblem(error: CombinedError | undefined): 'CODE_REQUIRED' | 'CODE_WRONG' | undefined {
  const code = problemsOf(error).find((problem) => problem.path === 'code')?.code
  return code === 'CODE_REQUIRED' || code === 'CODE_WRONG' ? code : undefined
}
