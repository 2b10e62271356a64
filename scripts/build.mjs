/** Builds dist/: the server and the agent as one file each, and the web app. Only what has changed. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { ensureDependencies, root, run, withLock } from './setup.mjs'

export const dist = join(root, 'dist')

const parts = [
  { name: 'server', sources: ['server'], build: () => bundleForNode('server/main.ts', 'dist/server.mjs') },
  { name: 'agent', sources: ['agent', 'server/core'], build: buildAgent },
  { name: 'web', sources: ['web', 'server/core', 'vite.config.ts'], build: buildWeb },
]

/** @param {(line: string) => void} say @param {readonly string[]} names of parts; all by default */
export async function build(say, names = parts.map((part) => part.name)) {
  mkdirSync(dist, { recursive: true })
  await underBuildLock(async () => {
    for (const part of parts.filter(({ name }) => names.includes(name))) {
      const stamp = join(dist, `.${part.name}-built`)
      const state = stateOf([...part.sources, 'package-lock.json', 'scripts/build.mjs'])
      if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) continue
      say(`Building the ${part.name}…`)
      await part.build()
      writeFileSync(stamp, state)
    }
  })
}

/** While `work` runs nobody in this clone builds. */
export function underBuildLock(work) {
  return withLock(join(root, '.apm-build.lock'), work)
}

/** One file of a program that runs beside its node_modules: argon2 and PostgreSQL are binaries. */
export async function bundleForNode(entry, outfile) {
  const { build: bundle } = await import('esbuild')
  await bundle({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    logLevel: 'error',
  })
}

async function buildAgent() {
  const { build: bundle } = await import('esbuild')
  const { register } = await import('tsx/esm/api')
  const unregister = register()
  const { agentBundle } = await import('../agent/bundle.ts')
  await unregister()
  await bundle({ ...agentBundle, outfile: join(dist, 'agent.mjs'), sourcemap: true, logLevel: 'error' })
}

/** By its command, not its API: that sets NODE_ENV to production for whatever this process starts afterwards. */
async function buildWeb() {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const args = [vite, 'build', '--config', join(root, 'vite.config.ts'), '--logLevel', 'error']
  const failed = await run(process.execPath, args)
  if (failed) throw new Error(`vite build failed (exit ${failed})`)
  await compressWeb(join(dist, 'web', 'assets'))
}

/**
 * Writes a brotli and a gzip copy beside each script and style sheet: the server sends them as they are. From the
 * files on disk: a plugin of the bundler sees scripts before the last one has replaced its marks in them.
 */
async function compressWeb(assets) {
  const pack = { br: promisify(brotliCompress), gz: promisify(gzip) }
  for (const name of readdirSync(assets).filter((each) => /\.(js|css)$/.test(each))) {
    const content = readFileSync(join(assets, name))
    for (const [extension, compress] of Object.entries(pack)) {
      writeFileSync(join(assets, `${name}.${extension}`), await compress(content))
    }
  }
}

/** Paths, sizes and times of the sources: cheap, and different whenever something was written. */
function stateOf(sources) {
  const hash = createHash('sha256')
  const visit = (path) => {
    const entry = statSync(join(root, path), { throwIfNoEntry: false })
    if (!entry) return
    if (entry.isDirectory()) {
      for (const name of readdirSync(join(root, path)).sort()) visit(`${path}/${name}`)
    } else hash.update(`${path} ${entry.size} ${entry.mtimeMs}\n`)
  }
  for (const source of sources) visit(source)
  return hash.digest('hex')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const say = (line) => process.stdout.write(`${line}\n`)
  await ensureDependencies(say)
  await build(say)
  say('dist/ is up to date.')
}
