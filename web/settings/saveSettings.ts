/** Changes some of the instance's settings: asks for the password where the server wants it, and says so when they are kept. */
import { client } from '../client.ts'
import { graphql, type VariablesOf } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { confirmed } from '../session/confirmed.tsx'
import { toast } from '../ui/toast.tsx'

const updateDocument = graphql(`
  mutation UpdateSettings($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { instanceId } } }
`)

export type SettingsChange = VariablesOf<typeof updateDocument>['input']

/** @returns why it was refused, as a sentence; undefined: it was taken */
export async function saveSettings(input: SettingsChange): Promise<string | undefined> {
  const { error } = await confirmed(() => client.mutation(updateDocument, { input }).toPromise())
  if (error) return lineOf(error)
  toast('ok', t('settings.saved'))
}
