/** Contact sheets: pictures side by side, so that what differs from page to page is seen. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'

const picturesPerSheet = 6
/** CSS pixels: half of a laptop's window, all of a phone's. */
const columnPx = 640
const phonePx = 390
/** What is longer is cut: it is to be looked at by itself. */
const tallestPx = 1_100

/** One sheet for every few pictures of a width, in `sheets/` below the directory. */
export async function makeSheets(browser: Browser, directory: string): Promise<void> {
  mkdirSync(join(directory, 'sheets'))
  const pictures = readdirSync(directory).filter((name) => name.endsWith('.png'))
  const viewOf = (name: string) => name.split('.').slice(1, -1).join('.')
  for (const view of new Set(pictures.map(viewOf))) {
    const names = pictures.filter((name) => viewOf(name) === view)
    for (let from = 0; from < names.length; from += picturesPerSheet) {
      const path = join(directory, 'sheets', `${view}.${from / picturesPerSheet + 1}.png`)
      await makeSheet(browser, directory, names.slice(from, from + picturesPerSheet), path)
    }
  }
}

async function makeSheet(
  browser: Browser,
  directory: string,
  names: readonly string[],
  path: string,
): Promise<void> {
  const width = names[0]?.includes('.390.') ? phonePx : columnPx
  const page = await browser.newPage({ viewport: { width: (width + 16) * 3, height: 600 } })
  const figures = names.map((name) => {
    const source = readFileSync(join(directory, name)).toString('base64')
    return `<figure><figcaption>${name}</figcaption><div><img src="data:image/png;base64,${source}"></div></figure>`
  })
  await page.setContent(`<style>
    body { margin: 8px; display: flex; flex-wrap: wrap; gap: 8px; background: #888; font: 12px sans-serif }
    figure { margin: 0; width: ${width}px } figure div { max-height: ${tallestPx}px; overflow: hidden }
    img { width: 100%; display: block }
  </style>${figures.join('')}`)
  await page.screenshot({ path, fullPage: true })
  await page.close()
}
