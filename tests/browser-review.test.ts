/** The review page on the real server: what changed, whom it reaches, and a second confirmation that is exact. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { enrol, enrolmentToken, type TestAgent } from './support/agents.ts'
import { approve, approvedConfig, changeConfig, newConfig, submittedConfig, unique } from './support/calls.ts'
import { type Console, expectAccessible, expectNoOverflow, openConsole, visit } from './support/console.ts'
import type { ApiClient, Data } from './support/server.ts'

let console: Console
let root: ApiClient

beforeAll(async () => {
  console = await openConsole({ seed: null })
})
// A session lives two minutes without a beacon.
beforeEach(async () => {
  root = await console.api()
})
afterAll(() => console?.close())

async function newAgents(count: number): Promise<readonly TestAgent[]> {
  const token = await enrolmentToken(root)
  const names = Array.from({ length: count }, () => `${unique('edge')}.review.example`)
  return Promise.all(names.map((name) => enrol(console.server, token, name)))
}

const open = async (id: string, options: Parameters<Console['page']>[0] = {}): Promise<Page> =>
  console.page({ ...options, path: `/configs/${id}/review` })

const rule = (value: string, more: Record<string, unknown> = {}) => ({
  kind: 'DOMAIN',
  value,
  action: 'DIRECT',
  ...more,
})

/** An approved config of two agents with an edit that waits: one rule more, one less, one with another note. */
async function editedConfig(): Promise<{ config: Data; agents: readonly TestAgent[] }> {
  const agents = await newAgents(2)
  const { id, revision } = await newConfig(root, {
    rules: [rule('corp.example'), rule('old.example'), rule('partner.example', { note: 'first note' })],
  })
  const proxyIds = agents.map((agent) => agent.proxyId)
  const named = await changeConfig(root, 'setConfigProxies', { configId: id, revision, proxyIds })
  const active = await approve(
    root,
    await changeConfig(root, 'submitConfig', { id, revision: named.revision }),
  )
  const edited = await changeConfig(root, 'updateConfig', {
    id,
    revision: active.revision,
    rules: [rule('corp.example'), rule('partner.example', { note: 'second note' }), rule('new.example')],
  })
  return { config: await changeConfig(root, 'submitConfig', { id, revision: edited.revision }), agents }
}

async function acknowledgeAll(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Warnings', exact: true }).waitFor()
  for (const box of await page.getByRole('checkbox').all()) await box.check()
}

const approveButton = (page: Page) => page.getByRole('button', { name: 'Approve…' })
const confirmButton = (page: Page) =>
  page.getByRole('dialog').getByRole('button', { name: 'Approve and deliver' })
/** The reason that a disabled button gives to whoever reaches it. */
async function reasonOf(button: ReturnType<typeof approveButton>): Promise<string | null> {
  await button.and(button.page().locator('[aria-disabled=true]')).waitFor()
  return button.getAttribute('title')
}

describe('what changed', () => {
  test('is said in words, rule by rule and line by line, and n and p lead through all of it', async () => {
    const { config } = await editedConfig()
    const page = await open(config.id)
    await page
      .getByText('1 rule added, 1 rule removed, 1 rule changed, default unchanged, parents unchanged')
      .waitFor()
    const changes = page.getByRole('region', { name: 'List of changes' })
    await changes.getByText('old.example').waitFor()
    await changes.locator('del').getByText('first note').waitFor()
    await changes.locator('ins').getByText('second note').waitFor()
    const file = page.getByRole('region', { name: 'Changes in parent.config' })
    await file.getByText('1 line added, 1 line removed').waitFor()
    await file.getByText('dest_domain=new.example').waitFor()
    await page.getByRole('region', { name: 'Changes in sni.yaml' }).getByText('No change here.').waitFor()

    const bar = page.getByRole('group', { name: 'Changes of this page' })
    const [, total = '0'] = /(\d+) changes/.exec((await bar.textContent()) ?? '') ?? []
    for (let at = 1; at <= Number(total); at += 1) {
      await page.keyboard.press('n')
      await bar.getByText(`Change ${at} of ${total}`).waitFor()
      await page.locator('[aria-current=true]').filter({ visible: true }).first().waitFor()
    }
    await page.keyboard.press('n')
    await bar.getByText(`Change 1 of ${total}`).waitFor()
    await page.keyboard.press('p')
    await bar.getByText(`Change ${total} of ${total}`).waitFor()
    await page.close()
  })

  test('another generation’s files take the same places, and the address keeps the choice', async () => {
    const { config } = await editedConfig()
    const page = await open(config.id)
    await page.getByText('dest_domain=new.example').waitFor()
    const before = await page.getByRole('region', { name: 'Changes in parent.config' }).elementHandle()
    await page.getByRole('button', { name: '10.2', exact: true }).click()
    await page.waitForURL(/ats=10\.2/)
    await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null)
    expect(await before?.evaluate((element) => element.isConnected)).toBe(true)
    await page.reload()
    await page.getByRole('button', { name: '10.2', exact: true, pressed: true }).waitFor()
    await page.close()
  })

  test('of 10,000 rules opens with a bounded page, and its first and last change can be reached', async () => {
    const rules = Array.from({ length: 10_000 }, (_, index) => rule(`d${index}.example`))
    const { id, revision } = await newConfig(root, { rules, routeTests: [] })
    await changeConfig(root, 'submitConfig', { id, revision })
    const page = await open(id)
    await page.getByText(/^10,000 rules, default /).waitFor()
    await page
      .getByRole('region', { name: 'Changes in parent.config' })
      .getByText(/\+\d{5}/)
      .waitFor()
    expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(3_000)
    const bar = page.getByRole('group', { name: 'Changes of this page' })
    await page.keyboard.press('p')
    await bar.getByText(/^Change 10,0\d\d of 10,0\d\d$/).waitFor()
    await page.keyboard.press('n')
    await bar.getByText(/^Change 1 of/).waitFor()
    const list = page.getByRole('region', { name: 'List of changes' })
    await expect
      .poll(
        async () => {
          await list.evaluate((element) => element.scrollTo(0, element.scrollHeight))
          return list.getByText('d9999.example').count()
        },
        { timeout: 15_000 },
      )
      .toBe(1)
    await page.close()
  })
})

describe('the second confirmation', () => {
  test('names content, proxies, former owners and the way back, and delivers exactly that', async () => {
    const { config, agents } = await editedConfig()
    const [stranger] = await newAgents(1)
    const other = await approvedConfig(root, stranger ? [stranger] : [])
    const { config: owner } = await root.get('query ($id: ID!) { config(id: $id) { name } }', {
      id: other.id,
    })
    const named = await changeConfig(root, 'setConfigProxies', {
      configId: config.id,
      revision: config.revision,
      proxyIds: [agents[0]?.proxyId, stranger?.proxyId],
    })
    const submitted = await changeConfig(root, 'submitConfig', { id: config.id, revision: named.revision })

    const page = await open(config.id)
    const panel = page.getByRole('region', { name: 'Proxies affected' })
    await panel.getByText(`Taken from ${owner.name}`).waitFor()
    await panel.getByText('1 proxy is released').waitFor()
    await acknowledgeAll(page)
    await approveButton(page).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(`${owner.name} (1)`).waitFor()
    const text = await dialog.textContent()
    for (const part of [
      `revision ${submitted.revision}`,
      submitted.configHash.slice(0, 8),
      '2 proxies get',
      agents[0]?.hostname,
      stranger?.hostname,
      '1 proxy is released',
      agents[1]?.hostname,
      'forgets which parents are down',
      'version 1, which runs now, can be restored',
    ]) {
      expect(text?.toLowerCase()).toContain(part?.toLowerCase())
    }
    await confirmButton(page).click()
    await page.getByText('Version 2 runs, approved').waitFor()
    const { config: approved, auditEntries } = await root.get(
      `query ($id: ID!) { config(id: $id) { status activeVersion { configHash } }
        auditEntries(entityId: $id, action: "config.approve", first: 1) { edges { node { newValue } } } }`,
      { id: config.id },
    )
    expect([approved.status, approved.activeVersion.configHash]).toEqual(['ACTIVE', submitted.configHash])
    expect(auditEntries.edges[0].node.newValue.acknowledgedWarnings).toContain('NAMES_MUST_RESOLVE_HERE')
    await page.close()
  })

  test('waits until every warning is acknowledged, and says so', async () => {
    const config = await submittedConfig(root)
    const page = await open(config.id)
    await page.getByRole('heading', { name: 'Warnings', exact: true }).waitFor()
    expect(await reasonOf(approveButton(page))).toMatch(/^\d+ warnings? still to acknowledge$/)
    await acknowledgeAll(page)
    await approveButton(page).and(page.locator(':not([aria-disabled])')).waitFor()
    await page.close()
  })

  test('is closed when the content changes while it is open', async () => {
    const { config } = await editedConfig()
    const page = await open(config.id)
    await acknowledgeAll(page)
    await approveButton(page).click()
    await confirmButton(page).and(page.locator(':not([aria-disabled])')).waitFor()
    await changeConfig(root, 'updateConfig', {
      id: config.id,
      revision: config.revision,
      description: 'edited meanwhile',
    })
    await page.getByRole('alert').getByText('This has changed since you opened it').waitFor()
    expect(await reasonOf(confirmButton(page))).toBe('What would be delivered is no longer what you saw.')
    await confirmButton(page).click({ force: true })
    const { config: now } = await root.get('query ($id: ID!) { config(id: $id) { status } }', {
      id: config.id,
    })
    expect(now.status).toBe('DRAFT')
    await page.close()
  })

  test('for more than 25 proxies asks for the config’s name', async () => {
    const config = await submittedConfig(root, await newAgents(26))
    const { config: known } = await root.get('query ($id: ID!) { config(id: $id) { name } }', {
      id: config.id,
    })
    const page = await open(config.id)
    await acknowledgeAll(page)
    await approveButton(page).click()
    await page.getByRole('dialog').getByText('and 21 more').waitFor()
    expect(await reasonOf(confirmButton(page))).toBe('Type the config’s name first.')
    await page.getByLabel(`Type ${known.name} to confirm`).fill(known.name)
    await confirmButton(page).click()
    await page.getByText('Version 1 runs, approved').waitFor()
    await page.close()
  })

  test('needs no mouse', async () => {
    const config = await submittedConfig(root, await newAgents(1))
    const page = await open(config.id)
    await page.getByRole('checkbox').first().waitFor()
    const isOn = (selector: string) =>
      page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)
    const left = () => page.locator('input[type=checkbox]:not(:checked)').count()
    while ((await left()) > 0) {
      await page.keyboard.press('Tab')
      if (await isOn('input[type=checkbox]:not(:checked)')) await page.keyboard.press('Space')
    }
    await page.keyboard.press('a')
    await page.getByRole('dialog').waitFor()
    const confirm = await confirmButton(page).elementHandle()
    while (!(await confirm?.evaluate((element) => element === document.activeElement))) {
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Enter')
    await page.getByText('Version 1 runs, approved').waitFor()
    await page.close()
  })
})

describe('who may decide', () => {
  const setPolicy = (approvalPolicy: string) =>
    root.get(
      'mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { approvalPolicy } } }',
      { input: { approvalPolicy } },
    )

  test('under “same user” only the submitter: everybody else reads who that is', async () => {
    const config = await submittedConfig(root)
    const page = await open(config.id, { as: 'admin' })
    await page.getByText('Submitted by Rosa Root, who alone confirms it a second time').waitFor()
    expect(await reasonOf(approveButton(page))).toBe(
      'Somebody else submitted this, and only they can confirm it.',
    )
    await page.close()
    const reader = await open(config.id, { as: 'regular' })
    expect(await reasonOf(approveButton(reader))).toBe('Your role does not allow this.')
    await reader.close()
  })

  test('under “second person” neither submitter nor author: another administrator approves', async () => {
    await setPolicy('SECOND_PERSON')
    try {
      const config = await submittedConfig(root)
      const own = await open(config.id)
      await own.getByText('Anybody but Rosa Root may approve this').waitFor()
      expect(await reasonOf(approveButton(own))).toBe(
        'You submitted or edited this; somebody else has to approve it.',
      )
      await own.close()
      const page = await open(config.id, { as: 'admin' })
      await page.getByText('Brought by Rosa Root; you may approve it').waitFor()
      await acknowledgeAll(page)
      await approveButton(page).click()
      await confirmButton(page).click()
      await page.getByText('Version 1 runs, approved').waitFor()
      await page.close()
    } finally {
      await setPolicy('SAME_USER')
    }
  })

  test('a rejection carries its reason into the history, and the draft can be submitted from here', async () => {
    const config = await submittedConfig(root)
    const page = await open(config.id, { as: 'admin' })
    await page.getByRole('button', { name: 'Reject', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Reject', exact: true }).click()
    await dialog.getByText('Say why, for whoever submitted it.').waitFor()
    await dialog.getByLabel('Reason').fill('The partner’s contract is not signed')
    await dialog.getByRole('button', { name: 'Reject', exact: true }).click()
    const history = page.getByRole('region', { name: 'History' })
    await history.getByText('The partner’s contract is not signed').waitFor()
    await history.getByText('Config rejected').waitFor()
    await page.getByRole('button', { name: 'Submit for approval' }).click()
    await page.getByText('You submitted this; your second confirmation delivers it').waitFor()
    await page.close()
  })
})

describe('after approval', () => {
  test('a proxy that fails shows ATS’s own words, and the version before is one step away', async () => {
    const { config, agents } = await editedConfig()
    for (const agent of agents) await runOffer(agent, 'APPLIED', '')
    await approve(root, config)
    const page = await open(config.id)
    const panel = page.getByRole('region', { name: 'Rollout of version 2' })
    await panel.getByText('0 of 2 proxies in sync').waitFor()
    const [good, bad] = agents
    if (!good || !bad) throw new Error('two agents are expected')
    await runOffer(good, 'APPLIED', '')
    await panel.getByText('1 of 2 proxies in sync').waitFor()
    await runOffer(bad, 'REJECTED_BY_ATS', 'parent.config: line 3: unknown directive')
    await panel.getByText('parent.config: line 3: unknown directive').waitFor()
    await panel.getByText('1 failed').waitFor()
    expect(await panel.getByRole('link', { name: bad.hostname, exact: true }).getAttribute('href')).toBe(
      `/proxies/${bad.proxyId}`,
    )
    const logs = panel.getByRole('link', { name: `Logs of ${bad.hostname}` })
    expect(await logs.getAttribute('href')).toBe(`/proxies/${bad.proxyId}/logs`)
    await page.getByRole('button', { name: 'Restore version 1…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Restore and review' }).click()
    await page.getByText('You submitted this; your second confirmation delivers it').waitFor()
    await page.getByText('1 rule added, 1 rule removed, 1 rule changed').waitFor()
    await page.close()
  })
})

test.each([
  { theme: 'light', width: 1280 },
  { theme: 'dark', width: 768, locale: 'pt-BR' },
  { theme: 'dark', width: 390 },
] as const)('the page and its confirmation are accessible and fit: %o', async (view) => {
  const { config } = await editedConfig()
  const page = await open(config.id, view)
  await page.getByText('dest_domain=new.example').first().waitFor()
  await expectAccessible(page)
  await expectNoOverflow(page)
  for (const box of await page.getByRole('checkbox').all()) await box.check()
  await page.keyboard.press('a')
  await page.getByRole('dialog').waitFor()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await approve(root, config)
  await visit(page, `${console.url}/configs/${config.id}/review`)
  await page.getByTestId('progress').getByRole('listitem').first().waitFor()
  await expectAccessible(page)
  await expectNoOverflow(page)
  await page.close()
})

/** The agent fetches what it should run and says what became of it. */
async function runOffer(agent: TestAgent, outcome: string, message: string): Promise<void> {
  const { hash, sequence } = await agent.sync(null)
  await agent.acknowledge({ hash, sequence, outcome, message })
  if (outcome === 'APPLIED') await agent.sync(hash)
}
