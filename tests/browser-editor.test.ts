/** The editor of a config in a real browser: keys, ten thousand rules, pasting, drafts, two people, and the text view. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changeConfig, unique } from './support/calls.ts'
import {
  ask,
  type Console,
  expectAccessible,
  expectNoOverflow,
  openConsole,
  visit,
} from './support/console.ts'
import type { Data } from './support/server.ts'

let console: Console
beforeAll(async () => {
  console = await openConsole()
})
afterAll(() => console?.close())

const rule = (value: string, action = 'DIRECT') => ({ kind: 'DOMAIN', value, action })
const manyRules = 10_000

async function newConfig(values: readonly string[], more: Record<string, unknown> = {}): Promise<Data> {
  const root = await console.api()
  return changeConfig(root, 'createConfig', {
    name: unique('edited'),
    defaultAction: 'DIRECT',
    rules: values.map((value) => rule(value)),
    parentProxies: [{ host: '10.96.215.26', port: 3128, priority: 1 }],
    ...more,
  })
}

async function stored(id: string): Promise<Data> {
  const query = `query ($id: ID!) { config(id: $id) {
    id name description revision rules { id value note enabled } parentProxies { host priority } proxies(first: 1) { totalCount }
  } }`
  return (await ask(console, query, { id })).config
}
const values = async (id: string): Promise<string[]> =>
  (await stored(id)).rules.map(({ value }: Data) => value)

async function openEditor(id: string, options: Parameters<Console['page']>[0] = {}): Promise<Page> {
  const page = await console.page({ ...options, path: `/configs/${id}` })
  page.setDefaultTimeout(60_000)
  await page.getByRole('button', { name: /^Save revision/ }).waitFor()
  return page
}

const valueOf = (page: Page, row: number) => page.getByLabel(`Value of rule ${row}`, { exact: true })
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
const saved = (page: Page) => page.getByText(/^Revision \d+ saved\.$/).waitFor()
const rowsDrawn = (page: Page) => page.locator('li[data-rule]').count()

/** Waits until this browser holds a draft of what was typed. */
const kept = (page: Page) => page.getByText(/^Kept on this computer/).waitFor()

/** Puts `text` on the field as a paste of the clipboard does. */
async function paste(page: Page, label: string, text: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).evaluate((field, pasted) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', pasted)
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, text)
}

describe('rules by keyboard', () => {
  test('rules are added, moved, taken back and saved without a mouse', async () => {
    const config = await newConfig(['a.example', 'b.example'])
    const page = await openEditor(config.id)
    await page.getByRole('button', { name: 'Add rule' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => focused(page)).toBe('Value of rule 3')
    await page.keyboard.type('c.example')
    await page.keyboard.press('Control+Enter')
    await expect.poll(() => focused(page)).toBe('Value of rule 4')
    await page.keyboard.type('d.example')
    await page.keyboard.press('Alt+ArrowUp')
    await expect.poll(() => focused(page)).toBe('Value of rule 3')
    await page.keyboard.press('ArrowUp')
    await expect.poll(() => focused(page)).toBe('Value of rule 2')
    await page.getByRole('button', { name: 'Undo: rules moved: 1' }).waitFor()
    await page.keyboard.press('Control+z')
    await expect.poll(() => valueOf(page, 4).inputValue()).toBe('d.example')
    await page.keyboard.press('Control+y')
    await expect.poll(() => valueOf(page, 3).inputValue()).toBe('d.example')
    await page.keyboard.press('Control+s')
    await saved(page)
    expect(await values(config.id)).toEqual(['a.example', 'b.example', 'd.example', 'c.example'])
    await page.close()
  })

  test('a save sends no more than what changed: rules keep their ids, and others’ fields stay', async () => {
    const config = await newConfig(['a.example', 'b.example'])
    const before = await stored(config.id)
    const page = await openEditor(config.id)
    await page.getByLabel('Note of rule 2').fill('asked for by the shop')
    await page.keyboard.press('Control+s')
    await saved(page)
    const after = await stored(config.id)
    expect(after.rules.map(({ id }: Data) => id)).toEqual(before.rules.map(({ id }: Data) => id))
    expect(after.rules[1].note).toBe('asked for by the shop')
    await page.close()
  })

  test('a problem stands beside its rule, and the summary leads there', async () => {
    const config = await newConfig(['a.example', 'b.example'])
    const page = await openEditor(config.id)
    await valueOf(page, 2).fill('not a name')
    await page.getByLabel('Note of rule 1').focus()
    await page
      .getByText(/A name has no spaces/)
      .first()
      .waitFor()
    await page.keyboard.press('Control+s')
    await expect.poll(() => focused(page)).toBe('Value of rule 2')
    expect(await values(config.id)).toEqual(['a.example', 'b.example'])
    await expectAccessible(page)
    await page.close()
  })
})

test('ten thousand rules: few rows are drawn, and the last one is typed, moved and saved', async () => {
  const config = await newConfig(Array.from({ length: manyRules }, (_, index) => `name${index}.example`))
  const page = await openEditor(config.id)
  await valueOf(page, 1).waitFor()
  expect(await rowsDrawn(page)).toBeLessThan(60)
  await page
    .locator('li[data-rule]')
    .first()
    .evaluate((row) => {
      const scroller = row.closest('ol')?.parentElement
      if (scroller) scroller.scrollTop = scroller.scrollHeight
    })
  await valueOf(page, manyRules).waitFor()
  expect(await rowsDrawn(page)).toBeLessThan(60)
  await valueOf(page, manyRules).fill('last.example')
  await page.keyboard.press('Alt+ArrowUp')
  await expect.poll(() => valueOf(page, manyRules - 1).inputValue()).toBe('last.example')

  await page.getByLabel('Find in rules').fill('name42.')
  await valueOf(page, 43).waitFor()
  expect(await rowsDrawn(page)).toBe(1)
  await page.getByLabel('Note of rule 43').fill('found')
  await page.keyboard.press('Control+s')
  await saved(page)
  const { rules } = await stored(config.id)
  expect(rules).toHaveLength(manyRules)
  expect(rules[manyRules - 2].value).toBe('last.example')
  expect(rules[42].note).toBe('found')
  await page.close()
})

test('of 500 pasted lines 493 are taken at once, and 7 stay to be mended', async () => {
  const config = await newConfig(['first.example'])
  const page = await openEditor(config.id)
  const lines = Array.from({ length: 500 }, (_, index) =>
    index % 75 === 10 ? `bad_${index}!.example` : `pasted${index}.example`,
  )
  await page.getByRole('button', { name: 'Paste rules…' }).click()
  await paste(page, 'Rules to take', lines.join('\n'))
  await page.getByText('493 rules taken').waitFor()
  await page.getByText('7 need mending').waitFor()
  const first = page.getByLabel('Text of line 11', { exact: true })
  await first.fill('mended.example')
  await first.press('Enter')
  await page.getByText('494 rules taken').waitFor()
  await page.getByText('6 need mending').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Close pasting' }).click()
  await page.getByRole('button', { name: 'Undo: rules added: 1' }).click()
  await page.getByRole('button', { name: 'Undo: rules added: 493' }).click()
  await page.getByText('1 rule', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Redo: rules added: 493' }).click()
  await page.getByText('494 rules', { exact: true }).waitFor()
  await page.close()
})

describe('drafts', () => {
  test('unsaved edits are there again after a reload', async () => {
    const config = await newConfig(['a.example'])
    const page = await openEditor(config.id)
    await valueOf(page, 1).fill('typed.example')
    await kept(page)
    page.once('dialog', (dialog) => void dialog.accept())
    await page.reload()
    await page.getByText('These are unsaved edits from before', { exact: false }).waitFor()
    expect(await valueOf(page, 1).inputValue()).toBe('typed.example')
    await page.getByRole('button', { name: 'Discard edits' }).first().click()
    await expect.poll(() => valueOf(page, 1).inputValue()).toBe('a.example')
    await page.close()
  })

  test('who leaves unsaved edits is asked: to stay, to leave and keep them, or to discard them', async () => {
    const config = await newConfig(['a.example'])
    const page = await openEditor(config.id)
    const dialog = page.getByRole('dialog', { name: 'Leave without saving?' })
    const leave = async (how: string) => {
      await page.getByRole('link', { name: 'Audit', exact: true }).click()
      await dialog.getByRole('button', { name: how }).click()
      await dialog.waitFor({ state: 'detached' })
    }
    await valueOf(page, 1).fill('typed.example')
    await leave('Stay here')
    expect([new URL(page.url()).pathname, await valueOf(page, 1).inputValue()]).toEqual([
      `/configs/${config.id}`,
      'typed.example',
    ])
    await leave('Leave, keep the draft')
    await page.waitForURL(/\/audit$/)
    await page.goBack()
    await page.getByText('These are unsaved edits from before', { exact: false }).waitFor()
    expect(await valueOf(page, 1).inputValue()).toBe('typed.example')
    await leave('Discard edits')
    await page.waitForURL(/\/audit$/)
    await page.goBack()
    await expect.poll(() => valueOf(page, 1).inputValue()).toBe('a.example')
    await page.close()
  })

  test('a tab that was closed leaves its edits to the next one, to open or to delete', async () => {
    const config = await newConfig(['a.example'])
    const page = await console.page({ path: '/configs' })
    const openTab = async () => {
      const tab = await page.context().newPage()
      tab.setDefaultTimeout(60_000)
      await visit(tab, `${console.url}/configs/${config.id}`)
      return tab
    }
    const first = await openTab()
    await valueOf(first, 1).fill('typed.example')
    await kept(first)
    const second = await openTab()
    await second.getByText('You are editing this config in another tab too', { exact: false }).waitFor()
    await first.close()
    const third = await openTab()
    await third.getByText('Unsaved edits of yours from', { exact: false }).waitFor()
    await third.getByRole('button', { name: 'Open', exact: true }).click()
    await expect.poll(() => valueOf(third, 1).inputValue()).toBe('typed.example')
    await page.close()
  })

  test('a session that ends keeps the edits, and the login leads back to them', async () => {
    const config = await newConfig(['a.example'])
    const page = await openEditor(config.id, { expectedFaults: /401|Failed to load/ })
    await valueOf(page, 1).fill('typed.example')
    await kept(page)
    await page.evaluate(async () => {
      await fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: 'mutation { logout { ended } }' }),
      })
    })
    console.advance(600)
    await page.getByLabel('Note of rule 1').fill('x')
    await page.keyboard.press('Control+s')
    await page.waitForURL(/\/login/)
    const { email, password } = console.fleet.users.root
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.waitForURL(new RegExp(config.id))
    await expect.poll(() => valueOf(page, 1).inputValue()).toBe('typed.example')
    await page.close()
  })
})

test('two people edit: what differs is merged, what collides is asked, nothing is lost', async () => {
  const config = await newConfig(['a.example', 'b.example', 'c.example'])
  const page = await openEditor(config.id)
  await valueOf(page, 1).fill('mine-a.example')
  await valueOf(page, 2).fill('mine-b.example')

  const { rules, revision } = await stored(config.id)
  const input = (value: string) => ({ ...rule(value), enabled: true, note: '', owner: '' })
  await changeConfig(await console.api('admin'), 'editRules', {
    id: config.id,
    revision,
    operations: [
      { update: { id: rules[1].id, rule: input('theirs-b.example') } },
      { update: { id: rules[2].id, rule: input('theirs-c.example') } },
    ],
  })
  await page.getByText(/was saved while you are editing/).waitFor()
  await page.getByRole('button', { name: 'Merge…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('1 thing that both changed').waitFor()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Keep editing' }).click()
  expect(await valueOf(page, 2).inputValue()).toBe('mine-b.example')

  await page.keyboard.press('Control+s')
  await dialog.getByRole('radio').first().check()
  await dialog.getByRole('button', { name: 'Put mine on top' }).click()
  await expect.poll(() => valueOf(page, 3).inputValue()).toBe('theirs-c.example')
  await page.keyboard.press('Control+s')
  await saved(page)
  expect(await values(config.id)).toEqual(['mine-a.example', 'theirs-b.example', 'theirs-c.example'])
  await page.close()
})

describe('the text view', () => {
  const textOf = (page: Page) => page.locator('.cm-content').textContent()

  test('is the same config: there and back changes nothing, and an edit in it is an edit of the list', async () => {
    const config = await newConfig(['a.example', 'b.example'])
    const page = await openEditor(config.id)
    await page.getByRole('button', { name: 'Text', exact: true }).click()
    await page.locator('.cm-content').waitFor()
    const before = await textOf(page)
    await page.getByRole('button', { name: 'List', exact: true }).click()
    await page.getByText('Everything is saved.').first().waitFor()
    await page.getByRole('button', { name: 'Text', exact: true }).click()
    await expect.poll(() => textOf(page)).toBe(before)
    await expectAccessible(page)
    await page.locator('.cm-content').getByText('b.example').click()
    await page.keyboard.press('End')
    await page.keyboard.type(' # why')
    await page.getByRole('button', { name: 'List', exact: true }).click()
    await expect.poll(() => page.getByLabel('Note of rule 2').inputValue()).toBe('why')
    await page.getByRole('button', { name: 'Undo: edits in the text' }).click()
    await expect.poll(() => page.getByLabel('Note of rule 2').inputValue()).toBe('')
    await page.close()
  })

  test('a line that can’t be read keeps you there, and nothing of it is dropped', async () => {
    const config = await newConfig(['a.example', 'b.example'])
    const page = await openEditor(config.id)
    await page.getByRole('button', { name: 'Text', exact: true }).click()
    await page.locator('.cm-content').getByText('b.example').click()
    await page.keyboard.press('End')
    await page.keyboard.type(' nonsense')
    await page.getByText('1 line can’t be read.', { exact: false }).waitFor()
    await page.getByRole('button', { name: 'List', exact: true }).click()
    await page.getByText(/^Line \d+ can’t be read: .*nothing is dropped\.$/).waitFor()
    expect(await textOf(page)).toContain('nonsense')
    await page.close()
  })
})

describe('parents', () => {
  test('are moved by key, and their priority follows their order', async () => {
    const config = await newConfig(['a.example'])
    const page = await openEditor(config.id)
    await page.getByRole('button', { name: 'Add parent' }).click()
    await page.getByLabel('Host of parent 2').fill('second.example')
    await page.keyboard.press('Alt+ArrowUp')
    await expect.poll(() => focused(page)).toBe('Host of parent 1')
    await page.keyboard.press('Control+s')
    await saved(page)
    expect((await stored(config.id)).parentProxies).toEqual([
      { host: 'second.example', priority: 1 },
      { host: '10.96.215.26', priority: 2 },
    ])
    await page.close()
  })
})

describe('proxies', () => {
  test('all that match are chosen at once', async () => {
    const config = await newConfig(['a.example'])
    const page = await openEditor(config.id)
    const button = page.getByRole('button', { name: /^Choose all \d+/ })
    const count = Number(/\d+/.exec((await button.textContent()) ?? '')?.[0])
    await button.click()
    await page.getByText(`${count} proxies chosen`).waitFor()
    await page.keyboard.press('Control+s')
    await saved(page)
    expect((await stored(config.id)).proxies.totalCount).toBe(count)
    await page.close()
  })
})

describe('everybody', () => {
  test('a reader sees all of it and is told why nothing can be edited', async () => {
    const config = await newConfig(['a.example'])
    const page = await openEditor(config.id, { as: 'regular' })
    await page.getByText('Read only.', { exact: false }).waitFor()
    expect(await valueOf(page, 1).isDisabled()).toBe(true)
    await expectAccessible(page)
    await page.close()
  })

  test.each([
    ['light', 1280],
    ['dark', 768],
    ['light', 390],
  ] as const)('the editor is accessible and fits in %s at %i px', async (theme, width) => {
    const config = await newConfig(['a.example', 'b.example'])
    const page = await openEditor(config.id, { theme, width })
    await page.getByLabel('Owner, end and more of rule 1').click()
    await page.getByLabel('Owner', { exact: true }).waitFor()
    await expectAccessible(page)
    await expectNoOverflow(page)
    await page.getByRole('button', { name: 'Text', exact: true }).click()
    await page.locator('.cm-content').waitFor()
    await expectAccessible(page)
    await expectNoOverflow(page)
    await page.close()
  })
})
