/** Lighthouse on pages of the console, in a browser that is logged in and can reach nothing but this machine. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type BrowserContext, chromium } from 'playwright-core'
import { browserOptions, logInByForm } from '../../browser.ts'
import { freePort } from '../../fleet/listen.ts'
import type { SeededServer } from '../../fleet/seeded-server.ts'
import { run } from '../../setup.mjs'
import { median } from './steps.ts'

/** The newest that runs on Node 20. Not among our dependencies: 200 packages that only this bench needs. */
const version = '12.8.2'
const directory = fileURLToPath(new URL(`../../../.apm/lighthouse-${version}`, import.meta.url))

const categories = ['performance', 'accessibility', 'best-practices', 'seo'] as const
export type Category = (typeof categories)[number]

export interface Score {
  /** 0–100, of the median run. */
  readonly scores: Readonly<Record<Category, number>>
  /** What cost points, in Lighthouse's words. */
  readonly losses: readonly string[]
}

interface Audit {
  readonly title: string
  readonly score: number | null
  readonly displayValue?: string
}
interface LighthouseResult {
  readonly lhr: {
    readonly audits: Readonly<Record<string, Audit>>
    readonly categories: Readonly<
      Record<
        string,
        { readonly score: number | null; readonly auditRefs: readonly { id: string; weight: number }[] }
      >
    >
    readonly runtimeError?: { readonly message: string }
  }
}
interface Lighthouse {
  default(url: string, flags: object, config: object): Promise<LighthouseResult | undefined>
  readonly desktopConfig: object
}

/** By name of the page; each the median of `runs`. Desktop preset: 1350 × 940, 10 Mbit/s and 40 ms simulated. */
export async function lighthouseScores(
  { url, fleet }: SeededServer,
  pages: Readonly<Record<string, string>>,
  runs: number,
): Promise<Readonly<Record<string, Score>>> {
  const lighthouse = await provideLighthouse()
  const found: Record<string, Score> = {}
  for (const [name, path] of Object.entries(pages)) {
    const isPublic = path === '/login'
    await inOwnBrowser(async (context, port) => {
      const page = await context.newPage()
      const { email, password } = fleet.users.root
      // It stays open beside the measured one: its beacon keeps the session alive.
      if (!isPublic) await logInByForm(page, url, email, password)
      const results: Score[] = []
      for (let count = 0; count < runs; count += 1) {
        const flags = {
          port,
          logLevel: 'error',
          output: 'json',
          onlyCategories: categories,
          disableStorageReset: !isPublic,
        }
        results.push(scoreOf(await lighthouse.default(`${url}${path}`, flags, lighthouse.desktopConfig)))
      }
      found[name] = medianOf(results)
    })
  }
  return found
}

/** Lighthouse's command line asks whether it may report errors to its makers; called as a library it never does. */
async function provideLighthouse(): Promise<Lighthouse> {
  const entry = join(directory, 'node_modules', 'lighthouse', 'core', 'index.js')
  if (!existsSync(entry)) {
    mkdirSync(directory, { recursive: true })
    const options = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    const failed = await run('npm', ['install', '--prefix', directory, ...options, `lighthouse@${version}`])
    if (failed) throw new Error(`npm install of lighthouse failed (exit ${failed})`)
  }
  return (await import(pathToFileURL(entry).href)) as Lighthouse
}

/** With a port that Lighthouse can drive it by. */
async function inOwnBrowser(work: (context: BrowserContext, port: number) => Promise<void>): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'apm-lighthouse-'))
  const port = await freePort()
  const context = await chromium.launchPersistentContext(profile, {
    ...browserOptions,
    args: [
      ...browserOptions.args,
      `--remote-debugging-port=${port}`,
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
    locale: 'en',
  })
  try {
    await work(context, port)
  } finally {
    await context.close()
    rmSync(profile, { recursive: true, force: true })
  }
}

function scoreOf(result: LighthouseResult | undefined): Score {
  if (!result) throw new Error('Lighthouse gave no result')
  const { audits, runtimeError } = result.lhr
  if (runtimeError) throw new Error(runtimeError.message)
  const of = (category: Category) => Math.round((result.lhr.categories[category]?.score ?? 0) * 100)
  const losses = categories.flatMap((category) =>
    (result.lhr.categories[category]?.auditRefs ?? []).flatMap(({ id, weight }) => {
      const audit = audits[id]
      if (!audit || weight === 0 || audit.score === null || audit.score >= 0.9) return []
      return [`${category}: ${audit.title}${audit.displayValue ? ` (${audit.displayValue})` : ''}`]
    }),
  )
  return {
    scores: {
      performance: of('performance'),
      accessibility: of('accessibility'),
      'best-practices': of('best-practices'),
      seo: of('seo'),
    },
    losses,
  }
}

function medianOf(results: readonly Score[]): Score {
  const score = (category: Category) => median(results.map(({ scores }) => scores[category]))
  return {
    scores: {
      performance: score('performance'),
      accessibility: score('accessibility'),
      'best-practices': score('best-practices'),
      seo: score('seo'),
    },
    losses: [...new Set(results.flatMap(({ losses }) => losses))],
  }
}
