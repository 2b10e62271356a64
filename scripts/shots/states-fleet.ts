/** Of the fleet and of one proxy. */
import type { Page } from 'playwright-core'
import type { SeededServer } from '../fleet/seeded-server.ts'
import { filesEdited } from './answers.ts'
import type { States } from './state.ts'

export function fleetStates({ fleet }: SeededServer): States {
  const byStatus = (status: string) => fleet.proxies.filter((proxy) => proxy.status === status)
  return {
    'fleet-numbers': {
      path: '/proxies?errorRate=0.05..',
      async open(page) {
        await openFilters(page)
        await page.getByRole('button', { name: /^(Numbers|Números)…$/ }).click()
        await page.getByRole('dialog').getByRole('spinbutton').first().waitFor()
      },
    },
    'fleet-filters': { path: '/proxies?ats=ATS_10_2', open: openFilters },
    'fleet-selected': {
      path: '/proxies',
      async open(page) {
        for (const index of [0, 1, 2]) await page.locator('tbody input[type=checkbox]').nth(index).click()
      },
    },
    'fleet-parents': {
      path: '/proxies?status=IN_SYNC',
      async open(page) {
        for (const index of [0, 1, 2]) await page.locator('tbody input[type=checkbox]').nth(index).click()
        await page.locator('section.sticky button').nth(2).click()
        await page.getByRole('dialog').getByRole('radio').first().click()
      },
    },
    'add-proxy': {
      path: '/proxies',
      async open(page) {
        await page.locator('main header button').last().click()
        await page.getByRole('dialog').waitFor()
      },
    },
    'parent-take-out': {
      path: `/proxies/${byStatus('in_sync')[1]?.id}`,
      async open(page) {
        await parentButtons(page).last().click()
        await page.getByRole('dialog').getByRole('radio').nth(1).click()
      },
    },
    'parent-out-waiting': { path: `/proxies/${byStatus('unknown')[0]?.id}`, open: takeFirstParentOut },
    'parent-out': {
      path: `/proxies/${byStatus('in_sync')[2]?.id}`,
      async open(page) {
        await takeFirstParentOut(page)
        await page.keyboard.press('Escape')
        await page.locator('main section li q').waitFor()
      },
    },
    'proxy-host-edited': {
      path: `/proxies/${byStatus('drifted')[0]?.id}/files?show=should`,
      before: filesEdited,
      shows: 'main section',
      open: (page) => page.getByText('edited-by-hand.example').first().waitFor(),
    },
  }
}

/** On a phone they are behind a button. */
async function openFilters(page: Page): Promise<void> {
  const further = page.locator('main search button[aria-expanded=false][aria-controls]').first()
  if (await further.isVisible()) await further.click()
}

/** Of a proxy's page: to take each of its parents out, or to bring it back. */
const parentButtons = (page: Page) => page.locator('main section li button')

/** On this proxy; one that is out since the last picture is brought back before. */
async function takeFirstParentOut(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog')
  await parentButtons(page).first().click()
  await dialog.locator('form').waitFor()
  if ((await dialog.getByRole('textbox').count()) === 0) {
    await dialog.locator('[type=submit]:not([aria-disabled])').click()
    await dialog.getByRole('status').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('main section li q').waitFor({ state: 'detached' })
    await parentButtons(page).first().click()
    await dialog.locator('form').waitFor()
  }
  await dialog.getByRole('textbox').fill('Its disk is being replaced, ticket 4711')
  await dialog.locator('[type=submit]:not([aria-disabled])').click()
  await dialog.getByRole('progressbar').waitFor()
}
