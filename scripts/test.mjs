/** `npm test`: sets up a bare clone, checks, then every test; says how long each part took. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from './build.mjs'
import { checks } from './check.mjs'
import { ensureDependencies, ensurePackages, giveUp, root, run } from './setup.mjs'

const say = (line) => process.stdout.write(`${line}\n`)
/** Parts in the order in which they tell most for least time. */
const projects = ['core', 'web', 'server', 'agent', 'whole']
const results = []

async function part(name, work) {
  const startedAt = Date.now()
  say(`\n── ${name}`)
  const { passed, failed, again = 0 } = await work()
  results.push({ name, passed, failed, again, seconds: (Date.now() - startedAt) / 1000 })
}

const counted = (exitCode) => ({ passed: exitCode ? 0 : 1, failed: exitCode ? 1 : 0 })

await part('set-up', async () => {
  await ensureDependencies(say)
  const missing = await ensurePackages(['trafficserver', 'chromium'], say)
  if (missing) giveUp(`The tests need a real Traffic Server and a real browser. ${missing}`)
  await build(say)
  return { passed: 0, failed: 0 }
})
for (const [name, check] of Object.entries(checks)) await part(name, async () => counted(await check()))

const reports = mkdtempSync(join(tmpdir(), 'apm-report-'))
for (const project of projects) await part(`tests: ${project}`, () => vitest(project))
rmSync(reports, { recursive: true, force: true })

say('\npart                      passed  failed   seconds')
for (const { name, passed, failed, seconds } of results) {
  say(
    `${name.padEnd(26)}${String(passed).padStart(6)}${String(failed).padStart(8)}${seconds.toFixed(1).padStart(10)}`,
  )
}
const sum = (key) => results.reduce((total, result) => total + result[key], 0)
say(
  `${'all'.padEnd(26)}${String(sum('passed')).padStart(6)}${String(sum('failed')).padStart(8)}${sum('seconds').toFixed(1).padStart(10)}\n`,
)
if (sum('again') > 0) say(`${sum('again')} passed only at their second try.`)
say(`${sum('passed')} passed, ${sum('failed')} failed`)
process.exit(sum('failed') === 0 ? 0 : 1)

/**
 * One project, two files at a time: tests mostly wait, for a real ATS, a browser, a database. What depends on real clocks
 * and processes may lose a race on a loaded machine: files in which a test failed run once more, one at a time, and the
 * table says how many tests passed only then.
 */
async function vitest(project) {
  const first = await runVitest(project, [], 2)
  if (first.failed === 0 || first.failedFiles.length === 0 || !['server', 'agent', 'whole'].includes(project))
    return first
  say(`\n── tests: ${project}, once more: ${first.failedFiles.join(', ')}`)
  const second = await runVitest(project, first.failedFiles, 1)
  const passedAgain = second.failed === 0 ? first.failed : 0
  return { passed: first.passed + passedAgain, failed: first.failed - passedAgain, again: passedAgain }
}

async function runVitest(project, files, workers) {
  const report = join(reports, `${project}.json`)
  rmSync(report, { force: true })
  const bin = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const args = [
    bin,
    'run',
    ...files,
    '--project',
    project,
    `--maxWorkers=${workers}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]
  const exitCode = await run(process.execPath, args, { env: { ...process.env, NO_COLOR: '1' } })
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    )
    const skipped = numPendingTests + numTodoTests
    if (skipped > 0) say(`${skipped} tests were skipped: that counts as failed.`)
    // A file that can't be loaded fails the run without failing a test.
    const failed = numFailedTests + skipped
    const failedFiles = testResults.filter(({ status }) => status === 'failed').map(({ name }) => name)
    return { passed: numPassedTests, failed: exitCode && failed === 0 ? 1 : failed, failedFiles }
  } catch {
    return { passed: 0, failed: 1, failedFiles: [] }
  }
}
