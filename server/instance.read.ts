/** Reads the instance's id and its own keys, once, at start. */
import type { ReadDatabase } from './database/connect.ts'
import { instanceKeys, type KeyPurpose, settings } from './database/tables.ts'

export async function readInstance(
  read: ReadDatabase,
): Promise<{ instanceId: string; keys: Readonly<Record<KeyPurpose, Record<string, unknown>>> }> {
  const [[row], rows] = await Promise.all([
    read.select({ instanceId: settings.instanceId }).from(settings),
    read.select({ purpose: instanceKeys.purpose, jwk: instanceKeys.jwk }).from(instanceKeys),
  ])
  const jwkOf = (purpose: KeyPurpose) => {
    const jwk = rows.find((key) => key.purpose === purpose)?.jwk
    if (!jwk) throw new Error(`the instance has no key for "${purpose}": was the database migrated?`)
    return jwk
  }
  if (!row) throw new Error('the settings row is missing: was the database migrated?')
  return {
    instanceId: row.instanceId,
    keys: {
      'access-token': jwkOf('access-token'),
      'offer-signature': jwkOf('offer-signature'),
      'session-cookie': jwkOf('session-cookie'),
      'second-factor': jwkOf('second-factor'),
    },
  }
}
