/** What a state needs to come about: a hand, a fault, or nothing but its address. */
import type { Page } from 'playwright-core'
import type { Role } from '../../server/core/vocabulary.ts'

export interface State {
  readonly path: string
  /** Before the page is opened: slow or failing answers. */
  readonly before?: (page: Page) => Promise<void>
  /** What to wait for before the picture, where a page never comes to rest. */
  readonly shows?: string
  /** When it is there. Finds things by their role and place, so that it works in every language. */
  readonly open?: (page: Page) => Promise<void>
  /** Who is logged in: root, if not said; null: nobody. */
  readonly as?: Role | null
}

/** By the picture's name. */
export type States = Readonly<Record<string, State>>

export function faultShown(page: Page): Promise<void> {
  return page.locator('main [role=alert]').first().waitFor()
}

/** A skeleton shows itself only after a moment. */
export async function barsSeen(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const bar = document.querySelector('main .skeleton')
    return bar !== null && Number(getComputedStyle(bar).opacity) > 0.5
  })
}
