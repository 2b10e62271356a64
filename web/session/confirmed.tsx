/** What asks for the password once more: asks, and goes on. */
import type { CombinedError } from '@urql/core'
import { render } from 'solid-js/web'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { loadTexts, t } from '../locales/i18n.ts'
import { lineOf, problemSentence, problemsOf } from '../messages.ts'
import { IdentityDialog } from './IdentityDialog.tsx'

const confirmDocument = graphql(`
  mutation ConfirmIdentity($input: ConfirmIdentityInput!) { confirmIdentity(input: $input) { confirmedUntil } }
`)

/** Runs a mutation; when the server wants the password first, asks the person and runs it again. */
export async function confirmed<Answer extends { readonly error?: CombinedError | undefined }>(
  run: () => Promise<Answer>,
): Promise<Answer> {
  const answer = await run()
  if (!problemsOf(answer.error).some((problem) => problem.code === 'CONFIRM_IDENTITY')) return answer
  await loadTexts('users')
  return (await askForPassword()) ? run() : answer
}

/** Opens a dialog over whatever is there. @returns whether the password was right; false: they gave up */
function askForPassword(): Promise<boolean> {
  return new Promise((resolve) => {
    const host = document.body.appendChild(document.createElement('div'))
    const close = (isConfirmed: boolean) => {
      dispose()
      host.remove()
      resolve(isConfirmed)
    }
    const dispose = render(() => <ConfirmIdentity onDone={close} />, host)
  })
}

function ConfirmIdentity(props: { readonly onDone: (isConfirmed: boolean) => void }) {
  return (
    <IdentityDialog
      isOpen
      onClose={() => props.onDone(false)}
      title={t('confirm.title')}
      description={t('confirm.text')}
      submitLabel={t('confirm.submit')}
      onSubmit={async (password, code) => {
        const input = { password, code }
        const { error } = await client.mutation(confirmDocument, { input }).toPromise()
        if (!error) props.onDone(true)
        return error
      }}
      faultWords={(error) => {
        const [problem] = problemsOf(error)
        return problem ? problemSentence(problem) : lineOf(error)
      }}
    />
  )
}
