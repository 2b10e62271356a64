/** Of people: the invited, one account, one's own password once more, tokens, and those who may not see it. */
import type { SeededServer } from '../fleet/seeded-server.ts'
import type { States } from './state.ts'

export function peopleStates({ fleet }: SeededServer): States {
  const manage = 'main table button, main [data-user] button'
  return {
    'users-invited': {
      path: '/users',
      async open(page) {
        await page.locator('input[name=email]').fill(`new-${Date.now()}@corp.example`)
        await page.locator('input[name=name]').fill('Nadia New')
        await page.locator('main form [type=submit]').click()
        await page.getByText('/password#').waitFor()
      },
    },
    'users-refused': {
      path: '/users',
      async open(page) {
        await page.locator('input[name=email]').fill(fleet.users.root.email)
        await page.locator('input[name=name]').fill('Rosa again')
        await page.locator('main form [type=submit]').click()
        await page.locator('main .text-bad').first().waitFor()
      },
    },
    'users-nobody-found': { path: '/users?search=nobody' },
    'user-managed': {
      path: '/users',
      async open(page) {
        await page.locator(manage).and(page.locator(':not([aria-disabled=true])')).first().click()
        await page.getByRole('dialog').getByRole('combobox').waitFor()
      },
    },
    'settings-refused': {
      path: '/settings',
      async open(page) {
        await page.locator('input[name=current]').fill('wrong')
        await page.locator('input[name=new]').fill('short')
        await page
          .locator('form')
          .filter({ has: page.locator('input[name=new]') })
          .locator('[type=submit]')
          .click()
        await page.locator('main .text-bad').first().waitFor()
      },
    },
    'settings-read-only': { path: '/settings/instance', as: 'regular' },
    'settings-token': {
      path: '/settings',
      async open(page) {
        await page.locator('input[name=name]').fill('Nightly import')
        await page
          .locator('form')
          .filter({ has: page.locator('input[name=name]') })
          .locator('[type=submit]')
          .click()
        await page.getByText(/^apm_/).first().waitFor()
      },
    },
    'users-closed': { path: '/users', as: 'regular' },
    'password-choose': { path: '/password#apm_link_of_nobody', as: null },
    'account-menu': {
      path: '/proxies',
      async open(page) {
        const menu = page.locator('[popovertarget]:visible')
        // On a phone it is a part of the drawer.
        const drawer = page.locator('header [aria-haspopup=dialog]:visible')
        await ((await menu.count()) > 0 ? menu : drawer).first().click()
      },
    },
  }
}
