/** Logs in anew over whatever is open, before the session ends: the page below stays as it is. */
import { t } from '../locales/i18n.ts'
import { codeOf, lineOf } from '../messages.ts'
import { logIn, session } from '../session.ts'
import { IdentityDialog } from './IdentityDialog.tsx'

export function LogInAgain(props: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const email = () => {
    const state = session()
    return state.kind === 'active' ? state.user.email : ''
  }
  return (
    <IdentityDialog
      isOpen={props.isOpen}
      onClose={props.onClose}
      title={t('sessionEnd.again')}
      description={t('sessionEnd.againText', { email: email() })}
      submitLabel={t('login.submit')}
      onSubmit={async (password, code) => {
        const error = await logIn(email(), password, code)
        if (!error) props.onClose()
        return error
      }}
      faultWords={(error) =>
        codeOf(error) === 'UNAUTHENTICATED' ? t('problem.PASSWORD_WRONG') : lineOf(error)
      }
    />
  )
}
