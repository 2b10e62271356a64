/** A real ATS whose logs can be captured: an access log in Squid's format, and a parent for corp.example. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAts } from '../../agent/ats.ts'
import { type AtsPlace, findPlace } from '../../agent/ats-place.ts'
import { startAts, type TestAts } from './ats.ts'
import { untilTrue } from './until.ts'

export interface LogAts {
  readonly ats: TestAts
  readonly place: AtsPlace
}

/** @param home for what an agent keeps of it */
export async function startLogAts(home: string): Promise<LogAts> {
  // ATS looks whether its log is still there each time that it writes: then a file that was moved is a rotation.
  const extraRecords = ['CONFIG proxy.config.log.file_stat_frequency INT 1']
  const ats = await startAts({ hasAccessLog: true, extraRecords })
  const parent = `dest_domain=corp.example parent="127.0.0.1:${ats.parents[0].port}" go_direct=false\n`
  writeFileSync(join(ats.configDir, 'parent.config'), parent)
  const place = await findPlace({ root: ats.directory, binDir: '/usr/bin' }, home)
  const watch = await createAts(place).watchLoads()
  await watch.reload()
  await untilTrue(async () => (await watch.verdicts(['parent.config']))[0]?.result === 'loaded')
  await watch.close()
  return { ats, place }
}
