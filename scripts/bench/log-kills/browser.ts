/** A browser that watches captures, and is killed. */
import { chromium } from 'playwright-core'
import { browserOptions, logInByForm } from '../../browser.ts'
import type { KillServer } from './server.ts'

export interface KilledBrowser {
  /** As `kill -9` does, every process of it. */
  kill(): Promise<void>
}

export async function startKilledBrowser(
  { url, email, password }: KillServer,
  proxyIds: readonly string[],
): Promise<KilledBrowser> {
  const served = await chromium.launchServer(browserOptions)
  const browser = await chromium.connect(served.wsEndpoint())
  const page = await browser.newPage()
  await logInByForm(page, url, email, password)
  await page.goto(`${url}/logs?proxies=${proxyIds.join(',')}`)
  return { kill: () => served.kill() }
}
