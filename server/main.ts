/** Composition root: settings → database → app → listen → drain on SIGTERM. */
import 'reflect-metadata'
import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApp } from './app.ts'
import { Refusal } from './core/refusal.ts'
import { connectDatabase, type DatabaseTarget } from './database/connect.ts'
import { startEmbeddedPostgres } from './database/embedded.ts'
import { ensureDatabase, migrateDatabase } from './database/migrate.ts'
import { createLog } from './log.ts'
import { BadSettings, readSettings, type Settings, variables } from './settings.ts'
import { trustProxies } from './trusted-proxies.ts'
import { systemOperation } from './upkeep.ts'
import { ensureRootUser } from './user/ensure-root.ts'
import { resetRoot } from './user/reset-root.ts'

const help = `Runs the ATS Proxy Manager server. Settings come from the environment:

${Object.entries(variables)
  .map(([name, text]) => `  ${name.padEnd(20)} ${text}`)
  .join('\n')}

SIGTERM stops it cleanly: running requests finish, sockets are told goodbye. SIGHUP reads the certificate files again.

"users reset-root [EMAIL]" instead prints a one-time link with which a root user chooses a new password. The server may
run meanwhile.
`

async function main(): Promise<void> {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    process.stdout.write(help)
    return
  }
  const settings = readSettings()
  const log = createLog(settings.logLevel)
  const [command, verb, email] = process.argv.slice(2)
  if (command === 'users') return runUserCommand(settings, verb, email)
  const { target, owner, stop } = await provideDatabase(settings, log)
  await migrateDatabase(owner, target)
  const database = connectDatabase(target)
  const clock = () => new Date()
  const root = systemOperation({ db: database.db, clock }, 'first-start')
  const password = await ensureRootUser(root, settings.rootEmail, settings.rootPassword)
  if (password !== null) {
    process.stderr.write(
      `\nFirst start. Log in as ${settings.rootEmail} with password ${password}\n(shown this once)\n\n`,
    )
  }
  const app = await createApp({
    database,
    log,
    clock,
    proxies: trustProxies(settings.trustedProxies),
    tls: settings.tls,
    rates: settings.rates,
    webDirectory: webDirectory(),
  })
  await listen(app.server, settings)
  const { port } = app.server.address() as AddressInfo
  log.info({ url: `${app.scheme}://${settings.listenAddress}:${port}`, pid: process.pid }, 'ready')

  process.on('SIGHUP', () => app.reloadCertificate())
  let isStopping = false
  const drain = async (signal: NodeJS.Signals): Promise<void> => {
    if (isStopping) return
    isStopping = true
    log.info({ signal }, 'stopping')
    await app.close()
    await database.close()
    await stop()
    log.info('stopped')
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      drain(signal).catch((error) => {
        log.fatal({ err: error }, 'could not stop cleanly')
        process.exit(1)
      })
    })
  }
}

/** For whoever runs the host: they could change the database anyway, but so it stands in the audit trail. */
async function runUserCommand(settings: Settings, verb: string | undefined, email: string | undefined) {
  if (verb !== 'reset-root') throw new BadSettings('users: the one thing it can do is "reset-root [EMAIL]"')
  const { target, owner, stop, isShared } = await provideDatabase(settings, { info: () => {} })
  await migrateDatabase(owner, target)
  const database = connectDatabase(target)
  try {
    const op = systemOperation({ db: database.db, clock: () => new Date() }, 'reset-root')
    const { user, passwordLink } = await resetRoot(op, email ?? null)
    process.stdout.write(
      `${user.email} chooses a new password at\n\n  <address of the web app>/password#${passwordLink.token}\n\n` +
        `until ${passwordLink.expiresAt.toISOString()}, once. The audit trail says that this link was made.\n`,
    )
  } finally {
    await database.close()
    if (!isShared) await stop()
  }
}

interface ProvidedDatabase {
  readonly target: DatabaseTarget
  readonly owner: DatabaseTarget
  /** Ends the embedded one. */
  stop(): Promise<void>
  /** Somebody else runs it, or uses it at this moment. */
  readonly isShared: boolean
}

async function provideDatabase(
  settings: Settings,
  log: { info(text: string): void },
): Promise<ProvidedDatabase> {
  if (settings.database) {
    return {
      target: settings.database,
      owner: settings.databaseOwner ?? settings.database,
      stop: async () => {},
      isShared: true,
    }
  }
  const embedded = await startEmbeddedPostgres({
    directory: join(settings.home, 'postgres'),
    log: (line) => log.info(line),
  })
  const { socketDirectory: directory, port } = embedded
  const socket = { kind: 'socket', directory, port, database: 'apm' } as const
  const owner = { ...socket, user: embedded.ownerUser }
  await ensureDatabase(owner)
  return {
    target: { ...socket, user: embedded.applicationUser },
    owner,
    stop: () => embedded.stop(),
    isShared: embedded.adopted,
  }
}

/** The bundle lies beside the built web app; the sources two folders up from it. */
function webDirectory(): string | null {
  const candidates = ['./web', '../dist/web'].map((path) => fileURLToPath(new URL(path, import.meta.url)))
  return candidates.find((path) => existsSync(join(path, 'index.html'))) ?? null
}

function listen(server: import('node:http').Server, settings: Settings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE'
      reject(
        isTaken
          ? new BadSettings(`APM_PORT: port ${settings.port} is taken; choose another, or 0 for a free one`)
          : error,
      )
    })
    server.listen(settings.port, settings.listenAddress, resolve)
  })
}

main().catch((error: unknown) => {
  const isPlain = error instanceof BadSettings || error instanceof Refusal
  const message = isPlain ? error.message : ((error as Error).stack ?? String(error))
  process.stderr.write(`${message}\n`)
  process.exit(1)
})
