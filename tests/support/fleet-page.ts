/** Where things are on the page of the fleet, and what the server says of it. */
import type { Locator, Page } from 'playwright-core'
import { ask, type Console } from './console.ts'

export const retireMutation =
  'mutation ($input: RetireProxyInput!) { retireProxy(input: $input) { proxy { id } } }'

export const rowOf = (page: Page, hostname: string): Locator =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name: hostname, exact: true }) })
export const drawnRows = (page: Page) => page.locator('tbody > tr')
export const chip = (page: Page, status: string) =>
  page.getByRole('group', { name: 'Status' }).getByRole('button', { name: status })
export const bulkBar = (page: Page) => page.getByRole('region', { name: 'Selected proxies' })

/** Hostnames as the server lists them, for comparing with what the page shows. */
export async function hostnames(console: Console, args: string): Promise<string[]> {
  const { proxies } = await ask(console, `{ proxies(${args}) { edges { node { hostname } } } }`)
  return proxies.edges.map(({ node }: { node: { hostname: string } }) => node.hostname)
}
