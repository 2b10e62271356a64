/** Reads what belongs to the instance as a whole. */
import type { ReadDatabase } from '../database/connect.ts'
import { settings } from '../database/tables.ts'

export type SettingsRow = typeof settings.$inferSelect

export async function readSettings(read: ReadDatabase): Promise<SettingsRow> {
  const [row] = await read.select().from(settings)
  if (!row) throw new Error('the settings row is missing: was the database migrated?')
  return row
}
