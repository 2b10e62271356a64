/**
 * One directory in which ATS is started with one document after another.
 *
 * Without traffic_manager: traffic_server alone is ready in well under a second, where the pair takes three. The
 * files are in place before it starts, so that every document is also shown to be one that ATS starts with.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { renderRecordsConfig } from '#core/ats/records'
import { renderConfigFiles } from '#core/config-files'
import { type AtsOptions, type AtsPaths, prepareAts } from '../fleet/ats-instance.ts'
import { freePort } from '../fleet/listen.ts'
import type { Situation } from './documents.ts'
import { makeKnown, type World } from './world.ts'

export interface StartedAts {
  readonly port: number
  /** What diags.log said from this start on, so far. */
  readonly said: () => string
  stop(): Promise<void>
}

export interface AtsDirectory {
  readonly directory: string
  /** Resolves when ATS says that it is ready; rejects when it ends before, or takes too long. */
  start(situation: Pick<Situation, 'document' | 'outboundExceptions' | 'names'>): Promise<StartedAts>
  remove(): void
}

export async function makeAtsDirectory(world: World): Promise<AtsDirectory> {
  const directory = mkdtempSync(join(tmpdir(), 'apm-truth-'))
  const port = await freePort()
  const paths = prepareAts(optionsFor(world, directory, port))
  const diags = join(paths.logDir, 'diags.log')
  const out = join(paths.logDir, 'traffic.out')

  return {
    directory,
    async start(situation) {
      makeKnown(world.resolver, situation)
      for (const { name, content } of filesOf(paths, situation)) {
        writeFileSync(join(paths.configDir, name), content)
      }

      const from = existsSync(diags) ? statSync(diags).size : 0
      const said = () => (existsSync(diags) ? readFileSync(diags).subarray(from).toString() : '')
      const child = spawn(
        '/usr/bin/setpriv',
        ['--pdeathsig', 'KILL', '--', '/usr/bin/traffic_server', '--bind_stdout', out, '--bind_stderr', out],
        { stdio: 'ignore', env: { PATH: '/usr/bin:/bin', TS_RUNROOT: paths.runroot } },
      )
      const ended = new Promise<void>((resolve) => {
        child.on('exit', () => resolve())
        child.on('error', () => resolve())
      })
      const stop = async () => {
        child.kill('SIGKILL')
        await ended
      }
      const deadline = Date.now() + 30_000
      while (!said().includes('Traffic Server is fully initialized')) {
        if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
          await stop()
          throw new Error(`ATS did not start with document: it said\n${said()}`)
        }
        await sleep(20)
      }
      return { port, said, stop }
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

/** For an ATS in this world, however it is started. */
export function optionsFor(world: World, directory: string, port: number): AtsOptions {
  return {
    directory,
    port,
    resolverPort: world.resolver.port,
    connectPorts: [world.origin.port],
    extraRecords: [
      // Clients come over both families.
      `CONFIG proxy.config.http.server_ports STRING ${port}:ip-in=127.0.0.1 ${port}:ipv6:ip-in=[::1]`,
    ],
  }
}

type Rendered = Pick<Situation, 'document' | 'outboundExceptions'>

/** What a document puts into the configuration's directory: its files, and the host's records with its block. */
function filesOf(paths: AtsPaths, { document, outboundExceptions }: Rendered): AtsFile[] {
  const { files, records } = renderConfigFiles(document, '9.2', outboundExceptions)
  const existing = readFileSync(join(paths.configDir, 'records.config'), 'utf8')
  return [...files, { name: 'records.config', content: renderRecordsConfig(existing, records) }]
}

interface AtsFile {
  readonly name: string
  readonly content: string
}
