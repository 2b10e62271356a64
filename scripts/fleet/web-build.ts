/** The built web app as a copy of one's own: a build that starts meanwhile empties dist/web. */
import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { build, dist, underBuildLock } from '../build.mjs'

/** Builds what has changed, then copies dist/web below `home`. @returns the copy's path */
export async function buildWebApp(home: string): Promise<string> {
  await build(() => {}, ['web'])
  return copyWebApp(home)
}

/** Copies what was built last; nothing, when nothing was: the server then says how to build it. */
export async function copyWebApp(home: string): Promise<string> {
  const [source, copy] = [join(dist, 'web'), join(home, 'web')]
  await underBuildLock(async () => {
    if (existsSync(source)) cpSync(source, copy, { recursive: true })
  })
  return copy
}
