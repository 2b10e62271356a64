/** Composition root of the agent: command line → one of its commands. */
import { randomUUID } from 'node:crypto'
import type { ApplyParts } from './apply.ts'
import { createAts } from './ats.ts'
import { findPlace } from './ats-place.ts'
import { howAtsRuns } from './ats-run.ts'
import { createDiskReporter } from './disk-report.ts'
import { examine, printed } from './doctor.ts'
import { createHostReporter } from './host-report.ts'
import {
  createKeyPair,
  createTokens,
  type Identity,
  makeHome,
  readIdentity,
  removeIdentity,
  writeIdentity,
} from './identity.ts'
import { createLink, enrol } from './link.ts'
import { defaultWordWithinMs } from './load.ts'
import { createLog, type Log, reasonOf } from './log.ts'
import { startCapturing } from './log-capture/capture.ts'
import { captureJournal } from './log-capture/debug-switch.ts'
import { startWatchdog } from './log-capture/guard.ts'
import { watchDebug } from './log-capture/watchdog.ts'
import { startLoop, systemClock } from './loop.ts'
import { HomeLocked, lockHome, openMemory } from './memory.ts'
import { dryRun, syncOnce } from './once.ts'
import { watchParents } from './parents.ts'
import { createProbe } from './probe.ts'
import { createParentsCheck, parentsFinding } from './reach.ts'
import { reconcile, repair, runningHash } from './reconcile.ts'
import { release } from './release.ts'
import { type Command, readCommand, SettingsError } from './settings.ts'
import { serveMetrics } from './stats/metrics-page.ts'
import { startSampling } from './stats/sampling.ts'
import { createHold, inPassing } from './taken-out.ts'
import { LinkError } from './transport.ts'
import { agentVersion } from './version.ts'
import { watchFiles } from './watch.ts'

async function main(): Promise<number> {
  const command = readCommand(process.argv.slice(2))
  switch (command.kind) {
    case 'help':
      process.stdout.write(command.text)
      return 0
    case 'enrol':
      return enrolHere(command)
    case 'run':
      return run(command)
    case 'sync':
      return syncByHand(command)
    case 'doctor':
      return examineHere(command.home)
    case 'status':
      return showStatus(command.home)
    case 'watchdog':
      return watchHere(command.home)
    case 'release':
      return releaseHere(command.home)
  }
}

async function enrolHere(command: Extract<Command, { kind: 'enrol' }>): Promise<number> {
  const { home, servers, hostname, token } = command
  if (!command.again && (await readIdentity(home)) !== null) {
    throw new SettingsError(`--home: ${home} already holds an identity; --again replaces it.`)
  }
  await makeHome(home)
  await lockHome(home) // not beneath a running agent
  const ats = await findPlace(command.ats, home)
  const { privateKey, publicKey } = await createKeyPair()
  const enrolled = await enrol(servers, { token, hostname, publicKey })
  await writeIdentity(home, {
    servers,
    hostname: enrolled.proxy.hostname,
    proxyId: enrolled.proxy.id,
    instanceId: enrolled.instanceId,
    serverKey: enrolled.serverKey,
    privateKey,
    ats,
  })
  // Sequences count per enrolment; what is on disk stays what it is.
  const memory = await openMemory(home)
  await memory.update({ sequence: 0, sequenceHash: null, failures: null, unsent: null, lastSent: null })
  process.stdout.write(
    `Enrolled as ${enrolled.proxy.hostname} (${enrolled.proxy.id}) at ${servers.join(', ')}.\n`,
  )
  return 0
}

async function run(command: Extract<Command, { kind: 'run' }>): Promise<number> {
  const { home, servers, isPollOnly, probeUrls, metrics } = command
  const enrolled = await requireIdentity(home)
  const identity = { ...enrolled, servers: servers ?? enrolled.servers }
  const lock = await lockHome(home)
  const log = createLog()
  const parts = await partsOf(home, identity, log, probeUrls)
  const startId = randomUUID()
  log.info('agent started', {
    hostname: identity.hostname,
    proxyId: identity.proxyId,
    servers: identity.servers,
    agentVersion,
  })
  await repair(parts)

  const sampling = startSampling({ ats: parts.ats, clock: systemClock, log })
  const stopMetrics = metrics === null ? null : await serveMetrics(metrics, sampling.newest)
  const link = createLink({
    servers: identity.servers,
    stats: sampling,
    isPollOnly,
    createToken: createTokens(identity, () => new Date()),
    onNudge: () => loop.nudge(),
    onLost(reason) {
      log.warn('socket lost', { reason })
      loop.comeBack()
    },
  })
  const reportDisk = createDiskReporter(link, log)
  const hold = createHold({ ...parts, clock: systemClock, onNews: () => loop.nudge() })
  const checkParents = createParentsCheck(parts.place)
  const reportHost = createHostReporter({
    link,
    log,
    now: () => performance.now(),
    // That a server answers is known by the pass before.
    async look() {
      const { place, ats } = parts
      const findings = await examine({ home, place, ats, servers: [], now: () => Date.now() })
      const parentsFound = await checkParents()
      return {
        atsRun: await howAtsRuns(place),
        findings: parentsFound === null ? findings : [...findings, parentsFound],
      }
    },
    parentsOut: hold.found,
    confirmed: () => parts.memory.state.confirmedHash,
  })
  const parents = await watchParents({
    logDir: identity.ats.logDir,
    link,
    log,
    clock: systemClock,
    now: () => Date.now(),
    onNews: () => loop.nudge(),
  })
  const capturing = await startCapturing({
    home,
    place: parts.place,
    ats: parts.ats,
    link,
    log,
    now: () => Date.now(),
    guard: () => startWatchdog(home),
  })
  const loop = startLoop({
    async pass() {
      let isServerThere = true
      try {
        return await reconcile({
          ...{ ...parts, identity, startId, link, reportDisk, now: () => Date.now() },
          ...{ reportParents: parents.report, holdOut: hold.hold, capture: capturing.want },
        })
      } catch (error) {
        // A server that can't be reached can't be told either; what this host lacks it has to hear.
        isServerThere = !(error instanceof LinkError)
        throw error
      } finally {
        if (isServerThere) await reportHost()
      }
    },
    clock: systemClock,
    random: Math.random,
    onFailure(error, waitMs) {
      const code = error instanceof LinkError ? error.code : null
      log.warn('pass failed', { reason: reasonOf(error), code, waitSeconds: Math.round(waitMs / 100) / 10 })
    },
  })
  const stopWatching = watchFiles({ configDir: identity.ats.configDir, onEdit: () => loop.nudge(), log })

  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name))
  })
  log.info('stopping', { signal })
  stopWatching()
  await loop.stop()
  hold.stop()
  await capturing.stop()
  await parents.stop()
  await sampling.stop()
  stopMetrics?.()
  await link.close()
  lock.close()
  log.info('agent stopped')
  return 0
}

async function syncByHand({ home, isDry }: Extract<Command, { kind: 'sync' }>): Promise<number> {
  const identity = await requireIdentity(home)
  if (!isDry) await lockHome(home)
  const log = createLog(() => {}) // what happens is said at the end
  const link = createLink({
    servers: identity.servers,
    isPollOnly: true,
    createToken: createTokens(identity, () => new Date()),
    onNudge: () => {},
    onLost: () => {},
  })
  const own = await partsOf(home, identity, log)
  const parts = {
    ...own,
    identity,
    startId: isDry ? null : randomUUID(),
    link,
    reportDisk: createDiskReporter(link, log),
    reportParents: async () => {}, // the running agent tells, and captures
    capture: async () => {},
    holdOut: createHold({ ...own, ...inPassing }).hold,
  }
  const work = isDry ? dryRun : syncOnce
  const { text, isGood } = await work({ ...parts, now: () => Date.now() })
  process.stdout.write(text)
  return isGood ? 0 : 1
}

async function examineHere(home: string): Promise<number> {
  const { servers, ats: place } = await requireIdentity(home)
  const found = await examine({ home, place, ats: createAts(place), servers, now: () => Date.now() })
  const parentsFound = await parentsFinding(place)
  const findings = parentsFound === null ? found : [...found, parentsFound]
  process.stdout.write(printed(findings))
  return findings.some(({ remedy }) => remedy !== null) ? 1 : 0
}

async function showStatus(home: string): Promise<number> {
  const identity = await requireIdentity(home)
  const parts = await partsOf(home, identity, createLog())
  const isRunning = await lockHome(home).then(
    (lock) => {
      lock.close()
      return false
    },
    () => true,
  )
  const { sequence, sequenceHash, failures, unsent, lastSent } = parts.memory.state
  const status = {
    isRunning,
    agentVersion,
    hostname: identity.hostname,
    proxyId: identity.proxyId,
    servers: identity.servers,
    configDir: identity.ats.configDir,
    atsVersion: await parts.ats.version(),
    runningHash: await runningHash(parts),
    offered: { sequence, hash: sequenceHash },
    lastAcknowledged: lastSent,
    unsent,
    failures,
    interruptedApply: (await parts.memory.readJournal()) !== null,
  }
  process.stdout.write(`${JSON.stringify(status, null, 2)}\n`)
  return 0
}

/** Beside "agent run", and after its death. */
async function watchHere(home: string): Promise<number> {
  const { ats } = await requireIdentity(home)
  const lock = await lockHome(home, 'watchdog')
  await watchDebug({
    journal: captureJournal(home),
    ats: createAts(ats),
    log: createLog(),
    now: () => Date.now(),
  })
  lock.close()
  return 0
}

async function releaseHere(home: string): Promise<number> {
  const identity = await requireIdentity(home)
  await lockHome(home) // not beneath a running agent
  const trouble = await release(await partsOf(home, identity, createLog()))
  if (trouble !== null) {
    process.stderr.write(`agent: The host is not released: ${trouble}\nNothing was forgotten; try again.\n`)
    return 1
  }
  await removeIdentity(home)
  process.stdout.write(
    `ATS runs the host's own files and records again. Retire ${identity.hostname} in the web app; ` +
      'to come back, enrol this host again.\n',
  )
  return 0
}

async function requireIdentity(home: string): Promise<Identity> {
  const identity = await readIdentity(home)
  if (identity === null)
    throw new SettingsError(`--home: ${home} holds no identity; run "agent enrol" first.`)
  return identity
}

async function partsOf(
  home: string,
  identity: Identity,
  log: Log,
  probeUrls: readonly string[] = [],
): Promise<ApplyParts> {
  const ats = createAts(identity.ats)
  return {
    place: identity.ats,
    ats,
    memory: await openMemory(home),
    probe: createProbe({ ats, urls: probeUrls }),
    log,
    wordWithinMs: defaultWordWithinMs,
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  const isExpected = [SettingsError, LinkError, HomeLocked].some((known) => error instanceof known)
  process.stderr.write(`agent: ${isExpected || !(error instanceof Error) ? reasonOf(error) : error.stack}\n`)
  // At once: timers of what was started before it would keep a process that does nothing, and its lock.
  process.exit(error instanceof SettingsError ? 2 : 1)
}
