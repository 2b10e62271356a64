/** Of a config's rules: imported, edited, tried, reviewed. */
import type { Page } from 'playwright-core'
import type { SeededServer } from '../fleet/seeded-server.ts'
import type { States } from './state.ts'

export function configStates({ fleet }: SeededServer): States {
  const { big, pending, draft, small } = fleet.configs
  const value = 'li[data-rule] [data-field=value]'
  return {
    'new-config': {
      path: '/configs',
      async open(page) {
        await page.locator('main header button').last().click()
        await page.getByRole('dialog').waitFor()
      },
    },
    'import-read': {
      path: '/configs/import',
      async open(page) {
        await page.locator('input[type=file]').setInputFiles([
          { name: 'parent.config', mimeType: 'text/plain', buffer: Buffer.from(importedParents) },
          { name: 'sni.yaml', mimeType: 'text/plain', buffer: Buffer.from(importedNames) },
        ])
        await page.locator('main section li').first().waitFor()
      },
    },
    'edit-problems': {
      path: `/configs/${draft.id}`,
      async open(page) {
        await page.locator(value).first().fill('https://not a name')
        await page.locator(value).nth(1).focus()
        await page.keyboard.press('Control+s')
      },
    },
    'edit-selected': {
      path: `/configs/${big.id}`,
      async open(page) {
        for (const index of [1, 2, 3])
          await page.locator('li[data-rule] [data-field=select]').nth(index).click()
      },
    },
    'edit-paste': {
      path: `/configs/${draft.id}`,
      async open(page) {
        await page.locator(value).first().focus()
        const lines = ['shop.example', '*.branch.example direct', 'bad..name', '10.1.0.0/16', '10.300.0.0/8']
        await page
          .locator(value)
          .first()
          .evaluate((field, text) => {
            const clipboardData = new DataTransfer()
            clipboardData.setData('text/plain', text)
            field.dispatchEvent(
              new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
            )
          }, lines.join('\n'))
        await page.locator('textarea').nth(1).waitFor()
      },
    },
    'edit-merge': {
      path: `/configs/${draft.id}`,
      async open(page) {
        merges += 1
        const other = await page.context().newPage()
        await other.goto(page.url())
        await other.locator(value).nth(1).waitFor()
        await page.locator(value).nth(0).fill('mine.example')
        await page.locator(value).nth(2).fill('mine-too.example')
        await other.locator(value).nth(0).fill(`theirs-${merges}.example`)
        await other.locator(value).nth(1).fill(`theirs-too-${merges}.example`)
        await other.keyboard.press('Control+s')
        await page.locator('main [role=status] button').first().click()
        await other.close({ runBeforeUnload: false })
        await page.getByRole('dialog').getByRole('radio').first().click()
      },
    },
    'edit-try': { path: `/configs/${big.id}?try=open`, shows: '#try-route input', open: tryFirst },
    'edit-try-pending': {
      path: `/configs/${pending.id}?try=open`,
      shows: '#try-route input',
      open: tryFirst,
    },
    'edit-tests': {
      path: `/configs/${big.id}`,
      async open(page) {
        await page.locator('#field-routeTests').click()
        await page.locator('#field-routeTests-0-target').fill('http://nowhere.example/')
        await page.locator('[data-test] select').selectOption('denied')
        await page.locator('[data-test] .text-bad').first().waitFor()
      },
    },
    'edit-text': { path: `/configs/${big.id}?view=text`, shows: '.cm-line' },
    'routes-many': {
      path: `/routes?config=${big.id}&view=many`,
      async open(page) {
        await page
          .locator('textarea')
          .fill(Array.from({ length: 400 }, (_, index) => `https://shop${index}.example/`).join('\n'))
        await page.locator('main [aria-disabled=true]').first().waitFor({ state: 'detached' })
        await page.locator('textarea').press('Control+Enter')
        await page.locator('[data-page-search]').waitFor()
      },
    },
    'review-tests': {
      path: `/configs/${small.id}`,
      async open(page) {
        if ((await page.locator('[data-test]').count()) === 0) {
          // Of two rules before the first range: one test that fails by its rule, one that passes.
          for (const index of [0, 1]) {
            const name = (await page.locator(value).nth(index).inputValue()).replace(/^\*\./, '')
            const action = page.locator('li[data-rule] [data-field=action]').nth(index)
            await page.locator('#field-routeTests').click()
            await page.locator(`#field-routeTests-${index}-target`).fill(`http://${name}/`)
            const expected = index === 0 ? 'denied' : await action.inputValue()
            await page.locator('[data-test] select').nth(index).selectOption(expected)
          }
          await page.keyboard.press('Control+s')
          await page.locator('main [aria-keyshortcuts]').first().waitFor()
        }
        await page.goto(`${page.url()}/review`)
        await page.locator('h1').first().waitFor()
        await page.locator('main .text-bad').first().waitFor()
      },
    },
    'review-confirm': {
      path: `/configs/${pending.id}/review`,
      async open(page) {
        const boxes = page.locator('main input[type=checkbox]:not(:checked)')
        for (let left = await boxes.count(); left > 0; left = await boxes.count()) await boxes.first().click()
        await page.locator('[aria-keyshortcuts=a]').click()
        await page.getByRole('dialog').waitFor()
      },
    },
  }
}

/** Each of the other person's edits is another one: the config stays edited from picture to picture. */
let merges = 0

/** Takes the first of the examples that the panel offers. */
async function tryFirst(page: Page): Promise<void> {
  await page.locator('#try-route ul button').first().click()
  await page.locator('[data-answer=after]').waitFor()
}

const importedParents = `# the finance team asked for it
dest_domain=corp.example go_direct=true
dest_ip=10.0.0.0/8 go_direct=true
dest_ip=10.1.0.0/16 parent="p1.example:3128;p2.example:3128" round_robin=false go_direct=false
dest_domain=shop.example parent="p9.example:3128" go_direct=false
dest_domain=x.example scheme=https go_direct=true
dest_domain=. parent="p1.example:3128;p2.example:3128" round_robin=false go_direct=false
`
const importedNames = 'sni:\n  - fqdn: a.example\n    tunnel_route: b.example:443\n'
