/** Of captured logs: none yet, starting, live, with a gap, and over. */
import type { Page } from 'playwright-core'
import type { ToldLines } from '../fleet/seed-logs.ts'
import type { SeededServer } from '../fleet/seeded-server.ts'
import type { State, States } from './state.ts'

export function logStates({ fleet, tellLogLines }: SeededServer): States {
  // Each with a proxy of its own; a capture goes on from picture to picture.
  const [empty, live, gap, over] = fleet.proxies.filter(({ status }) => status === 'in_sync').slice(3)
  const at = (proxy: { readonly id: string } | undefined): Pick<State, 'path'> => ({
    path: `/proxies/${proxy?.id}/logs`,
  })
  const captured = async (page: Page, proxyId: string, told: ToldLines) => {
    await startCapture(page)
    await tellLogLines(proxyId, told)
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
    'logs-waiting': { ...at(empty), open: startCapture },
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
      },
    },
  }
}

const startButton = (page: Page) =>
  page.getByRole('button', { name: /^(Start a capture|Start another|Iniciar uma captura|Iniciar outra)…?$/ })

/** The danger among the buttons of a capture that is on. */
const stopButton = (page: Page) => page.locator('main').getByRole('button', { name: /^(Stop|Parar)$/ })

async function startCapture(page: Page): Promise<void> {
  await startButton(page).or(stopButton(page)).first().waitFor()
  if (await stopButton(page).isVisible()) return
  await startButton(page).click()
  await page.getByRole('dialog').locator('[type=submit]').click()
  await stopButton(page).waitFor()
}
