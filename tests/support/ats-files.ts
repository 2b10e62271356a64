/** Puts files into a running ATS as an operator would, and waits for its own word on each of them. */
import { execFileSync } from 'node:child_process'
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { renderRecordsConfig } from '#core/ats/records'
import type { ConfigDocument } from '#core/config-document'
import { renderConfigFiles } from '#core/config-files'
import type { AtsPaths } from '../../scripts/fleet/ats-instance.ts'
import { untilTrue } from './until.ts'

export interface Loaded {
  /** What diags.log said from the reload on, until the last file was loaded or refused. */
  readonly said: string
  /** Between the lines “loading” and “finished loading”; the longest of the files, to the millisecond. */
  readonly loadMs: number
}

/** Runs traffic_ctl for this instance; what it prints. Throws when it exits with an error. */
export function control(ats: AtsPaths, ...command: readonly string[]): string {
  return execFileSync('/usr/bin/traffic_ctl', command, {
    env: { PATH: '/usr/bin:/bin', TS_RUNROOT: ats.runroot },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

/** Writes files of the configuration by their names. ATS hears nothing of it. */
export function writeFiles(ats: AtsPaths, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(ats.configDir, name)
    writeFileSync(`${path}.new`, content)
    renameSync(`${path}.new`, path)
  }
}

/** Writes the files, asks for a reload (about 4 s on 9.2) and waits until ATS has read every one, or refused it. */
export async function loadFiles(
  ats: AtsPaths,
  files: Readonly<Record<string, string>>,
  patienceMs = 30_000,
): Promise<Loaded> {
  writeFiles(ats, files)
  const mark = logEnd(ats)
  control(ats, 'config', 'reload')
  const spans = () => Object.keys(files).map((name) => loadSpan(logSince(ats, mark), name))
  await untilTrue(() => spans().every((span) => span !== null), patienceMs)
  return { said: logSince(ats, mark), loadMs: Math.max(...spans().map((span) => span ?? 0)) }
}

/** Renders the document for 9.2 and loads its files and records as an agent would. */
export async function loadDocument(
  ats: AtsPaths,
  document: ConfigDocument,
  outboundExceptions: readonly string[],
): Promise<Loaded> {
  const hasNewRecords = writeDocumentRecords(ats, document, outboundExceptions)
  const loaded = await loadFiles(ats, documentFiles(document, outboundExceptions))
  // traffic_server puts a changed record into force one second after it has read parent.config (9.2.9).
  if (hasNewRecords) await sleep(1_500)
  return loaded
}

/** Puts the document where ATS will find it at its next start. */
export function writeDocument(
  ats: AtsPaths,
  document: ConfigDocument,
  outboundExceptions: readonly string[],
): void {
  writeDocumentRecords(ats, document, outboundExceptions)
  writeFiles(ats, documentFiles(document, outboundExceptions))
}

function documentFiles(document: ConfigDocument, exceptions: readonly string[]): Record<string, string> {
  const { files } = renderConfigFiles(document, '9.2', exceptions)
  return Object.fromEntries(files.map(({ name, content }) => [name, content]))
}

/** @returns whether they are others than before */
function writeDocumentRecords(
  ats: AtsPaths,
  document: ConfigDocument,
  exceptions: readonly string[],
): boolean {
  const { records } = renderConfigFiles(document, '9.2', exceptions)
  const existing = readFileSync(join(ats.configDir, 'records.config'), 'utf8')
  const wanted = renderRecordsConfig(existing, records)
  if (wanted !== existing) writeFiles(ats, { 'records.config': wanted })
  return wanted !== existing
}

/** Where diags.log ends now, in bytes: for `logSince`. */
export function logEnd(ats: AtsPaths): number {
  return statSync(join(ats.logDir, 'diags.log')).size
}

export function logSince(ats: AtsPaths, mark: number): string {
  return readFileSync(join(ats.logDir, 'diags.log')).subarray(mark).toString()
}

/** Milliseconds between the two lines about a file; null while the second is missing. */
function loadSpan(log: string, name: string): number | null {
  const lines = log.split('\n')
  const begin = lines.findIndex((line) => line.includes(`${name} loading`))
  const end = lines.findIndex(
    (line, at) =>
      at > begin && (line.includes(`${name} finished loading`) || line.includes(`${name} failed to load`)),
  )
  return begin < 0 || end < 0 ? null : timeOf(lines[end]) - timeOf(lines[begin])
}

/** `[Nov 25 10:00:00.123] …`, in milliseconds. */
function timeOf(line = ''): number {
  const stamp = /^\[(\w+ \d+ [\d:]+)\.(\d+)\]/.exec(line)
  return stamp ? Date.parse(`${stamp[1]} 2000 UTC`) + Number(stamp[2]) : Number.NaN
}
