/** Debian's Chromium, driven by playwright-core, for tests and pictures. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

export type Theme = 'light' | 'dark'
export type Locale = 'en' | 'pt-BR'

export interface View {
  readonly theme?: Theme
  readonly locale?: Locale
  /** CSS pixels; 1280 by default. */
  readonly width?: number
  readonly height?: number
}

/**
 * What the browser does beside showing our page: of two such lists only the last counts, so this has playwright's own as
 * well. The first two are pages for its address bar, which each new window loads at twice the cost of everything else.
 */
const disabledFeatures = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
]

/** As root it needs --no-sandbox; the rest keeps it from asking for anything outside this machine. */
export const browserOptions = {
  executablePath: '/usr/bin/chromium',
  headless: true,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--disable-features=${disabledFeatures.join(',')}`,
  ],
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch(browserOptions)
}

/** A profile of its own, in the given theme and language. */
export async function openContext(browser: Browser, view: View = {}): Promise<BrowserContext> {
  const { theme = 'light', locale = 'en', width = 1280, height = 900 } = view
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale })
  await context.addInitScript(
    ([chosenTheme, chosenLocale]) => {
      localStorage.setItem('apm.theme', chosenTheme)
      localStorage.setItem('apm.locale', chosenLocale)
    },
    [theme, locale] as const,
  )
  return context
}

/** By the form, as a person; works in every language. */
export async function logInByForm(page: Page, url: string, email: string, password: string): Promise<void> {
  await page.goto(`${url}/login`)
  await page.locator('input[type=email], input[autocomplete=username]').first().fill(email)
  await page.locator('input[type=password]').fill(password)
  await page.locator('button[type=submit]').click()
  await page.waitForURL((address) => !address.pathname.startsWith('/login'))
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Nothing that moves or fades is on its way: until then colours are not those that people read. */
export async function atRest(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        (each) =>
          each.playState !== 'running' ||
          each.effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY,
      ),
  )
}

/**
 * WCAG A and AA violations as `rule: selector`; our CSP forbids script tags, so axe is evaluated. A target that a bar at
 * the window's edge covers in part is judged where a reader would scroll it to.
 */
export async function axeViolations(page: Page): Promise<string[]> {
  await atRest(page)
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource)
  return page.evaluate(async () => {
    interface Violation {
      readonly id: string
      readonly nodes: readonly { readonly target: readonly unknown[] }[]
    }
    const { axe } = globalThis as unknown as {
      axe: { run(context: Element | Document, options: object): Promise<{ violations: Violation[] }> }
    }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
    // Of what passes it need not tell every element: that took a quarter of its time.
    const { violations } = await axe.run(document, {
      runOnly: { type: 'tag', values: tags },
      resultTypes: ['violations'],
    })
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target }) => ({ id, selector: target.join(' ') })),
    )
    const wrong: string[] = []
    for (const { id, selector } of found) {
      const element = id === 'target-size' ? document.querySelector(selector) : null
      if (element !== null) {
        element.scrollIntoView({ block: 'center' })
        const again = await axe.run(element, { runOnly: { type: 'rule', values: [id] } })
        if (again.violations.length === 0) continue
      }
      wrong.push(`${id}: ${selector}`)
    }
    return wrong
  })
}

/** A session of its own without the form, which has tests of its own: that would be two pages more to load. */
export async function takeSession(
  context: BrowserContext,
  url: string,
  user: { readonly email: string; readonly password: string },
): Promise<void> {
  const query = 'mutation ($input: LoginInput!) { login(input: $input) { expiresAt } }'
  const { email, password } = user
  const answer = await context.request.post(`${url}/graphql`, {
    data: { query, variables: { input: { email, password } } },
  })
  if (!answer.ok()) throw new Error(await answer.text())
  // As web/session.ts leaves it: without it there is no session to ask for.
  await context.addInitScript(() => localStorage.setItem('apm.hasSession', 'yes'))
}
