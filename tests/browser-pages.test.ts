/** Every page and what opens on it: no A or AA violation and no sideways scrolling, in both themes and at every width. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axeViolations, type Theme, type View } from '../scripts/browser.ts'
import { ask, type Console, openConsole, settled, visit } from './support/console.ts'

let console: Console
let paths: readonly string[]
beforeAll(async () => {
  console = await openConsole()
  paths = await everyPath()
})
afterAll(() => console?.close())

/** CSS pixels: a laptop, a tablet, a phone. */
const widths = [1280, 768, 390]
/** A phone shows the tablet's parts one below the other; what is too wide there is looked for all the same. */
const widthsForAxe = [1280, 768]
const looks: readonly View[] = [
  { theme: 'light', locale: 'en' },
  { theme: 'dark', locale: 'pt-BR' },
]

async function everyPath(): Promise<readonly string[]> {
  const { big, pending, long, empty } = console.fleet.configs
  const { config } = await ask(
    console,
    'query ($id: ID!) { config(id: $id) { versions { edges { node { id } } } } }',
    { id: big.id },
  )
  const [newer, older] = config.versions.edges.map(({ node }: { node: { id: string } }) => node.id)
  const byStatus = (status: string) => console.fleet.proxies.find((proxy) => proxy.status === status)?.id
  return [
    '/overview',
    `/proxies/${byStatus('in_sync')}/statistics`,
    `/configs/${big.id}/statistics`,
    '/proxies',
    '/proxies?search=nothing-is-called-this',
    ...['failed', 'retired'].map((status) => `/proxies/${byStatus(status)}`),
    `/proxies/${byStatus('drifted')}/files`,
    `/proxies/${byStatus('in_sync')}/events`,
    '/configs',
    '/configs/import',
    `/configs/${big.id}`,
    `/configs/${long.id}`,
    `/configs/${empty.id}`,
    `/configs/${big.id}/versions`,
    `/configs/${big.id}/compare?from=${older}&to=${newer}`,
    `/configs/${big.id}/review`,
    `/configs/${pending.id}/review`,
    '/audit',
    '/settings',
    '/settings/instance',
    '/users',
    '/password#apm_link_of_nobody',
    '/nowhere',
    `/proxies/${big.id}`,
  ]
}

describe('every page', () => {
  test.each(looks)('is accessible and fits at every width: %o', async (look) => {
    const page = await console.page({ ...look, expectedFaults: /fault|NOT_FOUND/ })
    const stranger = await console.page({ ...look, as: null })
    const wrong = await wrongWith(stranger)
    for (const path of paths) {
      await visit(page, `${console.url}${path}`)
      wrong.push(...(await wrongWith(page)))
    }
    expect(wrong).toEqual([])
    await page.close()
    await stranger.close()
  })
})

describe('what opens on a page', () => {
  const states: Readonly<Record<string, readonly [path: () => string, open: (page: Page) => Promise<void>]>> =
    {
      'the command palette': [
        () => '/proxies',
        async (page) => {
          await page.keyboard.press('Control+k')
          await page.getByRole('dialog').getByRole('combobox').fill('office')
          await page
            .getByRole('option', { name: /Office egress/ })
            .first()
            .waitFor()
        },
      ],
      'the help on shortcuts': [
        () => '/proxies',
        async (page) => {
          await page.keyboard.press('Shift+?')
          await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
        },
      ],
      'how to add a proxy': [
        () => '/proxies',
        async (page) => {
          await page.getByRole('button', { name: 'Add a proxy' }).first().click()
          await page.getByRole('dialog').waitFor()
        },
      ],
      'selected proxies': [
        () => '/proxies',
        async (page) => {
          await page
            .getByRole('checkbox', { name: /^Select / })
            .nth(1)
            .check()
          await page
            .getByText(/selected/)
            .first()
            .waitFor()
        },
      ],
      'pasted lines to mend': [
        () => `/configs/${console.fleet.configs.draft.id}`,
        async (page) => {
          await page.getByRole('button', { name: 'Paste rules…' }).click()
          await page.getByLabel('Rules to take').fill('good.example\nbad..name\n10.300.0.0/16')
          await page.getByRole('button', { name: 'Take rules' }).click()
          await page.getByText('2 need mending').waitFor()
        },
      ],
      'the second confirmation': [
        () => `/configs/${console.fleet.configs.pending.id}/review`,
        async (page) => {
          await acknowledgeAll(page)
          await page
            .getByRole('button', { name: /^Approve/ })
            .first()
            .click()
          await page.getByRole('dialog').waitFor()
        },
      ],
    }

  test.each(Object.keys(states))('is accessible and fits, in both themes: %s', async (name) => {
    const [path, open] = states[name] ?? [() => '', async () => {}]
    const page = await console.page({ path: path() })

    await open(page)
    const wrong = await wrongWith(page)
    await setTheme(page, 'dark')
    wrong.push(...(await wrongWith(page)))
    expect(wrong).toEqual([])
    await page.close()
  })

  test('a page that the server fails says so, with a reference to quote', async () => {
    const page = await console.page({ expectedFaults: /500|fault/ })
    await page.route('**/graphql', (route) =>
      route.request().postData()?.includes('auditEntries')
        ? route.fulfill({ status: 500, contentType: 'text/plain', body: 'not today' })
        : route.continue(),
    )
    await visit(page, `${console.url}/audit`)
    await page.getByRole('button', { name: 'Try again' }).first().waitFor()
    expect(await wrongWith(page)).toEqual([])
    await page.unroute('**/graphql')
    await page.getByRole('button', { name: 'Try again' }).first().click()
    await page.getByText('Config approved').filter({ visible: true }).first().waitFor()
    await page.close()
  })
})

/** What is wrong with the page at any width: address, width, rule or pixels too many. */
async function wrongWith(page: Page): Promise<string[]> {
  const wrong: string[] = []
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 })
    await settled(page)
    const { pathname, search } = new URL(page.url())
    const where = `${pathname}${search} at ${width}`
    if (widthsForAxe.includes(width)) {
      wrong.push(...(await axeViolations(page)).map((violation) => `${where}: ${violation}`))
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    if (overflow > 0) wrong.push(`${where}: ${overflow} pixels too wide`)
  }
  return wrong
}

function setTheme(page: Page, theme: Theme): Promise<void> {
  return page.evaluate((chosen) => {
    document.documentElement.dataset.theme = chosen
  }, theme)
}

/** The warnings of the seeded config, whatever they are. */
async function acknowledgeAll(page: Page): Promise<void> {
  const boxes = page.getByRole('checkbox', { checked: false })
  await page
    .getByRole('button', { name: /^Approve/ })
    .first()
    .waitFor()
  for (let left = await boxes.count(); left > 0; left = await boxes.count()) {
    await boxes.first().check()
    await expect.poll(() => boxes.count()).toBeLessThan(left)
  }
}
