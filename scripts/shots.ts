/** Pictures of every page and its states, in both themes and languages and at three widths, in .shots/. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { launchBrowser, logInByForm, openContext } from './browser.ts'
import { type SeededServer, startSeededServer } from './fleet/seeded-server.ts'
import { readOptions, type ShotView } from './shots/options.ts'
import { chartPages, pagesOf } from './shots/pages.ts'
import { makeSheets } from './shots/sheets.ts'
import type { State } from './shots/state.ts'
import { statesOf } from './shots/states.ts'

const wanted = readOptions(process.argv.slice(2))
const directory = fileURLToPath(new URL('../.shots', import.meta.url))
rmSync(directory, { recursive: true, force: true })
mkdirSync(directory, { recursive: true })
const say = (line: string) => process.stdout.write(`${line}\n`)

const views: readonly ShotView[] = [
  { theme: 'light', locale: 'en', width: 1280 },
  { theme: 'dark', locale: 'pt-BR', width: 1280 },
  { theme: 'dark', locale: 'en', width: 768 },
  { theme: 'light', locale: 'pt-BR', width: 390 },
]
/** Charts draw their own colours and words: with those above, each theme in each language. */
const chartViews: readonly ShotView[] = [
  { theme: 'light', locale: 'pt-BR', width: 1280 },
  { theme: 'dark', locale: 'en', width: 1280 },
]
/** The tallest window worth a picture, CSS pixels. */
const tallestPx = 2_600
const missed: string[] = []

const browser = await launchBrowser()
try {
  await withServer({ proxies: 400, rules: 300, configs: 12 }, async (seeded) => {
    const pages = await pagesOf(seeded)
    for (const view of views) await shootPages(seeded, pages, view)
    for (const view of chartViews) await shootPages(seeded, chartPages(pages), view)
    for (const view of views) await shootStates(seeded, view)
  })
  await withServer(null, async (seeded) => {
    const pages = { overview: '/overview', fleet: '/proxies', configs: '/configs', audit: '/audit' }
    for (const view of views) await shootPages(seeded, pages, view, 'empty-')
  })
  if (wanted.hasSheets) await makeSheets(browser, directory)
} finally {
  await browser.close()
}
say(`The pictures are in ${directory}`)
if (missed.length > 0) {
  say(`Not drawn:\n${missed.join('\n')}`)
  process.exitCode = 1
}

async function withServer(
  size: Parameters<typeof startSeededServer>[0],
  work: (seeded: SeededServer) => Promise<void>,
): Promise<void> {
  const seeded = await startSeededServer(size)
  try {
    await work(seeded)
  } finally {
    await seeded.close()
  }
}

async function shootPages(
  seeded: SeededServer,
  pages: Readonly<Record<string, string>>,
  view: ShotView,
  prefix = '',
): Promise<void> {
  const shown = Object.entries(pages).filter(([name]) => wanted.isWanted(`${prefix}${name}`))
  if (shown.length === 0 || !wanted.isViewWanted(view)) return
  await inPage(seeded, view, async (page) => {
    for (const [name, path] of shown) {
      await attempt(`${prefix}${name}`, async () => {
        await page.goto(`${seeded.url}${path}`)
        await settled(page)
        await picture(page, `${prefix}${name}`, view)
      })
    }
  })
}

/** Each in a page of its own: what one leaves open or broken must not be in the next one's picture. */
async function shootStates(seeded: SeededServer, view: ShotView): Promise<void> {
  if (!wanted.isViewWanted(view)) return
  for (const [name, state] of Object.entries(statesOf(seeded)).filter(([name]) => wanted.isWanted(name))) {
    await inPage(
      seeded,
      view,
      (page) => attempt(`${name} at ${view.width}`, () => shootState(page, name, state, view)),
      state,
    )
  }
}

async function shootState(page: Page, name: string, state: State, view: ShotView): Promise<void> {
  await state.before?.(page)
  await page.goto(new URL(state.path, page.url()).href)
  if (state.shows) await page.locator(state.shows).first().waitFor()
  else await settled(page)
  await state.open?.(page)
  await picture(page, name, view)
}

async function inPage(
  { url, fleet }: SeededServer,
  view: ShotView,
  work: (page: Page) => Promise<void>,
  { as = 'root' }: Pick<State, 'as'> = {},
): Promise<void> {
  const context = await openContext(browser, view)
  try {
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    if (as === null) await page.goto(`${url}/login`)
    else await logInByForm(page, url, fleet.users[as].email, fleet.users[as].password)
    await work(page)
  } finally {
    await context.close()
  }
}

/** One state that can't be reached any more must not cost all the other pictures; it is told at the end. */
async function attempt(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    missed.push(`${name}: ${(error as Error).message.split('\n')[0]}`)
  }
}

async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor()
  await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null)
}

/** The whole page in a window as tall as it is: in a smaller one, what sticks to its edges would lie across the middle. */
async function picture(page: Page, name: string, { theme, locale, width }: ShotView): Promise<void> {
  const heightPx = await page.evaluate(() => document.documentElement.scrollHeight)
  await page.setViewportSize({ width, height: Math.min(tallestPx, Math.max(900, heightPx)) })
  await wait(350) // skeletons fade, dialogs and toasts slide in
  await page.screenshot({ path: join(directory, `${name}.${width}.${theme}.${locale}.png`) })
  await page.setViewportSize({ width, height: 900 })
  say(`${name} (${width}, ${theme}, ${locale})`)
}
