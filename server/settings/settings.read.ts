/** Reads what belongs to the instance as a whole. */
import { settings } from '../database/tables.ts'
import type { Operation } from '../operation.ts'

export type SettingsRow = typeof settings.$inferSelect

export async function readSettings(op: Operation): Promise<SettingsRow> {
  const [row] = await op.read.select().from(settings)
  if (!row) throw new Error('the settings row is missing: was the database migrated?')
  return row
}
