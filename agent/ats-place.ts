/** Where one ATS keeps its files, and the run root that points its tools there. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from './files.ts'
import { type AtsSettings, SettingsError } from './settings.ts'

export interface AtsPlace {
  readonly configDir: string
  readonly logDir: string
  readonly runtimeDir: string
  readonly binDir: string
  /** The file for TS_RUNROOT. */
  readonly runroot: string
}

/**
 * Reads the run root, or writes one into the agent's home for an ATS without: it makes traffic_ctl look in the
 * given directories, whatever it was built for.
 * @throws SettingsError when a directory or a tool isn't there.
 */
export async function findPlace(settings: AtsSettings, home: string): Promise<AtsPlace> {
  const place =
    'root' in settings ? await readRunroot(settings.root, settings.binDir) : await ownRunroot(settings, home)
  await requireDirectory('configuration', place.configDir)
  await requireDirectory('log', place.logDir)
  for (const tool of ['traffic_ctl', 'traffic_server']) {
    const path = join(place.binDir, tool)
    await stat(path).catch(() => {
      throw new SettingsError(`--bin-dir: ${path} doesn't exist.`)
    })
  }
  return place
}

async function readRunroot(root: string, binDir: string): Promise<AtsPlace> {
  const runroot = join(root, 'runroot.yaml')
  const text = await readFile(runroot, 'utf8').catch(() => {
    throw new SettingsError(`--ats-root: ${runroot} can't be read.`)
  })
  const directory = (key: string): string => {
    // The file is flat: one `key: path` per line.
    const value = new RegExp(`^${key}:\\s*['"]?(/[^'"\\n]*?)['"]?\\s*$`, 'm').exec(text)?.[1]
    if (value === undefined) throw new SettingsError(`--ats-root: ${runroot} has no absolute “${key}”.`)
    return value
  }
  return {
    configDir: directory('sysconfdir'),
    logDir: directory('logdir'),
    runtimeDir: directory('runtimedir'),
    binDir,
    runroot,
  }
}

async function ownRunroot(
  { configDir, logDir, runtimeDir, binDir }: Exclude<AtsSettings, { root: string }>,
  home: string,
): Promise<AtsPlace> {
  const runroot = join(home, 'runroot.yaml')
  const entries = {
    prefix: '/usr',
    exec_prefix: '/usr',
    bindir: binDir,
    sbindir: binDir,
    sysconfdir: configDir,
  }
  const lines = Object.entries({
    ...entries,
    localstatedir: runtimeDir,
    runtimedir: runtimeDir,
    logdir: logDir,
  })
  await writeAtomically(runroot, lines.map(([key, value]) => `${key}: ${value}\n`).join(''))
  return { configDir, logDir, runtimeDir, binDir, runroot }
}

async function requireDirectory(what: string, path: string): Promise<void> {
  const found = await stat(path).catch(() => null)
  if (!found?.isDirectory()) throw new SettingsError(`ATS's ${what} directory ${path} doesn't exist.`)
}
