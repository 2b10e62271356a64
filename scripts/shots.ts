/** Pictures of every page and its states, in both themes and languages, in .shots/. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { type Locale, launchBrowser, logInByForm, openContext, type Theme } from './browser.ts'
import { type DemoApi, logIn } from './demo/api.ts'
import { type SpawnedDemo, spawnDemo } from './demo/spawn.ts'

const directory = fileURLToPath(new URL('../.shots', import.meta.url))
rmSync(directory, { recursive: true, force: true })
mkdirSync(directory, { recursive: true })
const say = (line: string) => process.stdout.write(`${line}\n`)

const themes: readonly Theme[] = ['light', 'dark']
const locales: readonly Locale[] = ['en', 'pt-BR']

interface ConfigState {
  readonly id: string
  readonly revision: number
  readonly configHash: string | null
}

const demo = await spawnDemo()
const browser = await launchBrowser()
try {
  await shoot('empty', [['configs', '/configs']])
  const { pending, active, broken } = await fill(demo)
  const pages: readonly (readonly [string, string])[] = [
    ['fleet', '/proxies'],
    ['proxy', `/proxies/${demo.proxy?.id}`],
    ['configs', '/configs'],
    ['config-active', `/configs/${active.id}`],
    ['config-draft', `/configs/${broken.id}`],
    ['config-history', `/configs/${active.id}/audit`],
    ['review', `/configs/${pending.id}/review`],
    ['audit', '/audit'],
    ['settings', '/settings'],
    ['not-found', '/nowhere'],
  ]
  await shoot('full', pages)
  await shoot('narrow', pages, 390)
  await shootStates(pending, broken)
  say(`The pictures are in ${directory}`)
} finally {
  await browser.close()
  await demo.close()
}

async function shoot(
  prefix: string,
  pages: readonly (readonly [string, string])[],
  width = 1280,
): Promise<void> {
  for (const theme of themes) {
    for (const locale of locales) {
      if (width < 1280 && theme === 'dark') continue // the layout is the same, the colours are seen at full width
      const context = await openContext(browser, { theme, locale, width })
      const page = await context.newPage()
      await page.goto(`${demo.url}/login`)
      await page.locator('input[type=password]').waitFor()
      await picture(page, `${prefix}-login`, theme, locale)
      await logInByForm(page, demo.url, demo.email, demo.password)
      for (const [name, path] of pages) {
        await page.goto(`${demo.url}${path}`)
        await page.locator('main h1').waitFor()
        await picture(page, `${prefix}-${name}`, theme, locale)
      }
      await context.close()
    }
  }
}

/** What only appears when somebody does something: dialogs, problems, a lost server. */
async function shootStates(pending: ConfigState, broken: ConfigState): Promise<void> {
  for (const [theme, locale] of [
    ['light', 'en'],
    ['dark', 'pt-BR'],
  ] as const) {
    const context = await openContext(browser, { theme, locale })
    const page = await context.newPage()
    await logInByForm(page, demo.url, demo.email, demo.password)
    await page.goto(`${demo.url}/configs/${pending.id}/review`)
    await page.locator('section button').nth(1).click()
    await page.getByRole('dialog').waitFor()
    await picture(page, 'state-confirmation', theme, locale)
    await page.goto(`${demo.url}/proxies`)
    await page.locator('main header button').first().click()
    await page.getByRole('dialog').waitFor()
    await picture(page, 'state-add-proxy', theme, locale)
    await page.goto(`${demo.url}/configs/${broken.id}`)
    const value = page.locator('ol li').first().locator('input').first()
    await value.fill('https://not a name')
    await value.blur()
    await picture(page, 'state-problems', theme, locale)
    await context.close()
  }
}

async function picture(page: Page, name: string, theme: Theme, locale: Locale): Promise<void> {
  await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null)
  await wait(250) // skeletons fade, fonts settle
  await page.screenshot({ path: join(directory, `${name}.${theme}.${locale}.png`), fullPage: true })
  say(`${name} (${theme}, ${locale})`)
}

/** One config that runs, one that waits for approval, one draft with a problem. */
async function fill({ graphqlUrl, email, password, parents, proxy }: SpawnedDemo) {
  const api = await logIn(graphqlUrl, email, password)
  const parentProxies = parents.map(({ host, port }, index) => ({ host, port, priority: index + 1 }))
  const rules = [
    { kind: 'DOMAIN', value: 'corp.example', action: 'DIRECT', note: 'Everything of our own' },
    { kind: 'IP_RANGE', value: '10.0.0.0/8', action: 'DIRECT', owner: 'Network team' },
    {
      kind: 'HOST',
      value: 'partner.shop.example',
      action: 'DIRECT',
      enabled: false,
      note: 'Until the contract is signed',
    },
  ]
  const active = await create(api, { name: 'Office egress', defaultAction: 'PARENT', rules, parentProxies })
  const named = await change(api, 'setConfigProxies', 'SetConfigProxiesInput', {
    configId: active.id,
    revision: active.revision,
    proxyIds: [proxy?.id],
  })
  const submitted = await submit(api, named)
  const { id, revision, configHash } = submitted
  await change(api, 'approveConfig', 'ApproveConfigInput', { id, revision, configHash })
  await inSync(api, proxy?.id ?? '')

  const next = await create(api, {
    name: 'Office egress, with the new data centre and a name that is rather long for a list',
    description: 'Sends the new data centre direct, and everything else to the parents as before.',
    defaultAction: 'PARENT',
    rules: [...rules, { kind: 'IP_RANGE', value: '192.168.64.0-192.168.95.255', action: 'DIRECT' }],
    parentProxies,
  })
  const pendingDraft = await change(api, 'setConfigProxies', 'SetConfigProxiesInput', {
    configId: next.id,
    revision: next.revision,
    proxyIds: [proxy?.id],
  })
  const broken = await create(api, {
    name: 'Laboratory',
    defaultAction: 'DIRECT',
    rules: [{ kind: 'DOMAIN', value: 'vendor.example', action: 'PARENT' }],
  })
  return { active, pending: await submit(api, pendingDraft), broken }
}

async function change(
  api: DemoApi,
  name: string,
  type: string,
  input: Record<string, unknown>,
): Promise<ConfigState> {
  const mutation = `mutation ($input: ${type}!) { ${name}(input: $input) { config { id revision configHash } } }`
  const data = await api.send<Record<string, { config: ConfigState }>>(mutation, { input })
  const config = data[name]?.config
  if (!config) throw new Error(`${name} answered nothing`)
  return config
}

function create(api: DemoApi, input: Record<string, unknown>): Promise<ConfigState> {
  return change(api, 'createConfig', 'CreateConfigInput', input)
}

function submit(api: DemoApi, { id, revision }: ConfigState): Promise<ConfigState> {
  return change(api, 'submitConfig', 'SubmitConfigInput', { id, revision })
}

async function inSync(api: DemoApi, id: string): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await wait(300)) {
    const { proxy } = await api.send<{ proxy: { status: string } }>(
      'query ($id: ID!) { proxy(id: $id) { status } }',
      { id },
    )
    if (proxy.status === 'IN_SYNC') return
  }
  throw new Error('the demo’s proxy is not in sync after a minute')
}
