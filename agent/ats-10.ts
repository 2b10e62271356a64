/** ATS 10.x: one process, asked on its control socket. Only 10.2 gives a verdict on a reload; before, diags.log tells. */
import { join } from 'node:path'
import { renderRecordsYaml } from '#core/ats/records'
import type { AtsGeneration } from '#core/vocabulary'
import { watchLog } from './ats-log.ts'
import type { AtsPlace } from './ats-place.ts'
import type { AtsAdapter } from './ats-port.ts'
import { watchReloads } from './ats-reload.ts'
import { createRpc, fieldsOf, itemsOf } from './ats-rpc.ts'
import type { RecordsFile } from './files.ts'
import { metricNames, numbersFrom, startFrom } from './stats/metrics.ts'

const recordsYaml: RecordsFile = {
  name: 'records.yaml',
  render: renderRecordsYaml,
  // A reload reads the file again (10.2), and a value that was set is obeyed within 4 s: ATS looks every 3 s.
  settleMs: 4_500,
}

export function createAts10(
  { runtimeDir, logDir }: AtsPlace,
  generation: Exclude<AtsGeneration, '9.2'>,
): AtsAdapter {
  const call = createRpc(join(runtimeDir, 'jsonrpc20.sock'))

  async function setStatus(operation: 'up' | 'down', hosts: readonly string[]): Promise<void> {
    // The time must be stated, as a text; 0 is for ever.
    await call('admin_host_set_status', { operation, host: hosts, reason: 'manual', time: '0' })
  }

  /** Exact names only: an expression that meets proxy.process.version kills a 10.2. Metrics are records as well. */
  async function lookUp(names: readonly string[]): Promise<Map<string, string>> {
    const asked = names.map((name) => ({ record_name: name }))
    const { recordList } = fieldsOf(await call('admin_lookup_records', asked))
    return new Map(
      itemsOf(recordList).map((each) => {
        const { record_name, current_value } = fieldsOf(each.record)
        return [String(record_name), String(current_value)]
      }),
    )
  }

  return {
    async requireControl() {
      // Anybody may read records; the status of reloads takes the same right as a reload. Before 10.2 there is none.
      if (generation === '10.2') await call('get_reload_config_status', {})
    },
    recordsFile: async () => recordsYaml,
    async watchLoads() {
      if (generation === '10.2') return watchReloads(call)
      return watchLog(logDir, async () => {
        await call('admin_config_reload')
      })
    },
    liveRecords: async (names) => (names.length === 0 ? new Map() : lookUp(names)),
    async setRecord(name, value) {
      await call('admin_config_set_records', [{ record_name: name, record_value: value }])
    },
    async takenOut(hosts) {
      const { statusList } = fieldsOf(await call('admin_host_get_status', hosts))
      const out = itemsOf(statusList).filter(({ status }) => String(status).includes('MANUAL:DOWN'))
      return hosts.filter((host) => out.some(({ hostname }) => hostname === host))
    },
    takeOut: (hosts) => setStatus('down', hosts),
    bringBack: (hosts) => setStatus('up', hosts),
    async statistics() {
      const values = await lookUp([startTime, ...metricNames])
      const atsStartedAt = startFrom(values.get(startTime))
      // Whoever starts, counts from zero.
      return atsStartedAt === null ? null : { atsStartedAt, countersContinue: false, ...numbersFrom(values) }
    },
  }
}

const startTime = 'proxy.process.proxy.start_time'
