/** Asks ATS to load what is on disk, and waits for its word on every file and record. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AtsRecord } from '#core/ats/records'
import type { AtsPlace } from './ats-place.ts'
import type { Ats, FileVerdict, LoadWatch } from './ats-port.ts'
import { liveValue, type RoutingFile, touch } from './files.ts'
import type { ApplyStep } from './memory.ts'

export interface LoadParts {
  readonly place: AtsPlace
  readonly ats: Ats
  /** How long ATS gets to say that it has loaded the files, before they are touched and it is asked again. */
  readonly wordWithinMs: number
  /** Called as the load goes from asking to waiting. */
  readonly onStep?: (step: ApplyStep) => void | Promise<void>
}

/** 9.2 took 8.6 s at the longest in 100 loads; rarely a reload is lost (docs/decisions/0003). */
export const defaultWordWithinMs = 12_000
const reloads = 3
const lookEveryMs = 40

export type Verdict =
  | { readonly result: 'loaded' }
  | { readonly result: 'rejected' | 'failed'; readonly reason: string }

/** ISO instants, filled in as they pass. */
export interface Times {
  reloadRequestedAt: string | null
  loadedAt: string | null
}

/** Asks ATS to reload and waits for its word on every file and the value of every record. @throws AtsSilent */
export async function load(
  files: readonly RoutingFile[],
  records: readonly AtsRecord[],
  { place, ats, wordWithinMs, onStep }: LoadParts,
  times: Times,
): Promise<Verdict> {
  const { name: recordsFile, settleMs } = await ats.recordsFile()
  const changing = (await differingRecords(records, ats)).length > 0
  if (changing) {
    // On 9.2 nothing tells that traffic_server has got a record, but it comes together with a changed parent.config.
    if (!files.includes('parent.config')) await touch(join(place.configDir, 'parent.config'))
    await touch(join(place.configDir, recordsFile))
  }
  const awaited: readonly RoutingFile[] = changing
    ? [...new Set([...files, 'parent.config' as const])]
    : files
  // Opened after the swap: a load that starts from here on reads what was swapped in.
  const watch = await ats.watchLoads()
  try {
    let unconfirmed: readonly FileVerdict[] = []
    let otherRecords: readonly string[] = []
    for (let round = 0; round < reloads; round += 1) {
      for (const { name } of unconfirmed) await touch(join(place.configDir, name))
      if (otherRecords.length > 0) await touch(join(place.configDir, recordsFile))
      times.reloadRequestedAt ??= new Date().toISOString()
      if (round === 0) await onStep?.('reload')
      await watch.reload()
      if (round === 0) await onStep?.('confirm')
      const end = performance.now() + wordWithinMs
      while (performance.now() < end) {
        const verdicts = await watch.verdicts(awaited)
        for (const result of ['rejected', 'failed'] as const) {
          const bad = verdicts.filter((verdict) => verdict.result === result)
          if (bad.length > 0) return { result, reason: complaintsOf(bad) }
        }
        unconfirmed = verdicts.filter(({ result }) => result !== 'loaded')
        if (unconfirmed.length === 0) {
          otherRecords = await differingRecords(records, ats)
          if (otherRecords.length === 0) {
            if (changing) await sleep(settleMs)
            times.loadedAt = new Date().toISOString()
            return { result: 'loaded' }
          }
        } else if (unconfirmed.every(({ result }) => result === 'overlooked')) break
        await sleep(lookEveryMs)
      }
    }
    return { result: 'failed', reason: silenceOf(unconfirmed, otherRecords, watch) }
  } finally {
    await watch.close()
  }
}

async function differingRecords(records: readonly AtsRecord[], ats: Ats): Promise<string[]> {
  const live = await ats.liveRecords(records.map(({ name }) => name))
  return records
    .filter((record) => !live.has(record.name) || liveValue(record, live) !== record.value)
    .map(({ name, value }) => `${name} is ${live.get(name) ?? 'unknown'} instead of ${value}`)
}

const reportedComplaints = 20

function complaintsOf(verdicts: readonly FileVerdict[]): string {
  const all = [...new Set(verdicts.flatMap(({ complaints }) => complaints))]
  const more = all.length > reportedComplaints ? [`(and ${all.length - reportedComplaints} more)`] : []
  return [...all.slice(0, reportedComplaints), ...more].join('\n')
}

function silenceOf(files: readonly FileVerdict[], records: readonly string[], { source }: LoadWatch): string {
  if (files.length === 0) return `ATS did not take over records: ${records.join(', ')}.`
  const names = files.map(({ name }) => name).join(' and ')
  const why = complaintsOf(files)
  return `ATS did not say in ${source} that it loaded ${names}; ${reloads} reloads were asked for.${why && ` ${why}`}`
}
