/** What a fresh clone needs before anything else can run. Node's built-ins only: there is no node_modules yet. */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Ends the program with one sentence that says what to do. */
export function giveUp(message) {
  process.stderr.write(`\n${message}\n`)
  process.exit(1)
}

/** @param {(line: string) => void} say progress, one line at a time */
export async function ensureDependencies(say) {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    giveUp(`Node ${process.versions.node} is too old: ATS Proxy Manager needs Node 20.19 or newer.`)
  }
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const stamp = join(root, 'node_modules', '.apm-installed')
  const isInstalled = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === lock
  if (isInstalled()) return
  await withLock(join(root, '.apm-setup.lock'), async () => {
    if (isInstalled()) return // whoever held the lock has done it
    say('Installing the dependencies, about half a minute…')
    // Not `npm ci`: a registry mirror without other platforms' optional packages makes a lock file that it refuses.
    const failed = await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'])
    if (failed) giveUp(`npm install failed (exit ${failed}); its output is above.`)
    writeFileSync(stamp, lock)
  })
}

const packages = {
  trafficserver: {
    isThere: () => existsSync('/usr/bin/traffic_server') && existsSync('/usr/bin/traffic_manager'),
  },
  chromium: { isThere: () => existsSync('/usr/bin/chromium') },
}

/**
 * Installs Debian packages where that is possible: as root, with apt.
 * @param {readonly (keyof typeof packages)[]} wanted
 * @returns {Promise<string | null>} what to run by hand, or null when everything is there
 */
export async function ensurePackages(wanted, say) {
  const missing = () => wanted.filter((name) => !packages[name].isThere())
  if (missing().length === 0) return null
  const byHand = () => `apt-get update && apt-get install -y ${missing().join(' ')}`
  const canInstall = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0
  if (!canInstall) return `As root on Debian: ${byHand()}`
  await withLock(join(root, '.apm-setup.lock'), async () => {
    if (missing().length === 0) return
    say(`Installing ${missing().join(' and ')} with apt…`)
    await withoutServices(async () => {
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
      await run('apt-get', ['update', '-qq'], { env, quiet: true })
      await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing()], {
        env,
        quiet: true,
      })
    })
  })
  return missing().length === 0 ? null : `apt could not install it. As root: ${byHand()}`
}

/** The package would start a service of its own; we only want the program. */
async function withoutServices(install) {
  const policy = '/usr/sbin/policy-rc.d'
  const isOurs = !existsSync(policy)
  if (isOurs) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await install()
  } finally {
    if (isOurs) rmSync(policy, { force: true })
  }
}

/** Runs a program with our output. @returns {Promise<number>} its exit code */
export function run(program, args, { env = process.env, quiet = false, cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit'],
    })
    child.on('error', (error) => {
      process.stderr.write(`${program}: ${error.message}\n`)
      resolve(127)
    })
    child.on('close', (code) => resolve(code ?? 1))
  })
}

/** One process at a time in this clone; a lock whose holder is dead is taken over. */
export async function withLock(path, work) {
  for (;;) {
    try {
      mkdirSync(path)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (isAbandoned(path)) rmSync(path, { recursive: true, force: true })
      else await wait(200)
    }
  }
  writeFileSync(join(path, 'pid'), String(process.pid))
  try {
    return await work()
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
}

function isAbandoned(path) {
  try {
    const pid = Number(readFileSync(join(path, 'pid'), 'utf8'))
    return !existsSync(`/proc/${pid}`)
  } catch {
    // Made, but its pid is not written yet; five seconds later nobody will.
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    return age > 5_000
  }
}
