/** What there is to be seen: every page by its address, and the states that need a hand or a fault to come about. */
import type { Page, Route } from 'playwright-core'
import type { SeededServer } from '../fleet/seeded-server.ts'

export interface State {
  readonly path: string
  /** Before the page is opened: slow or failing answers. */
  readonly before?: (page: Page) => Promise<void>
  /** What to wait for before the picture, where a page never comes to rest. */
  readonly shows?: string
  /** When it is there. Finds things by their role and place, so that it works in every language. */
  readonly open?: (page: Page) => Promise<void>
  /** Nobody is logged in. */
  readonly isPublic?: boolean
}

export async function pagesOf({
  fleet,
  versionsOf,
}: SeededServer): Promise<Readonly<Record<string, string>>> {
  const { big, pending, draft, long, empty } = fleet.configs
  const byStatus = (status: string) => fleet.proxies.find((proxy) => proxy.status === status)?.id
  const longest = fleet.proxies.reduce((a, b) => (b.hostname.length > a.hostname.length ? b : a))
  const [newer, older] = await versionsOf(big.id)
  return {
    overview: '/overview',
    'overview-compared': '/overview?range=6h&compare=1',
    fleet: '/proxies',
    'fleet-failed': '/proxies?status=FAILED',
    'fleet-live':
      '/proxies?sort=ERROR_RATE&desc=1&cols=status,requests,connections,hits,errors&errorRate=0.005..&connections=1..5000',
    'fleet-long-names': `/proxies?search=${longest.hostname.slice(0, 18)}`,
    'fleet-nothing-found': '/proxies?search=nothing-is-called-this',
    'proxy-in-sync': `/proxies/${byStatus('in_sync')}`,
    'proxy-failed': `/proxies/${byStatus('failed')}`,
    'proxy-drifted': `/proxies/${byStatus('drifted')}`,
    'proxy-unknown': `/proxies/${byStatus('unknown')}`,
    'proxy-unassigned': `/proxies/${byStatus('unassigned')}`,
    'proxy-retired': `/proxies/${byStatus('retired')}`,
    'proxy-long-name': `/proxies/${longest.id}`,
    'proxy-statistics': `/proxies/${byStatus('in_sync')}/statistics`,
    'proxy-files': `/proxies/${byStatus('failed')}/files`,
    'proxy-files-drifted': `/proxies/${byStatus('drifted')}/files`,
    'proxy-events': `/proxies/${byStatus('failed')}/events`,
    configs: '/configs',
    'config-import': '/configs/import',
    'config-edit': `/configs/${big.id}`,
    'config-edit-draft': `/configs/${draft.id}`,
    'config-edit-long-name': `/configs/${long.id}`,
    'config-edit-empty': `/configs/${empty.id}`,
    'config-versions': `/configs/${big.id}/versions`,
    'config-compare': `/configs/${big.id}/compare?from=${older}&to=${newer}`,
    'config-statistics': `/configs/${big.id}/statistics?range=24h`,
    'config-audit': `/configs/${big.id}/audit`,
    'review-pending': `/configs/${pending.id}/review`,
    'review-active': `/configs/${big.id}/review`,
    'review-draft': `/configs/${draft.id}/review`,
    'routes-choose': '/routes',
    'routes-one': `/routes?config=${big.id}&from=${older}&to=${newer}&url=${encodeURIComponent('https://www.example.com/')}`,
    'routes-proxy': `/routes?proxy=${byStatus('in_sync')}`,
    audit: '/audit',
    settings: '/settings',
    users: '/users',
    'not-found': '/nowhere',
    'no-such-proxy': `/proxies/${big.id}`,
    'no-such-config': `/configs/${longest.id}`,
    'config-first-version': `/configs/${long.id}/review`,
  }
}

export function statesOf({ fleet }: SeededServer): Readonly<Record<string, State>> {
  const { big, pending, draft } = fleet.configs
  const byStatus = (status: string) => fleet.proxies.filter((proxy) => proxy.status === status)
  const value = 'li[data-rule] [data-field=value]'
  return {
    login: { path: '/login', isPublic: true },
    'login-refused': {
      path: '/login',
      isPublic: true,
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
    'fleet-numbers': {
      path: '/proxies?errorRate=0.05..',
      async open(page) {
        await page.getByRole('button', { name: /^(Numbers|Números)…$/ }).click()
        await page.getByRole('dialog').getByRole('spinbutton').first().waitFor()
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
    'loading-fleet': { path: '/proxies', before: slow, shows: 'main .skeleton', open: barsSeen },
    'loading-config': { path: `/configs/${big.id}`, before: slow, shows: 'main .skeleton', open: barsSeen },
    'loading-review': {
      path: `/configs/${pending.id}/review`,
      before: slow,
      shows: 'main .skeleton',
      open: barsSeen,
    },
    'fault-audit': { path: '/audit', before: failing, open: faultShown },
    'fault-fleet': { path: '/proxies', before: failing, open: faultShown },
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
    'loading-proxy': {
      path: `/proxies/${byStatus('in_sync')[0]?.id}`,
      before: slow,
      shows: 'main .skeleton',
      open: barsSeen,
    },
    'fault-database-gone': { path: '/proxies', before: gone, open: faultShown },
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
    'proxy-host-edited': {
      path: `/proxies/${byStatus('drifted')[0]?.id}/files?show=should`,
      before: filesEdited,
      shows: 'main section',
      open: (page) => page.getByText('edited-by-hand.example').first().waitFor(),
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
    'add-proxy': {
      path: '/proxies',
      async open(page) {
        await page.locator('main header button').last().click()
        await page.getByRole('dialog').waitFor()
      },
    },
    'new-config': {
      path: '/configs',
      async open(page) {
        await page.locator('main header button').last().click()
        await page.getByRole('dialog').waitFor()
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
      path: `/configs/${draft.id}`,
      async open(page) {
        if ((await page.locator('[data-test]').count()) === 0) {
          for (const [index, target] of ['http://nowhere.example/', 'http://cobalt3.eu.example/'].entries()) {
            await page.locator('#field-routeTests').click()
            await page.locator(`#field-routeTests-${index}-target`).fill(target)
          }
          await page.locator('[data-test] select').first().selectOption('denied')
          await page.keyboard.press('Control+s')
          await page.locator('main [aria-keyshortcuts]').first().waitFor()
        }
        await page.goto(`${page.url()}/review`)
        await page.locator('h1').first().waitFor()
        await page.locator('main .text-bad').first().waitFor()
      },
    },
    'edit-text': { path: `/configs/${big.id}?view=text`, shows: '.cm-line' },
    'review-confirm': {
      path: `/configs/${pending.id}/review`,
      async open(page) {
        const boxes = page.locator('main input[type=checkbox]:not(:checked)')
        for (let left = await boxes.count(); left > 0; left = await boxes.count()) await boxes.first().click()
        await page.locator('[aria-keyshortcuts=a]').click()
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
  }
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

/** Each of the other person's edits is another one: the config stays edited from picture to picture. */
let merges = 0
/** Takes the first of the examples that the panel offers. */
async function tryFirst(page: Page): Promise<void> {
  await page.locator('#try-route ul button').first().click()
  await page.locator('[data-answer=after]').waitFor()
}

function faultShown(page: Page): Promise<void> {
  return page.locator('main [role=alert]').first().waitFor()
}

/** A skeleton shows itself only after a moment. */
async function barsSeen(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const bar = document.querySelector('main .skeleton')
    return bar !== null && Number(getComputedStyle(bar).opacity) > 0.5
  })
}

/** No question is answered; what is no question (the beacon, say) is. */
async function slow(page: Page): Promise<void> {
  await page.route('**/graphql', (route) => (isQuestion(route) ? undefined : route.continue()))
}

/** The server is there, its database is not. */
async function gone(page: Page): Promise<void> {
  await page.route('**/graphql', (route) =>
    isQuestion(route)
      ? route.fulfill({
          status: 503,
          json: {
            errors: [
              {
                message: 'The server’s database does not answer at the moment.',
                extensions: { code: 'UNAVAILABLE', retryAfterSeconds: 30 },
              },
            ],
          },
        })
      : route.continue(),
  )
}

/** A seeded agent sends no files: here they are what was approved, and one line of somebody's own. */
async function filesEdited(page: Page): Promise<void> {
  await page.route('**/graphql', async (route) => {
    if (!(route.request().postData() ?? '').includes('query ProxyFiles')) return route.continue()
    const response = await route.fetch()
    const answer = await response.json()
    const { proxy } = answer.data
    const files = (proxy.version.files as { name: string; content: string; sha256: string }[]).map((file) =>
      file.name === 'parent.config'
        ? {
            ...file,
            sha256: '0'.repeat(64),
            content: `dest_domain=edited-by-hand.example go_direct=true\n${file.content}`,
          }
        : file,
    )
    proxy.runningFiles = { source: 'REPORTED', at: new Date().toISOString(), files, records: [] }
    await route.fulfill({ json: answer })
  })
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

async function failing(page: Page): Promise<void> {
  await page.route('**/graphql', (route) =>
    isQuestion(route)
      ? route.fulfill({ status: 500, contentType: 'text/plain', body: 'not today' })
      : route.continue(),
  )
}

/** What a page asks for; who is logged in comes with the beacon. */
function isQuestion(route: Route): boolean {
  const query = /"query":"\s*query/.test(route.request().postData() ?? '')
  return query && !/\bme\b/.test(route.request().postData() ?? '')
}
