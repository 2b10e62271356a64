/** Importing an ATS's own files in a real browser on the real server. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  ask,
  type Console,
  expectAccessible,
  expectNoOverflow,
  openConsole,
  settled,
} from './support/console.ts'

let console: Console
beforeAll(async () => {
  console = await openConsole()
})
afterAll(() => console?.close())

const parentConfig = `# the finance team asked for it
dest_domain=corp.example go_direct=true
dest_ip=10.0.0.0/8 go_direct=true
dest_ip=10.1.0.0/16 parent="p1.example:3128;p2.example:3128" round_robin=false go_direct=false
dest_domain=shop.example parent="p9.example:3128" go_direct=false
dest_domain=x.example scheme=https go_direct=true
dest_domain=. parent="p1.example:3128;p2.example:3128" round_robin=false go_direct=false
`
const sni = 'sni:\n  - fqdn: a.example\n    tunnel_route: b.example:443\n'
const fileOf = (name: string, content: string) => ({
  name,
  mimeType: 'text/plain',
  buffer: Buffer.from(content),
})
const choose = (page: Page, ...files: ReturnType<typeof fileOf>[]) =>
  page.locator('input[type=file]').setInputFiles(files)
const panel = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true })
const findings = (page: Page) => page.getByRole('list', { name: 'Line by line' }).getByRole('listitem')

test('files are read as they come, and become a draft in the editor', async () => {
  const page = await console.page({ path: '/configs' })
  await page.getByRole('button', { name: 'Import…' }).click()
  await page.getByRole('heading', { level: 1, name: 'Import from ATS' }).waitFor()
  await settled(page)
  await page.getByText('ATS keeps it in /etc/trafficserver').waitFor()
  await expectAccessible(page)

  await choose(page, fileOf('parent.config', parentConfig), fileOf('sni.yaml', sni))
  const taken = panel(page, 'What is taken')
  await taken.getByText('4 rules').waitFor()
  await taken.getByText('(2 direct, 2 to the parents)').waitFor()
  await taken.getByText('p1.example:3128, p2.example:3128').waitFor()
  expect(await findings(page).allTextContents()).toEqual([
    expect.stringMatching(/^parent\.config, line 3.*dest_ip=10\.0\.0\.0\/8.*Noted$/),
    expect.stringMatching(/^parent\.config, line 5.*now goes to p1\.example:3128.*Changed$/),
    expect.stringMatching(/^parent\.config, line 6.*\(scheme=\).*Lost$/),
    expect.stringMatching(/^sni\.yaml, line 2.*a\.example.*Lost$/),
  ])
  await expectAccessible(page)
  await expectNoOverflow(page)

  await page.getByRole('button', { name: 'Lost 2' }).click()
  await expect.poll(() => findings(page).count()).toBe(2)

  await page.getByLabel('Name').fill('Imported egress')
  await page.getByRole('button', { name: 'Create draft' }).click()
  await page.getByRole('heading', { level: 1, name: 'Imported egress' }).waitFor()
  const { configs } = await ask(
    console,
    '{ configs(first: 1, search: "Imported egress") { edges { node { rules { value note } } } } }',
  )
  expect(configs.edges[0].node.rules).toEqual([
    { value: 'corp.example', note: 'the finance team asked for it' },
    { value: '10.1.0.0/16', note: '' },
    { value: '10.0.0.0/8', note: '' },
    { value: 'shop.example', note: '' },
  ])
  await page.close()
})

test('text is pasted, taken out and created by keyboard alone', async () => {
  const page = await console.page({ path: '/configs/import' })
  await page.getByLabel('Or paste the text of a file').focus()
  await page.keyboard.type(
    'ip_allow:\n- {apply: in, ip_addrs: 10.0.0.0/8, action: deny, methods: [PURGE, PUSH]}',
  )
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await panel(page, 'What is taken').getByText('1 client rule').waitFor()
  await page.getByText('Every line is taken as it stands there.').waitFor()
  await page.getByRole('button', { name: 'Take ip_allow.yaml out' }).focus()
  await page.keyboard.press('Enter')
  await panel(page, 'What is taken').waitFor({ state: 'detached' })
  expect(await page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('file')
  await page.close()
})

test('files that give nothing, and a name that is taken, are said where they are', async () => {
  const page = await console.page({ path: '/configs/import' })
  const create = page.getByRole('button', { name: 'Create draft' })
  await choose(page, fileOf('parent.config', 'dest_domain=a.example go_direct=true # why\n'))
  await page.getByText('These files give no rule').waitFor()
  expect(await create.getAttribute('aria-disabled')).toBe('true')
  await choose(
    page,
    fileOf(
      'ip_allow.yaml',
      'ip_allow:\n- {apply: in, ip_addrs: 10.0.0.1, action: deny, methods: [PURGE, PUSH]}',
    ),
  )
  await panel(page, 'What is taken').getByText('1 client rule').waitFor()
  await page.getByLabel('Name').fill('office EGRESS')
  await create.click()
  await page.getByText('Another config has this name; choose another one.').waitFor()
  await page.close()
})

test('who can only read is told so; in Portuguese every finding has its sentence', async () => {
  const page = await console.page({ as: 'regular', path: '/configs/import', locale: 'pt-BR', theme: 'dark' })
  await choose(page, fileOf('parent.config', parentConfig))
  await findings(page)
    .or(page.getByRole('list', { name: 'Linha por linha' }))
    .first()
    .waitFor()
  await page.getByText('Uma regra não pode valer só para algumas requisições').waitFor()
  expect(await page.getByRole('button', { name: 'Criar rascunho' }).getAttribute('aria-disabled')).toBe(
    'true',
  )
  await expectAccessible(page)
  await page.close()
})

test('the command palette leads there from anywhere', async () => {
  const page = await console.page({ path: '/proxies' })
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Proxy, config, page or action…').fill('import')
  await page.getByRole('option', { name: 'Import from ATS' }).click()
  await page.getByRole('heading', { level: 1, name: 'Import from ATS' }).waitFor()
  await page.close()
})
