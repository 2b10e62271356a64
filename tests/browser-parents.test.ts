/** Taking a parent out of use and bringing it back: on a proxy's page, and for the selected proxies of the fleet. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { enrol, enrolmentToken, type TestAgent } from './support/agents.ts'
import { approvedConfig, parentHost } from './support/calls.ts'
import { ask, type Console, expectAccessible, openConsole, visit } from './support/console.ts'
import { bulkBar, rowOf } from './support/fleet-page.ts'

const reason = 'its disk is being replaced'
let console: Console
let agent: TestAgent
let other: TestAgent
/** What both run, for a sync with nothing to do. */
let hash: string
beforeAll(async () => {
  console = await openConsole({ seed: null })
  const root = await console.api()
  const token = await enrolmentToken(root)
  agent = await enrol(console.server, token, 'edge-1.example')
  other = await enrol(console.server, token, 'edge-2.example')
  for (const each of [agent, other]) await each.sync(null)
  await approvedConfig(root, [agent, other])
  for (const each of [agent, other]) {
    const offer = await each.sync(null)
    hash = offer.hash
    await each.acknowledge({ hash, sequence: offer.sequence, outcome: 'APPLIED', message: '' })
  }
})
afterAll(() => console?.close())

/** What the agent reads back of its only parent; null: nothing is out. */
const seenOut = (found: { isOut: boolean | null; says?: string } | null) =>
  agent.client().get('mutation ($input: ReportHostInput!) { reportHost(input: $input) { serverTime } }', {
    input: { problems: [], parentsOut: found ? [{ host: parentHost, ...found }] : [] },
  })
const parentsOf = (page: Page) => page.getByRole('region', { name: 'Parents' })

test('a parent is taken out on one proxy with the keyboard, seen to be out, and brought back', async () => {
  const page = await console.page({ path: `/proxies/${agent.proxyId}` })
  const parents = parentsOf(page)
  await parents.getByRole('button', { name: 'Take out…' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: `Take ${parentHost} out of use?` })
  await dialog.getByText(`${parentHost}:3128`).waitFor()
  await dialog.getByText('On 1 proxy no other parent host is left').waitFor()
  await dialog.getByRole('radio', { name: 'Every proxy that should run' }).waitFor()
  const confirm = dialog.getByRole('button', { name: 'Take out on 1 proxy' })
  expect(await confirm.getAttribute('aria-disabled')).toBe('true')
  await dialog.getByText('Say why first.').waitFor({ state: 'attached' })
  await expectAccessible(page)

  await dialog.getByRole('radio').first().focus()
  await page.keyboard.press('Tab')
  await page.keyboard.type(reason)
  await page.keyboard.press('Enter')
  await dialog.getByText(`${parentHost} is to be left out on 1 proxy.`).waitFor()
  await dialog.getByText('0 of 1 agent has been told').waitFor()
  await dialog.getByText(agent.hostname).waitFor()
  await expectAccessible(page)
  expect((await agent.sync(hash)).takenOut).toEqual([parentHost])
  await dialog.getByText('1 of 1 agent has been told').waitFor()
  await dialog.getByText('ATS leaves it out on 0 of 1 proxy.').waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })

  await parents.getByText('Told to leave it out').waitFor()
  await parents.getByText('ATS has not confirmed it yet').waitFor()
  const says = 'traffic_ctl host down failed: no socket'
  await seenOut({ isOut: null, says })
  await parents.getByText('Not taken out').waitFor()
  await parents.getByText(says).waitFor()
  await expectAccessible(page)
  await seenOut({ isOut: true })
  await parents.getByText('Taken out', { exact: true }).waitFor()
  await parents.getByText('ATS confirms that it leaves it out.').waitFor()
  await parents.getByText('By root@apm.example since').waitFor()
  await parents.getByText(reason).waitFor()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Events' }).click()
  await page.getByText('Parent taken out').waitFor()
  await visit(page, `${console.url}/proxies/${agent.proxyId}`)

  await parents.getByRole('button', { name: 'Bring back…' }).click()
  const back = page.getByRole('dialog', { name: `Bring ${parentHost} back?` })
  await back.getByRole('button', { name: 'Bring back on 1 proxy' }).click()
  await back.getByText(`${parentHost} is brought back on 1 proxy.`).waitFor()
  await back.getByRole('button', { name: 'Done' }).click()
  await parents.getByRole('button', { name: 'Take out…' }).waitFor()
  expect((await agent.sync(hash)).takenOut).toEqual([])
  await parents.getByText('Coming back', { exact: true }).waitFor()
  await seenOut({ isOut: true, says: 'still out' })
  await parents.getByText('Still out', { exact: true }).waitFor()
  await expectAccessible(page)
  await seenOut(null)
  await parents.getByText('Still out', { exact: true }).waitFor({ state: 'detached' })
  await page.close()
})

test('a parent is taken out on the selected proxies; where it runs no more, it can still be brought back', async () => {
  const page = await console.page({ path: '/proxies' })
  for (const { hostname } of [agent, other]) await rowOf(page, hostname).getByRole('checkbox').click()
  await bulkBar(page).getByRole('button', { name: 'Parents…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Parents of 2 proxies' })
  await dialog.getByRole('radio', { name: parentHost }).check()
  await dialog.getByText('On 2 proxies no other parent host is left').waitFor()
  await dialog.getByLabel('Reason').fill(reason)
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Take out on 2 proxies' }).click()
  await dialog.getByText(`${parentHost} is to be left out on 2 proxies.`).waitFor()
  await other.sync(hash)
  await dialog.getByText('1 of 2 agents have been told').waitFor()
  await dialog.getByRole('button', { name: 'Done' }).click()

  // What lies on its disk is nobody's version any more: it has no parents that are known.
  await other.sync('f'.repeat(64))
  await visit(page, `${console.url}/proxies/${other.proxyId}`)
  await parentsOf(page).getByText('not among the parents that it runs').waitFor()
  await parentsOf(page).getByRole('button', { name: 'Bring back…' }).click()
  const back = page.getByRole('dialog')
  await back.getByRole('radio', { name: 'Wherever it is out' }).check()
  await back.getByRole('button', { name: 'Bring back on 2 proxies' }).click()
  await back.getByText(`${parentHost} is brought back on 2 proxies.`).waitFor()
  const { parentHosts } = await ask(console, '{ parentHosts { host usedOn outOn } }')
  expect(parentHosts).toEqual([{ host: parentHost, usedOn: 2, outOn: 0 }])
  await page.close()
})

test('who may only look sees the parents, and why they can’t be taken out', async () => {
  const page = await console.page({ path: `/proxies/${agent.proxyId}`, as: 'regular' })
  const button = parentsOf(page).getByRole('button', { name: 'Take out…' })
  expect(await button.getAttribute('aria-disabled')).toBe('true')
  expect(await button.getAttribute('title')).toMatch(/role|right|permission|allow/i)
  await page.close()
})
