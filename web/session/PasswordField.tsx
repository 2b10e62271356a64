/** Where a password is typed: the field's name in its form, and whether it is one's own so far or a new one. */
import { Field } from '../ui/Field.tsx'

interface PasswordFieldProps {
  readonly name: string
  readonly label: string
  /** What a password manager makes of it. */
  readonly kind: 'current-password' | 'new-password'
  readonly hint?: string
  readonly error?: string | undefined
  readonly hasFocus?: boolean
}

export function PasswordField(props: PasswordFieldProps) {
  return (
    <Field label={props.label} hint={props.hint} error={props.error}>
      {(control) => (
        <input
          {...control}
          class="input"
          name={props.name}
          type="password"
          required
          autocomplete={props.kind}
          autofocus={props.hasFocus ?? false}
        />
      )}
    </Field>
  )
}
