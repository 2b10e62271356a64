/** The steps that are measured, each in a page of its own with nothing in the browser's cache. */
import type { Browser, Locator, Page } from 'playwright-core'
import { takeSession } from '../../browser.ts'
import type { SeededServer } from '../../fleet/seeded-server.ts'
import { firstSeen, type Measured, measured, protocolOf, recordIn, sinceInput } from './recorder.ts'
import { type Transfer, transferOf } from './transfer.ts'

export interface Bench extends Pick<SeededServer, 'url' | 'fleet' | 'tellStats'> {
  readonly browser: Browser
  /** Who looks; null: nobody is logged in. */
  readonly user: { readonly email: string; readonly password: string } | null
}

/** One round through a page: what each step took, by name. */
export type Round = Readonly<Record<string, Measured>>

const row = '[aria-rowindex] a[href^="/proxies/"]'
const rule = 'li[data-rule] [data-field=value]'

export async function fleetRound(bench: Bench): Promise<Round> {
  return inPage(bench, { row }, async (page) => {
    await page.goto(`${bench.url}/proxies`)
    const first = await measured(page, await firstSeen(page, 'row'))
    await settled(page)
    await page.reload()
    const again = await measured(page, await firstSeen(page, 'row'))
    await settled(page)

    await page.locator('[data-page-search]').click()
    const filtered = page.evaluate(() =>
      window.bench.whenShown(() => {
        const names = [...document.querySelectorAll('[aria-rowindex] a[href^="/proxies/"]')]
        return names.length > 0 && names.every((name) => name.textContent?.includes('q'))
      }),
    )
    await page.keyboard.type('q')
    const filter = await measured(page, await sinceInput(page, filtered))
    await page.locator('[data-page-search]').fill('')
    await settled(page)

    const before = await page.locator(row).first().textContent()
    const sorted = page.evaluate(
      (former) =>
        window.bench.whenShown(() => {
          const name = document.querySelector('[aria-rowindex="2"] a[href^="/proxies/"]')
          return name !== null && name.textContent !== former
        }),
      before,
    )
    await page.locator('[role=grid] th button').first().click()
    const sort = await measured(page, await sinceInput(page, sorted))
    await settled(page)

    const startedAt = Date.now()
    await scrollThrough(page, page.locator('[role=grid] tbody tr').nth(3))
    const scroll = await measured(page, Date.now() - startedAt)
    const end = await measured(page, await jumpToEnd(page))
    return {
      'fleet: navigation → first row': first,
      'fleet: reload → first row': again,
      'fleet: filter → its rows': filter,
      'fleet: sort → its rows': sort,
      'fleet: scroll through': scroll,
      'fleet: jump to the end → rows': end,
    }
  })
}

/** In sight at once: a screen of 11,000 pixels, which no one has, so that it is the page that is measured. */
const liveRows = 200
const liveTurns = 5

export async function liveRound(bench: Bench): Promise<Round> {
  const telling = bench.fleet.proxies.filter(({ status }) => status === 'in_sync').map(({ id }) => id)
  const ids = telling.slice(0, liveRows + 20)
  return inPage(bench, { row }, async (page) => {
    const tell = async (connections: number) => {
      const last = `[aria-rowindex="${liveRows + 1}"]`
      const shown = page.waitForFunction(
        ([selector, text]) => document.querySelector(selector ?? '')?.textContent?.includes(text ?? ''),
        [last, String(connections)],
        { polling: 100 },
      )
      await bench.tellStats(ids, { connections, errorRate: connections / 1_000 })
      await shown
    }
    await bench.tellStats(ids, { connections: 900, errorRate: 0 })
    await page.setViewportSize({ width: 1280, height: 11_000 })
    const columns = 'status,requests,connections,hits,errors'
    await page.goto(`${bench.url}/proxies?sort=CONNECTIONS&desc=1&cols=${columns}`)
    await firstSeen(page, 'row')
    await tell(901)
    await settled(page)
    await measured(page, Number.NaN)
    const startedAt = Date.now()
    for (let turn = 2; turn < liveTurns + 2; turn += 1) await tell(900 + turn)
    return {
      'fleet: told → 200 rows have it': await measured(page, (Date.now() - startedAt) / liveTurns),
    }
  })
}

export async function editorRound(bench: Bench): Promise<Round> {
  return inPage(bench, { rule }, async (page) => {
    await page.goto(`${bench.url}/configs/${bench.fleet.configs.big.id}`)
    const first = await measured(page, await firstSeen(page, 'rule'))
    await settled(page)
    const typed = await typeIn(page, page.locator(rule).nth(5))
    await scrollThrough(page, page.locator(rule).nth(3))
    const scroll = await measured(page, Number.NaN)
    const pasted = await measured(page, await pasteRules(page))
    return {
      'editor: open → first rule': first,
      'editor: key → frame, median': { ...typed, ms: median(typed.keys) },
      'editor: key → frame, worst': { ...typed, ms: Math.max(...typed.keys) },
      'editor: scroll through': scroll,
      'editor: paste 1,000 lines → taken': pasted,
    }
  })
}

export async function reviewRound(bench: Bench): Promise<Round> {
  const selectors = { change: '[data-testid=change-summary]', line: 'section.font-mono [data-index]' }
  return inPage(bench, selectors, async (page) => {
    await page.goto(`${bench.url}/configs/${bench.fleet.configs.pending.id}/review`)
    const first = await measured(page, await firstSeen(page, 'change'))
    const files = await measured(page, await firstSeen(page, 'line'))
    await settled(page)
    await scrollThrough(page, page.locator('section.font-mono').first())
    const scroll = await measured(page, Number.NaN)
    return {
      'review: open → what changed': first,
      'review: open → file diff': files,
      'review: scroll the diff': scroll,
    }
  })
}

/** What has to come before the login page can be used, and before the fleet has a row. */
export async function transferRound(bench: Bench): Promise<{ login: Transfer; fleet: Transfer }> {
  const nobody = { ...bench, user: null }
  return {
    login: await inPage(nobody, {}, (page) =>
      transferOf(page, async () => {
        await page.goto(`${bench.url}/login`)
        await page.locator('input[type=password]').waitFor()
      }),
    ),
    fleet: await inPage(bench, { row }, (page) =>
      transferOf(page, async () => {
        await page.goto(`${bench.url}/proxies`)
        await firstSeen(page, 'row')
      }),
    ),
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}

async function inPage<T>(
  { browser, url, user }: Bench,
  selectors: Readonly<Record<string, string>>,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  try {
    if (user) await takeSession(context, url, user)
    await recordIn(context, selectors)
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    await protocolOf(page)
    return await work(page)
  } finally {
    await context.close()
  }
}

/** Nothing on the page is loading any more. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('[aria-busy=true], .skeleton') === null)
}

const typedText = 'measured-by-hand.branch.example'

export async function typeIn(
  page: Page,
  field: Locator,
  /** Where in the field: over what it holds, unless another key is given. */
  firstKey = 'Control+A',
): Promise<Measured & { readonly keys: readonly number[] }> {
  await field.click()
  await page.keyboard.press(firstKey)
  await page.evaluate(() => window.bench.start())
  await page.keyboard.type(typedText, { delay: 80 })
  const keys = await page.evaluate(() => window.bench.keys)
  return { ...(await measured(page, median(keys))), keys }
}

/** As a wheel does it: 80 notches of 400 pixels, one a frame. */
export async function scrollThrough(page: Page, list: Locator): Promise<void> {
  const box = await list.boundingBox()
  if (!box) throw new Error('there is no list to scroll')
  await page.mouse.move(box.x + Math.min(200, box.width / 2), box.y + Math.min(120, box.height / 2))
  await page.evaluate(() => window.bench.start())
  for (let notch = 0; notch < 80; notch += 1) await page.mouse.wheel(0, 400)
}

/** Through the clipboard, as a person does; 990 of them are new. */
async function pasteRules(page: Page): Promise<number> {
  const lines = Array.from({ length: 1_000 }, (_, index) =>
    index % 100 === 99 ? `bad..name..${index}` : `pasted${index}.branch.example direct`,
  )
  await page.evaluate((text) => navigator.clipboard.writeText(text), lines.join('\n'))
  await page.getByRole('button', { name: 'Paste rules' }).click()
  await page.getByLabel('Rules to take').focus()
  await page.evaluate(() => window.bench.start())
  const taken = page.evaluate(() =>
    window.bench.whenShown(() =>
      [...document.querySelectorAll('[role=status] strong')].some((words) =>
        words.textContent?.includes('990'),
      ),
    ),
  )
  await page.keyboard.press('Control+V')
  return sinceInput(page, taken)
}

/** To rows that have never been asked for. @returns milliseconds until the last one is shown */
async function jumpToEnd(page: Page): Promise<number> {
  const took = await page.evaluate(async () => {
    const grid = document.querySelector('[role=grid]')
    let frame = grid
    while (frame && frame.scrollHeight <= frame.clientHeight + 1) frame = frame.parentElement
    if (!grid || !frame) return null
    const startedAt = performance.now()
    frame.scrollTop = frame.scrollHeight
    const last = Number(grid.getAttribute('aria-rowcount'))
    const shownAt = await window.bench.whenShown(
      () => document.querySelector(`[aria-rowindex="${last}"] a[href^="/proxies/"]`) !== null,
    )
    return shownAt === null ? null : shownAt - startedAt
  })
  if (took === null) throw new Error('the end of the fleet was not shown within 30 s')
  return took
}
