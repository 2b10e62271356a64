/** Timer job: log lines older than the settings say go. */
import type { Operation } from '../operation.ts'
import { readSettings } from '../settings/settings.read.ts'

const hourMs = 3_600_000

export async function dropOldLogs(op: Operation): Promise<void> {
  const { logHours } = await readSettings(op.read)
  await op.observe.logsEnd(new Date(op.now.getTime() - logHours * hourMs))
}
