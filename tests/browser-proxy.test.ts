/** A proxy's page, and how the first proxies of a fleet come to be seen. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentHash } from '../server/core/config-files.ts'
import { enrol, enrolmentToken } from './support/agents.ts'
import { approvedConfig } from './support/calls.ts'
import { ask, type Console, expectAccessible, openConsole } from './support/console.ts'
import { rowOf } from './support/fleet-page.ts'

describe('a proxy that is not in sync', () => {
  let console: Console
  beforeAll(async () => {
    console = await openConsole()
  })
  afterAll(() => console?.close())

  test('shows a failed proxy with ATS’s own words and the ways on', async () => {
    const { proxies } = await ask(
      console,
      '{ proxies(first: 1, status: FAILED) { edges { node { id attempted { message } config { id } } } } }',
    )
    const proxy = proxies.edges[0].node
    const page = await console.page({ path: `/proxies/${proxy.id}` })
    await page.getByText(proxy.attempted.message).first().waitFor()
    for (const heading of ['Should run', 'Tried last', 'Runs']) {
      await page.getByRole('region', { name: heading }).getByText('Hash').waitFor()
    }
    expect(await page.getByRole('link', { name: 'Restore an earlier version' }).getAttribute('href')).toBe(
      `/configs/${proxy.config.id}/versions`,
    )
    await page.getByRole('button', { name: 'Try again now' }).click()
    await page.getByText('tries it again now.').waitFor()
    await page.getByText('The last attempt failed.').waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Events' }).click()
    await page.getByText('Proxy asked to try again').waitFor()
    await page.close()
  })

  test('of one that drifted the approved files are put back, and that is what is said', async () => {
    const { proxies } = await ask(
      console,
      '{ proxies(first: 1, status: DRIFTED) { edges { node { id hostname } } } }',
    )
    const { id, hostname } = proxies.edges[0].node
    const page = await console.page({ path: `/proxies/${id}` })
    await page.getByRole('button', { name: 'Put the approved files back' }).click()
    await page.getByText(`${hostname} puts the approved files back now.`).waitFor()
    await page.close()
  })
})

describe('a fleet of none', () => {
  let console: Console
  beforeAll(async () => {
    console = await openConsole({ seed: null })
  })
  afterAll(() => console?.close())

  test('teaches how to begin, waits in sight, and goes on by itself when the first proxy arrives', async () => {
    const page = await console.page({ path: '/proxies' })
    await page.getByRole('heading', { name: 'No proxies yet: add the first one', exact: true }).waitFor()
    await page.getByLabel('Name of the token').fill('first host')
    await page.getByRole('button', { name: 'Create command' }).click()
    const command = await page.getByRole('region', { name: 'Enrolment command' }).locator('pre').textContent()
    await page.getByText('Waiting for the proxy to appear…').waitFor()
    const token = /--token (\S+)/.exec(command ?? '')?.[1] ?? ''

    await enrol(console.server, token, 'edge-1.example')
    await page.getByText('1 proxy has arrived.').waitFor()
    await rowOf(page, 'edge-1.example').waitFor()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByText(token).waitFor({ state: 'detached' })
    await expectAccessible(page)
    await page.close()
  })

  test('shows files that are nobody’s version as its agent reported them', async () => {
    const root = await console.api()
    const agent = await enrol(console.server, await enrolmentToken(root), 'edge-3.example')
    const files = ['parent.config', 'sni.yaml', 'ip_allow.yaml'].map((name) => ({
      name,
      content: `# ${name} by hand\n`,
    }))
    if (files[0]) files[0].content += 'dest_domain=. parent="10.0.0.9:3128" go_direct=false\n'
    const hash = contentHash(files, [])
    await agent.sync(hash)
    await agent
      .client()
      .get('mutation ($input: ReportFilesInput!) { reportFiles(input: $input) { serverTime } }', {
        input: { hash, files, records: [] },
      })
    await agent
      .client()
      .get('mutation ($input: ReportHostInput!) { reportHost(input: $input) { serverTime } }', {
        input: {
          problems: [
            {
              what: 'record',
              says: 'proxy.config.url_remap.remap_required is “1”: ATS refuses every request that no remap rule names.',
              remedy: 'Set it in records.config, for example to 0, and reload or restart ATS.',
            },
          ],
        },
      })
    const page = await console.page({ path: `/proxies/${agent.proxyId}` })
    await page.getByRole('region', { name: 'What stands in the way' }).getByText('remap_required').waitFor()
    const runs = page.getByRole('region', { name: 'Runs' })
    await runs.getByText('No config is assigned to it; it keeps what it has.').waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Files', exact: true }).click()
    await page.getByText('# parent.config by hand').waitFor()
    await page.getByText('the agent sent them as they lie there').waitFor()
    await page.getByRole('link', { name: 'Import as draft' }).click()
    await page.getByText('The files as they were found on edge-3.example.').waitFor()
    await page.getByRole('button', { name: 'Create draft' }).click()
    await page.getByRole('heading', { name: 'edge-3.example', exact: true }).waitFor()
    await page.close()
  })

  test('shows a parent that is down, since when and in ATS’s words', async () => {
    const root = await console.api()
    const agent = await enrol(console.server, await enrolmentToken(root), 'edge-4.example')
    await agent.sync(null)
    await approvedConfig(root, [agent])
    const { hash, sequence } = await agent.sync(null)
    await agent.acknowledge({ hash, sequence, outcome: 'APPLIED', message: '' })
    const reason = 'Failure threshold met failcount:2 >= threshold:2'
    const down = { host: '10.96.215.26', port: 3128, kind: 'DOWN', at: new Date().toISOString(), reason }
    await agent.reportParents([down])
    const page = await console.page({ path: `/proxies/${agent.proxyId}` })
    const parents = page.getByRole('region', { name: 'Parents' })
    await parents.getByText(reason).waitFor()
    await parents.getByText('Down', { exact: true }).first().waitFor()
    await parents.getByText('tried again after 300 s').waitFor()
    await expectAccessible(page)
    await agent.reportParents([{ ...down, kind: 'RESTORED', at: new Date().toISOString() }])
    await parents.getByText('Back', { exact: true }).waitFor()
    await parents.getByText('Up', { exact: true }).waitFor()
    await page.close()
  })

  test('shows that an agent has fallen silent, by colour and in words', async () => {
    const agent = await enrol(console.server, await enrolmentToken(await console.api()), 'edge-2.example')
    await agent.sync(null)
    const page = await console.page({ path: '/proxies' })
    const row = rowOf(page, 'edge-2.example')
    await row.getByText('Unassigned').waitFor()
    expect(await row.getByText('silent').count()).toBe(0)
    // The instant itself, here and in UTC.
    expect(await row.locator('time').first().getAttribute('title')).toMatch(/ · .+ UTC$/)
    // In steps that a session survives; the page hears the server's time with each beacon.
    for (let step = 0; step < 2; step += 1) {
      console.advance(60)
      const beacon = page.waitForResponse(
        (response) => response.request().postData()?.includes('Beacon') ?? false,
      )
      await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
      await beacon
    }
    await row.getByText('Unknown').waitFor({ timeout: 40_000 })
    await row.getByText('silent', { exact: false }).first().waitFor()
    await page.close()
  })
})
