/** What the editor lets one do with a pointer: dragging parents into another order, dropping a file of rules. */
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeConfig, unique } from './support/calls.ts'
import { ask, type Console, openConsole } from './support/console.ts'
import type { Data } from './support/server.ts'

let console: Console
beforeAll(async () => {
  console = await openConsole()
})
afterAll(() => console?.close())

async function openNew(more: Record<string, unknown> = {}): Promise<{ page: Page; id: string }> {
  const { id } = await changeConfig(await console.api(), 'createConfig', {
    name: unique('pointed'),
    defaultAction: 'DIRECT',
    rules: [{ kind: 'DOMAIN', value: 'first.example', action: 'DIRECT' }],
    ...more,
  })
  const page = await console.page({ path: `/configs/${id}` })
  page.setDefaultTimeout(60_000)
  await page.getByRole('button', { name: /^Save revision/ }).waitFor()
  return { page, id }
}

async function save(page: Page): Promise<void> {
  await page.keyboard.press('Control+s')
  await page.getByText(/^Revision \d+ saved\.$/).waitFor()
}

async function stored(id: string): Promise<Data> {
  const query = 'query ($id: ID!) { config(id: $id) { rules { value } parentProxies { host priority } } }'
  return (await ask(console, query, { id })).config
}

async function middle(of: Locator): Promise<{ x: number; y: number }> {
  const box = await of.boundingBox()
  if (!box) throw new Error('It is not in sight.')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

test('a parent is dragged by its handle to another place, and one undo puts it back', async () => {
  const hosts = ['a.example', 'b.example', 'c.example']
  const { page, id } = await openNew({
    parentProxies: hosts.map((host, index) => ({ host, port: 3128, priority: index + 1 })),
  })
  const shown = () =>
    page
      .getByLabel(/^Host of parent \d+$/)
      .evaluateAll((fields) => fields.map((field) => 'value' in field && field.value))
  const rows = page.getByRole('list', { name: 'Parent proxies' }).getByRole('listitem')
  await rows.nth(2).scrollIntoViewIfNeeded()
  const [handle, target] = [await middle(rows.nth(2).getByTitle('Drag')), await middle(rows.nth(0))]
  await page.mouse.move(handle.x, handle.y)
  await page.mouse.down()
  await page.mouse.move(handle.x, target.y, { steps: 8 })
  await expect.poll(shown).toEqual(['c.example', 'a.example', 'b.example'])
  await page.mouse.up()
  // Let go: where the pointer goes now is nothing to the list.
  await page.mouse.move(handle.x, handle.y, { steps: 4 })
  expect(await shown()).toEqual(['c.example', 'a.example', 'b.example'])

  await page.keyboard.press('Control+z')
  await expect.poll(shown).toEqual(hosts)
  await page.keyboard.press('Control+y')
  await save(page)
  expect((await stored(id)).parentProxies).toEqual([
    { host: 'c.example', priority: 1 },
    { host: 'a.example', priority: 2 },
    { host: 'b.example', priority: 3 },
  ])
  await page.close()
})

test('a file that is dropped on the panel is read as if it had been pasted', async () => {
  const { page, id } = await openNew()
  await page.getByRole('button', { name: 'Paste rules…' }).click()
  const file = await page.evaluateHandle(() => {
    const dragged = new DataTransfer()
    dragged.items.add(
      new File(['shop.example\nbad..name\nbranch.example\n'], 'rules.txt', { type: 'text/plain' }),
    )
    return dragged
  })
  await page.getByLabel('Rules to take').dispatchEvent('drop', { dataTransfer: file })
  await page.getByText('2 rules taken').waitFor()
  await page.getByText('1 needs mending').waitFor()
  expect(await page.getByLabel('Text of line 2', { exact: true }).inputValue()).toBe('bad..name')
  await page.getByRole('button', { name: 'Leave out line 2' }).click()
  await page.getByRole('button', { name: 'Close pasting' }).click()
  await save(page)
  expect((await stored(id)).rules.map(({ value }: Data) => value)).toEqual([
    'first.example',
    'shop.example',
    'branch.example',
  ])
  await page.close()
})
