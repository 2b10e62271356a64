/** Pictures of every page and its states, in both themes and languages and at three widths, in .shots/. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { launchBrowser, logInByForm, openContext, type View } from './browser.ts'
import { type SeededServer, startSeededServer } from './fleet/seeded-server.ts'
import { pagesOf, type State, statesOf } from './shots/scenes.ts'

const directory = fileURLToPath(new URL('../.shots', import.meta.url))
rmSync(directory, { recursive: true, force: true })
mkdirSync(directory, { recursive: true })
const say = (line: string) => process.stdout.write(`${line}\n`)
/** Only what has this in its name, while one thing is being drawn. */
const only = process.argv[2] ?? ''

const views: readonly Required<Omit<View, 'height'>>[] = [
  { theme: 'light', locale: 'en', width: 1280 },
  { theme: 'dark', locale: 'pt-BR', width: 1280 },
  { theme: 'dark', locale: 'en', width: 768 },
  { theme: 'light', locale: 'pt-BR', width: 390 },
]
/** The tallest window worth a picture, CSS pixels. */
const tallestPx = 2_600
const missed: string[] = []

const browser = await launchBrowser()
try {
  await withServer({ proxies: 400, rules: 300, configs: 12 }, async (seeded) => {
    for (const view of views) await shootPages(seeded, await pagesOf(seeded), view)
    for (const view of views) await shootStates(seeded, view)
  })
  await withServer(null, async (seeded) => {
    const pages = { overview: '/overview', fleet: '/proxies', configs: '/configs', audit: '/audit' }
    for (const view of views) await shootPages(seeded, pages, view, 'empty-')
  })
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
  view: View,
  prefix = '',
): Promise<void> {
  const wanted = Object.entries(pages).filter(([name]) => `${prefix}${name}`.includes(only))
  if (wanted.length === 0) return
  await inPage(seeded, view, async (page) => {
    for (const [name, path] of wanted) {
      await attempt(`${prefix}${name}`, async () => {
        await page.goto(`${seeded.url}${path}`)
        await settled(page)
        await picture(page, `${prefix}${name}`, view)
      })
    }
  })
}

/** Each in a page of its own: what one leaves open or broken must not be in the next one's picture. */
async function shootStates(seeded: SeededServer, view: View): Promise<void> {
  for (const [name, state] of Object.entries(statesOf(seeded)).filter(([name]) => name.includes(only))) {
    await inPage(
      seeded,
      view,
      (page) => attempt(`${name} at ${view.width}`, () => shootState(page, name, state, view)),
      state,
    )
  }
}

async function shootState(page: Page, name: string, state: State, view: View): Promise<void> {
  await state.before?.(page)
  await page.goto(new URL(state.path, page.url()).href)
  if (state.shows) await page.locator(state.shows).first().waitFor()
  else await settled(page)
  await state.open?.(page)
  await picture(page, name, view)
}

async function inPage(
  { url, fleet }: SeededServer,
  view: View,
  work: (page: Page) => Promise<void>,
  { isPublic = false }: Pick<State, 'isPublic'> = {},
): Promise<void> {
  const context = await openContext(browser, view)
  try {
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    const { email, password } = fleet.users.root
    if (isPublic) await page.goto(`${url}/login`)
    else await logInByForm(page, url, email, password)
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
async function picture(page: Page, name: string, { theme, locale, width = 1280 }: View): Promise<void> {
  const heightPx = await page.evaluate(() => document.documentElement.scrollHeight)
  await page.setViewportSize({ width, height: Math.min(tallestPx, Math.max(900, heightPx)) })
  await wait(350) // skeletons fade, dialogs and toasts slide in
  await page.screenshot({ path: join(directory, `${name}.${width}.${theme}.${locale}.png`) })
  await page.setViewportSize({ width, height: 900 })
  say(`${name} (${width}, ${theme}, ${locale})`)
}
