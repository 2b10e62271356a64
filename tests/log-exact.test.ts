/**
 * A real ATS, its agent, the server and two viewers: through a rotation, kills of the agent, restarts of the server and
 * a hundred dropped sockets, what was shown and what was declared missing are what was written.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { agentBundle } from '../agent/bundle.ts'
import { startViewer, type ViewedLine } from '../scripts/bench/logs/viewer.ts'
import { enrolmentToken } from './support/agents.ts'
import { request, type TestAts } from './support/ats.ts'
import { newApiToken, startCapture } from './support/calls.ts'
import { cloneDatabase, type TestDatabase } from './support/database.ts'
import { startLogAts } from './support/log-ats.ts'
import { type Relay, startRelay } from './support/relay.ts'
import { startServer, type TestServer, type TestUser } from './support/server.ts'
import { untilTrue } from './support/until.ts'

const directory = mkdtempSync(join(tmpdir(), 'apm-exact-'))
const home = join(directory, 'agent')
const program = join(directory, 'agent.mjs')
let ats: TestAts
let database: TestDatabase
let server: TestServer
let root: TestUser
let relay: Relay
let proxyId: string
let agent: ChildProcess

beforeAll(async () => {
  ats = (await startLogAts(directory)).ats
  database = await cloneDatabase()
  server = await startServer({ database })
  relay = await startRelay(Number(new URL(server.url).port))
  root = await server.user('root')
  await build({ ...agentBundle, outfile: program })
  const url = `http://127.0.0.1:${relay.port}`
  const options = ['--server', url, '--hostname', 'edge-1.example', '--ats-root', ats.directory]
  await promisify(execFile)(process.execPath, [program, 'enrol', '--home', home, ...options], {
    env: { ...process.env, APM_ENROLMENT_TOKEN: await enrolmentToken(root) },
  })
  proxyId = JSON.parse(readFileSync(join(home, 'identity.json'), 'utf8')).proxyId
  agent = startAgent()
})
afterAll(async () => {
  await killAgent()
  for (const pid of watchdogs()) process.kill(pid, 'SIGKILL')
  await relay?.cut()
  await server?.close()
  await database?.close()
  await ats?.close()
  rmSync(directory, { recursive: true, force: true })
})

function startAgent(): ChildProcess {
  return spawn(process.execPath, [program, 'run', '--home', home], { stdio: 'ignore' })
}
async function killAgent(): Promise<void> {
  const gone = new Promise((resolve) => agent.once('exit', resolve))
  agent.kill('SIGKILL')
  await gone
}
function watchdogs(): number[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      return text.includes(`\0watchdog\0--home\0${home}\0`) ? [Number(pid)] : []
    } catch {
      return []
    }
  })
}
/** Another process on the same database, where the old one was. */
async function restartServer(): Promise<void> {
  await server.close()
  server = await startServer({ database })
  relay.leadTo(Number(new URL(server.url).port))
}

function readPlaces(): Record<string, unknown> {
  const path = join(home, 'capture-places.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).places : {}
}

interface Seen {
  readonly lines: ViewedLine[]
  lost: number
}
const seenBy = () => {
  const seen: Seen = { lines: [], lost: 0 }
  const take = (lines: readonly ViewedLine[], dropped: number) => {
    seen.lost += dropped
    for (const line of lines) {
      if (line.gap === null) seen.lines.push(line)
      else seen.lost += line.lost ?? Number.NaN
    }
  }
  return { seen, take }
}
const accessOf = ({ lines }: Seen) => lines.filter(({ source }) => source === 'ACCESS')
/** ATS's account of its choices; what else it says on its standard error may come before the capture. */
const isChoice = (text: string) => text.includes('(parent_select)')
const choicesOf = ({ lines }: Seen) => lines.map(({ text }) => text).filter(isChoice)
/** Everything in a log and in those that it was before. */
const written = (name: string) =>
  readdirSync(ats.logDir)
    .filter((file) => file.startsWith(name))
    .flatMap((file) => readFileSync(join(ats.logDir, file), 'utf8').split('\n').slice(0, -1))

test('lines shown and gaps declared are the lines written, whatever is killed, restarted or dropped', async () => {
  const { token } = await newApiToken(root, ['READ'])
  const target = { websocketUrl: `ws://127.0.0.1:${relay.port}/graphql`, token, proxyId }
  const [calm, dropped] = [seenBy(), seenBy()]
  const viewers = [calm, dropped].map(({ take }) => startViewer(target, take))
  await startCapture(root, { proxyId, minutes: 10 })
  // It begins at the logs' present end: what was asked for before isn't in it.
  await untilTrue(() => Object.keys(readPlaces()).length > 0)
  let asked = 0
  const ask = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      asked += 1
      await request(ats.port, { host: `corp.example:${ats.origin.port}`, path: `/n${asked}` })
    }
  }
  // ATS takes up to 3.3 s to obey; both viewers have a line to go on from.
  await untilTrue(async () => {
    await ask(1)
    return [calm, dropped].every(({ seen }) => choicesOf(seen).length > 0)
  })

  const dropping = (async () => {
    for (let count = 0; count < 100; count += 1) {
      viewers[1]?.drop()
      const known = dropped.seen.lines.length
      await Promise.all([ask(2), untilTrue(() => dropped.seen.lines.length > known)])
      // Now and then all of them, the agent's as well.
      if (count % 20 === 19) relay.drop()
    }
  })()
  const kills = (async () => {
    await untilTrue(() => asked > 60)
    renameSync(join(ats.logDir, 'access.log'), join(ats.logDir, 'access.log.1.old'))
    await untilTrue(() => asked > 90)
    await killAgent()
    agent = startAgent()
    await untilTrue(() => asked > 140)
    await restartServer()
    await untilTrue(() => asked > 180)
    await killAgent()
    await restartServer()
    agent = startAgent()
  })()
  await Promise.all([dropping, kills])
  await ask(5)

  const numberOf = (text: string) => Number(/\/n(\d+) /.exec(text)?.[1])
  const isAll = ({ seen }: typeof calm) =>
    accessOf(seen).some(({ text }) => numberOf(text) === asked) &&
    choicesOf(seen).length >= written('traffic.out').filter(isChoice).length
  await untilTrue(() => isAll(calm) && isAll(dropped), 60_000)
  for (const { seen } of [calm, dropped]) {
    expect(seen.lost).toBe(0)
    expect(choicesOf(seen)).toEqual(written('traffic.out').filter(isChoice))
    const access = accessOf(seen)
    expect(access.map(({ text }) => text).toSorted()).toEqual(written('access.log').toSorted())
    expect(new Set(access.map(({ parent, status }) => `${parent} ${status}`))).toEqual(
      new Set(['127.0.0.1 200']),
    )
    expect(access.map(({ text }) => numberOf(text)).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: asked }, (_, index) => index + 1),
    )
  }
  for (const viewer of viewers) viewer.close()
}, 180_000)
