/** How the console feels with 10,000 proxies and 10,000 rules: waits, frames, memory, bytes and Lighthouse, in chromium. */
import { loadavg } from 'node:os'
import { launchBrowser } from '../browser.ts'
import { bigSeed } from '../fleet/seed.ts'
import { makeRules } from '../fleet/seed-rules.ts'
import { startSeededServer } from '../fleet/seeded-server.ts'
import { startBaseline } from './console/baseline.ts'
import { baselineRound } from './console/baseline-steps.ts'
import { lighthouseScores } from './console/lighthouse.ts'
import { figuresOf, reportBytes, reportRounds, reportScores, say } from './console/report.ts'
import {
  type Bench,
  editorRound,
  fleetRound,
  liveRound,
  type Round,
  reviewRound,
  transferRound,
} from './console/steps.ts'

const rounds = Number(process.env.BENCH_ROUNDS ?? 5)
const lighthouseRuns = Number(process.env.BENCH_LIGHTHOUSE ?? 3)

say(`Making ${bigSeed.proxies} proxies and ${bigSeed.rules} rules…`)
const seeded = await startSeededServer(bigSeed)
const baseline = await startBaseline(seeded.fleet.proxies, makeRules(bigSeed.rules, new Date()))
const browser = await launchBrowser()
try {
  const bench: Bench = { browser, ...seeded, user: seeded.fleet.users.root }
  const bytes = await transferRound(bench)
  // In turns, so that what else this machine does meets all of them alike.
  const results: Round[] = []
  for (let count = 0; count < rounds; count += 1) {
    say(`Round ${count + 1} of ${rounds} (load ${loadavg()[0]?.toFixed(1)})…`)
    const parts = [
      await fleetRound(bench),
      await liveRound(bench),
      await editorRound(bench),
      await reviewRound(bench),
      await baselineRound(browser, baseline.url),
    ]
    results.push(Object.assign({}, ...parts))
  }
  reportRounds(results)
  reportBytes(bytes)
  const review = `/configs/${seeded.fleet.configs.pending.id}/review`
  const scores = await lighthouseScores(
    seeded,
    { login: '/login', fleet: '/proxies', review },
    lighthouseRuns,
  )
  reportScores(scores, lighthouseRuns)
  say(JSON.stringify(figuresOf(results, bytes, scores)))
} finally {
  await browser.close()
  await baseline.close()
  await seeded.close()
}
