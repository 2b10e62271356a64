/**
 * Experiment: which signs tell that ATS 9.2 has loaded *this* parent.config?
 *
 * Run: `node --import tsx scripts/experiments/ats-load-confirmation.ts` (seven minutes; needs ATS
 * installed). Names of parts as arguments run only those.
 * What came out, and what was decided, is in docs/decisions/0003-knowing-what-ats-loaded.md.
 */
import { readFile, rename, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { request, startAts, type TestAts } from '../../tests/support/ats.ts'
import { control } from '../../tests/support/ats-files.ts'

const settleMs = 8_000

const parts = {
  linesOfOneReload,
  twoWrites,
  writeDuringLoad,
  modificationTimes,
  badLines,
  otherFiles,
  recordsInForce,
  logTakenAway,
}
const only = process.argv.slice(2)

const ats = await startAts()
try {
  for (const [name, part] of Object.entries(parts))
    if (only.length === 0 || only.includes(name)) await part(ats)
} finally {
  await ats.close()
}

async function linesOfOneReload(ats: TestAts): Promise<void> {
  title('one write, one reload: lines, and when the new rule first answers')
  for (let round = 0; round < 4; round += 1) {
    const wanted = round % 2 === 0 ? 'p1' : 'p2'
    const since = await write(ats, 'parent.config', rule(ats, wanted))
    const begin = Date.now()
    control(ats, 'config', 'reload')
    while ((await via(ats)) !== wanted) await sleep(20)
    const answeredMs = Date.now() - begin
    await sleep(200)
    say(`${wanted} answers after ${answeredMs} ms;`, await linesSince(ats, since))
  }
}

async function twoWrites(ats: TestAts): Promise<void> {
  title('write A, reload, wait, write B, reload: does one "finished loading" cover B?')
  for (const gapMs of [0, 50, 300, 1_000, 1_700, 2_400, 3_000, 3_300]) {
    const sinceA = await write(ats, 'parent.config', rule(ats, 'p1'))
    control(ats, 'config', 'reload')
    await sleep(gapMs)
    const sinceB = await write(ats, 'parent.config', rule(ats, 'p2'))
    control(ats, 'config', 'reload')
    await sleep(settleMs)
    const loads = (text: string) => text.match(/parent\.config loading/g)?.length ?? 0
    const all = await textSince(ats, sinceA)
    say(
      `gap ${gapMs} ms: loads after A ${loads(all)}, after B ${loads(await textSince(ats, sinceB))},`,
      await via(ats),
    )
  }
}

async function writeDuringLoad(ats: TestAts): Promise<void> {
  title('write B while ATS is reading a large A (100,000 lines)')
  const filler = Array.from({ length: 100_000 }, (_, n) => `dest_domain=d${n}.test go_direct=true\n`).join('')
  for (let round = 0; round < 3; round += 1) {
    const sinceA = await write(ats, 'parent.config', filler + rule(ats, 'p1'))
    control(ats, 'config', 'reload')
    while (!(await textSince(ats, sinceA)).includes('parent.config loading')) await sleep(2)
    const sinceB = await write(ats, 'parent.config', rule(ats, 'p2'))
    const finishedBefore = (await textSince(ats, sinceA)).includes('parent.config finished')
    const first = (await linesSince(ats, sinceB))[0] ?? 'nothing yet'
    await sleep(settleMs)
    say(`B written during the load: ${!finishedBefore}; without another reload:`, await via(ats), first)
    control(ats, 'config', 'reload')
    await sleep(settleMs)
    say('  after a reload:', await via(ats), await linesSince(ats, sinceB))
  }
}

async function modificationTimes(ats: TestAts): Promise<void> {
  title('modification time: same, older, newer within one second, newer by a microsecond')
  const path = join(ats.configDir, 'parent.config')
  await settle(ats, rule(ats, 'p1'))
  const base = Math.floor(Date.now() / 1000)
  const cases: [string, number][] = [
    ['set to a whole second (now)', base],
    ['the same', base],
    ['one second older', base - 1],
    ['10 ms newer', base + 0.01],
    ['10 µs newer than that', base + 0.01001],
    ['older than that, newer than the first', base + 0.005],
  ]
  for (const [index, [label, seconds]] of cases.entries()) {
    const wanted = index % 2 === 0 ? 'p2' : 'p1'
    const since = await write(ats, 'parent.config', rule(ats, wanted), seconds)
    control(ats, 'config', 'reload')
    await sleep(settleMs)
    const lines = await linesSince(ats, since)
    say(
      `${label}: ${lines.length > 0 ? 'loaded' : 'NOT loaded'}; wanted ${wanted}, answers`,
      await via(ats),
      lines,
    )
  }
  const since = await sizeOfLog(ats)
  await utimes(path, new Date(), new Date())
  control(ats, 'config', 'reload')
  await sleep(settleMs)
  say('touched only:', await linesSince(ats, since))
  const again = await sizeOfLog(ats)
  control(ats, 'config', 'reload')
  await sleep(settleMs)
  say('reload with nothing changed:', await linesSince(ats, again))
}

async function badLines(ats: TestAts): Promise<void> {
  title('bad lines in parent.config')
  const catchAll = rule(ats, 'p1')
  const bad = {
    'unknown key': `dest_domain=a.test colour=blue\n${catchAll}`,
    garbage: `what is this\n${catchAll}`,
    'two primaries': `dest_domain=a.test dest_host=b.test go_direct=true\n${catchAll}`,
    'no port': `dest_domain=a.test parent="127.0.0.1" go_direct=false\n${catchAll}`,
    'bad address': `dest_ip=300.1.1.1 go_direct=true\n${catchAll}`,
    'huge port': `dest_domain=a.test parent="127.0.0.1:99999999" go_direct=false\n${catchAll}`,
    'no action': `dest_domain=a.test\n${catchAll}`,
    'bad regex': `url_regex=([ go_direct=true\n${catchAll}`,
    empty: '',
  }
  for (const [label, content] of Object.entries(bad)) say(`${label}:`, await settle(ats, content))
  await settle(ats, catchAll)
}

async function otherFiles(ats: TestAts): Promise<void> {
  title('sni.yaml, ip_allow.yaml, records.config')
  const allow = await readFile(join(ats.configDir, 'ip_allow.yaml'), 'utf8')
  const records = await readFile(join(ats.configDir, 'records.config'), 'utf8')
  const cases: [string, string, string][] = [
    ['sni.yaml good', 'sni.yaml', 'sni: []\n# changed\n'],
    ['sni.yaml bad', 'sni.yaml', 'sni: {"\n'],
    ['sni.yaml good again', 'sni.yaml', 'sni: []\n'],
    ['ip_allow.yaml good', 'ip_allow.yaml', `${allow}# changed\n`],
    ['ip_allow.yaml bad', 'ip_allow.yaml', 'ip_allow: [{apply: sideways}]\n'],
    ['ip_allow.yaml good again', 'ip_allow.yaml', allow],
    [
      'records: retry_time',
      'records.config',
      `${records}CONFIG proxy.config.http.parent_proxy.retry_time INT 17\n`,
    ],
    [
      'records: unparsable value',
      'records.config',
      `${records}CONFIG proxy.config.http.parent_proxy.retry_time INT abc\n`,
    ],
    ['records: line gone', 'records.config', records],
  ]
  for (const [label, file, content] of cases) {
    const since = await write(ats, file, content)
    const begin = Date.now()
    control(ats, 'config', 'reload')
    await sleep(settleMs)
    const shown = control(ats, 'config', 'get', 'proxy.config.http.parent_proxy.retry_time')
    say(
      `${label}: retry_time ${shown.trim().split(' ').at(-1)},`,
      Date.now() - begin,
      await linesSince(ats, since),
    )
  }
}

async function recordsInForce(ats: TestAts): Promise<void> {
  title('how long after parent.config was loaded a threshold set with it is in force')
  const path = join(ats.configDir, 'records.config')
  const records = await readFile(path, 'utf8')
  const threshold = (count: number) =>
    `${records}CONFIG proxy.config.http.parent_proxy.fail_threshold INT ${count}\n`
  const [p1, p2] = ats.parents
  const both = `dest_domain=. parent="127.0.0.1:${p1.port};127.0.0.1:${p2.port}" round_robin=false go_direct=false\n`
  for (const lagMs of [100, 500, 900, 1_200, 1_600]) {
    await write(ats, 'records.config', threshold(9))
    await settle(ats, both)
    await write(ats, 'records.config', threshold(1))
    const since = await write(ats, 'parent.config', both)
    control(ats, 'config', 'reload')
    while (!(await textSince(ats, since)).includes('parent.config finished')) await sleep(10)
    await sleep(lagMs)
    await p1.behave('refuse')
    await via(ats)
    await p1.behave('forward')
    say(`${lagMs} ms:`, (await textSince(ats, since)).includes('threshold:1') ? 'in force' : 'NOT in force')
  }
  await write(ats, 'records.config', records)
}

async function logTakenAway(ats: TestAts): Promise<void> {
  title('diags.log truncated, moved away, deleted')
  const log = join(ats.logDir, 'diags.log')
  await truncate(log, 0)
  await write(ats, 'parent.config', rule(ats, 'p2'))
  control(ats, 'config', 'reload')
  await sleep(settleMs)
  const text = await readFile(log)
  say(`truncated: size ${text.length}, leading zero bytes ${text.findIndex((b) => b !== 0)}`, await via(ats))
  await rename(log, `${log}.1`)
  await write(ats, 'parent.config', rule(ats, 'p1'))
  control(ats, 'config', 'reload')
  await sleep(settleMs)
  const [moved, fresh] = [
    (await stat(`${log}.1`)).size,
    await stat(log)
      .then((s) => s.size)
      .catch(() => 'none'),
  ]
  say(`moved away: old file ${moved} bytes, diags.log ${fresh};`, await via(ats))
  await write(ats, 'parent.config', rule(ats, 'p2'))
  control(ats, 'config', 'reload')
  await sleep(settleMs)
  say(
    'one more reload: diags.log',
    await stat(log)
      .then((s) => s.size)
      .catch(() => 'none'),
    await via(ats),
  )
}

function rule(ats: TestAts, parent: 'p1' | 'p2'): string {
  const port = ats.parents[parent === 'p1' ? 0 : 1].port
  return `dest_domain=. parent="127.0.0.1:${port}" round_robin=false go_direct=false\n`
}

/** Writes by rename; answers the size of diags.log *after* it: whatever starts loading from there on reads this. */
async function write(ats: TestAts, file: string, content: string, mtimeSeconds?: number): Promise<number> {
  const path = join(ats.configDir, file)
  await writeFile(`${path}.new`, content)
  if (mtimeSeconds !== undefined) await utimes(`${path}.new`, mtimeSeconds, mtimeSeconds)
  await rename(`${path}.new`, path)
  return sizeOfLog(ats)
}

async function settle(ats: TestAts, content: string): Promise<string[]> {
  const since = await write(ats, 'parent.config', content)
  control(ats, 'config', 'reload')
  await sleep(settleMs)
  return linesSince(ats, since)
}

async function via(ats: TestAts): Promise<string | null> {
  return (await request(ats.port, { host: `corp.example:${ats.origin.port}` })).via
}

async function sizeOfLog(ats: TestAts): Promise<number> {
  return stat(join(ats.logDir, 'diags.log')).then(
    ({ size }) => size,
    () => 0,
  )
}

async function textSince(ats: TestAts, offset: number): Promise<string> {
  return (await readFile(join(ats.logDir, 'diags.log'))).subarray(offset).toString()
}

async function linesSince(ats: TestAts, offset: number): Promise<string[]> {
  const text = (await textSince(ats, offset)).replaceAll(`${ats.configDir}/`, '…/')
  return text.split('\n').filter((line) => line !== '' && !line.includes('ssl_multicert'))
}

function title(text: string): void {
  process.stdout.write(`\n## ${text}\n`)
}

function say(...parts: unknown[]): void {
  process.stdout.write(
    `${parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' ')}\n`,
  )
}
