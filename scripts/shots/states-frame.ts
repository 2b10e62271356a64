/** Of the frame: logging in, the overview, what stands over every page, and pages that wait or fail. */
import type { SeededServer } from '../fleet/seeded-server.ts'
import { failing, gone, slow } from './answers.ts'
import { barsSeen, faultShown, type States } from './state.ts'

export function frameStates({ fleet }: SeededServer): States {
  const { big, pending } = fleet.configs
  const byStatus = (status: string) => fleet.proxies.filter((proxy) => proxy.status === status)
  return {
    login: { path: '/login', as: null },
    'login-refused': {
      path: '/login',
      as: null,
      async open(page) {
        await page
          .locator('input[autocomplete=username], input[type=email]')
          .first()
          .fill('nobody@apm.example')
        await page.locator('input[type=password]').fill('wrong')
        await page.locator('button[type=submit]').click()
        await page.getByRole('alert').first().waitFor()
      },
    },
    'login-session-over': {
      path: '/configs',
      async open(page) {
        await page.route('**/graphql', (route) =>
          route.fulfill({ json: { errors: [{ message: 'over', extensions: { code: 'UNAUTHENTICATED' } }] } }),
        )
        await page.evaluate(() => new BroadcastChannel('apm.session').postMessage('look again'))
        await page.locator('input[type=password]').waitFor()
      },
    },
    palette: {
      path: '/proxies',
      async open(page) {
        await page.keyboard.press('Control+k')
        await page.getByRole('dialog').getByRole('combobox').fill('egress')
        await page.getByRole('option').first().waitFor()
      },
    },
    shortcuts: {
      path: `/configs/${big.id}`,
      async open(page) {
        await page.keyboard.press('Shift+?')
        await page.getByRole('dialog').waitFor()
      },
    },
    reconnecting: {
      path: '/proxies',
      async open(page) {
        await page.context().setOffline(true)
        await page.evaluate(() => window.dispatchEvent(new Event('offline')))
        await page.getByRole('alert').or(page.getByRole('status')).filter({ hasText: /\d/ }).first().waitFor()
      },
    },
    'overview-crosshair': {
      path: '/overview',
      async open(page) {
        await page.getByRole('slider').first().focus()
        for (let step = 0; step < 14; step += 1) await page.keyboard.press('ArrowLeft')
        for (let step = 0; step < 12; step += 1) await page.keyboard.press('Shift+ArrowLeft')
      },
    },
    'overview-table': {
      path: '/overview',
      async open(page) {
        const panel = page
          .locator('section')
          .filter({ has: page.getByRole('slider') })
          .first()
        await panel.getByRole('button').first().click()
        await page.getByRole('menuitem').first().click()
      },
    },
    'fault-overview': { path: '/overview', before: failing, open: faultShown },
    'fault-audit': { path: '/audit', before: failing, open: faultShown },
    'fault-fleet': { path: '/proxies', before: failing, open: faultShown },
    'fault-database-gone': { path: '/proxies', before: gone, open: faultShown },
    'loading-fleet': { path: '/proxies', before: slow, shows: 'main .skeleton', open: barsSeen },
    'loading-proxy': {
      path: `/proxies/${byStatus('in_sync')[0]?.id}`,
      before: slow,
      shows: 'main .skeleton',
      open: barsSeen,
    },
    'loading-config': { path: `/configs/${big.id}`, before: slow, shows: 'main .skeleton', open: barsSeen },
    'loading-review': {
      path: `/configs/${pending.id}/review`,
      before: slow,
      shows: 'main .skeleton',
      open: barsSeen,
    },
  }
}
