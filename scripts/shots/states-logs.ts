/** Of captured logs: none yet, starting, live, with a gap, over, and of several proxies. */
import type { Page } from 'playwright-core'
import type { ToldLines } from '../fleet/seed-logs.ts'
import type { SeededServer } from '../fleet/seeded-server.ts'
import type { State, States } from './state.ts'

export function logStates({ fleet, tellLogLines }: SeededServer): States {
  // Each with proxies of its own; a capture goes on from picture to picture, and from one view to the next.
  const [empty, waiting, live, gap, over, ...others] = fleet.proxies
    .filter(({ status }) => status === 'in_sync')
    .slice(3)
  const several = others.slice(0, 3)
  const at = (proxy: { readonly id: string } | undefined): Pick<State, 'path'> => ({
    path: `/proxies/${proxy?.id}/logs`,
  })
  const captured = async (page: Page, proxyId: string, told: ToldLines) => {
    await startCapture(page)
    await tellLogLines(proxyId, told)
    await page.getByRole('listbox').getByRole('option').first().waitFor()
  }
  const mergedPath = `/logs?proxies=${several.map(({ id }) => id).join(',')}`
  const startMerged = async (page: Page) => {
    await startCapture(page)
    for (const { id } of several) await tellLogLines(id, { requests: 6 })
    await page.getByRole('listbox').getByRole('option').first().waitFor()
  }
  return {
    'logs-none': at(empty),
    'logs-start': {
      ...at(empty),
      async open(page) {
        await startButton(page).click()
        await page.getByRole('dialog').getByRole('spinbutton').waitFor()
      },
    },
    'logs-waiting': { ...at(waiting), open: startCapture },
    'logs-live': {
      ...at(live),
      open: (page) => captured(page, live?.id ?? '', { requests: 60 }),
    },
    'logs-gap': {
      ...at(gap),
      async open(page) {
        await captured(page, gap?.id ?? '', { requests: 4, lost: 1_280 })
        await tellLogLines(gap?.id ?? '', { requests: 3 })
        await page.getByRole('option').last().click()
        await page.getByRole('listbox').and(page.locator('[aria-activedescendant]')).waitFor()
      },
    },
    'logs-over': {
      ...at(over),
      async open(page) {
        await captured(page, over?.id ?? '', { requests: 20 })
        await stopButton(page).click()
        await stopButton(page).waitFor({ state: 'detached' })
        await page.locator('main summary').click()
      },
    },
    'logs-merged': { path: mergedPath, open: startMerged },
    // From one of them to all.
    'logs-of-several': {
      path: mergedPath,
      async open(page) {
        await startMerged(page)
        await page.goto(new URL(`/proxies/${several[0]?.id}/logs`, page.url()).href)
        await page.getByRole('listbox').waitFor()
        await page.locator('main a[href*="/logs?proxies="]').waitFor()
      },
    },
  }
}

const startButton = (page: Page) =>
  page.getByRole('button', { name: /^(Start a capture|Start another|Iniciar uma captura|Iniciar outra)…?$/ })

/** The danger among the buttons of a capture that is on. */
const stopButton = (page: Page) =>
  page.locator('main').getByRole('button', { name: /^(Stop|Parar)( all| todas)?$/ })

async function startCapture(page: Page): Promise<void> {
  await startButton(page).or(stopButton(page)).first().waitFor()
  if (await stopButton(page).isVisible()) return
  await startButton(page).click()
  await page.getByRole('dialog').locator('[type=submit]').click()
  await stopButton(page).waitFor()
}
