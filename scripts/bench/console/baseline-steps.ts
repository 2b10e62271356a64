/** The same steps on the pages without an application. */
import type { Browser } from 'playwright-core'
import { firstSeen, measured, protocolOf, recordIn, sinceInput } from './recorder.ts'
import { median, type Round, scrollThrough, typeIn } from './steps.ts'

export async function baselineRound(browser: Browser, url: string): Promise<Round> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  try {
    await recordIn(context, { row: 'tbody a', text: 'textarea' })
    const page = await context.newPage()
    await protocolOf(page)
    await page.goto(`${url}/table`)
    const first = await measured(page, await firstSeen(page, 'row'))
    const filtered = page.evaluate(() =>
      window.bench.whenShown(() =>
        [...document.querySelectorAll<HTMLElement>('tbody tr')].every(
          (row) => row.hidden !== row.textContent?.includes('q'),
        ),
      ),
    )
    await page.locator('input').click()
    await page.keyboard.type('q')
    const filter = await measured(page, await sinceInput(page, filtered))
    await page.locator('input').fill('')
    await scrollThrough(page, page.locator('body'))
    const scroll = await measured(page, Number.NaN)

    await page.goto(`${url}/text`)
    const text = await measured(page, await firstSeen(page, 'text'))
    const typed = await typeIn(page, page.locator('textarea'), 'Control+Home')
    return {
      'plain table: navigation → first row': first,
      'plain table: filter → its rows': filter,
      'plain table: scroll through': scroll,
      'plain text: open': text,
      'plain text: key → frame, median': { ...typed, ms: median(typed.keys) },
      'plain text: key → frame, worst': { ...typed, ms: Math.max(...typed.keys) },
    }
  } finally {
    await context.close()
  }
}
