/** What the agent asks of an ATS. All that depends on its release lies behind this (docs/decisions/0019). */
import type { AtsLife } from '#core/stats'
import type { RecordsFile, RoutingFile } from './files.ts'
import type { AtsNumbers } from './stats/metrics.ts'

export interface Ats {
  /** `9.2.9`, what the binary says; null when it can't be asked. */
  version(): Promise<string | null>
  /** Rejects if ATS would refuse us a reload, on a release that can tell without one. @throws AtsSilent */
  requireControl(): Promise<void>
  /** Where this ATS keeps its records. @throws when there is no adapter for its version. */
  recordsFile(): Promise<RecordsFile>
  /** Opened after files were put in place: only what ATS loads from then on counts. @throws AtsSilent */
  watchLoads(): Promise<LoadWatch>
  /** The values in force, in ATS's spelling; unknown names are missing. @throws AtsSilent */
  liveRecords(names: readonly string[]): Promise<Map<string, string>>
  /** Until the next restart, or until the file sets it. @throws AtsSilent */
  setRecord(name: string, value: string): Promise<void>
  /**
   * Which of these hosts are taken out by hand. 9.2 brings its answer up to date only seconds after a change.
   * @throws AtsSilent
   */
  takenOut(hosts: readonly string[]): Promise<readonly string[]>
  /** Hosts without a port: all parents on them. Until brought back; 9.2 forgets it at a restart. @throws AtsSilent */
  takeOut(hosts: readonly string[]): Promise<void>
  /** @throws AtsSilent */
  bringBack(hosts: readonly string[]): Promise<void>
  /**
   * What ATS counts, in one call; what it doesn't know is null. Null as a whole while it has just started and its
   * counts can't be believed. @throws AtsSilent
   */
  statistics(): Promise<AtsStatistics | null>
}

export type AtsStatistics = AtsLife & AtsNumbers

/** How to speak to one generation; `createAts` picks it. */
export type AtsAdapter = Omit<Ats, 'version'>

/** Hears what ATS says of the files that it loads. */
export interface LoadWatch {
  /** Where ATS says it, for people. */
  readonly source: string
  /** Asks ATS to read what is newer than what it has; its word comes later. @throws AtsSilent */
  reload(): Promise<void>
  /** So far, one for each file. Does not reject because ATS is silent: that may be a restart. */
  verdicts(files: readonly RoutingFile[]): Promise<readonly FileVerdict[]>
  close(): Promise<void>
}

export interface LoadVerdict {
  /**
   * waiting: no complete load yet; overlooked: the reload is over and has not read the file; failed: it went wrong
   * for another reason than the file's content.
   */
  readonly result: 'waiting' | 'overlooked' | 'loaded' | 'rejected' | 'failed'
  /** ATS's own words about what it didn't take, or why there is no word. */
  readonly complaints: readonly string[]
}

export interface FileVerdict extends LoadVerdict {
  readonly name: RoutingFile
}

/** ATS isn't running, can't be reached on its control socket, or refuses what it is asked; the message says which. */
export class AtsSilent extends Error {
  override readonly name = 'AtsSilent'
}
