/** What flow 1 refuses, with its code: nothing changes by it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newAgent, unique } from './support/calls.ts'
import {
  approve,
  approved,
  associate,
  create,
  createConfig,
  edit,
  parents,
  readConfig,
  readProxy,
  refusal,
  reject,
  restore,
  setProxies,
  submit,
  submitted,
  update,
} from './support/config-life.ts'
import { type Answer, type Data, startServer, type TestServer, type TestUser } from './support/server.ts'

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

describe('what is refused, with its code, and changes nothing', () => {
  const unchanged = async (config: Data, act: () => Promise<Answer>): Promise<Answer> => {
    const before = await readConfig(root, config.id)
    const answer = await act()
    expect(await readConfig(root, config.id)).toEqual(before)
    return answer
  }

  test.each([
    [
      'a malformed domain',
      { rules: [{ kind: 'DOMAIN', value: 'bad domain', action: 'DIRECT' }] },
      /^rules\.0\.value /,
    ],
    [
      'an address typed as a domain',
      { rules: [{ kind: 'HOST', value: '10.0.0.1', action: 'DIRECT' }] },
      /^rules\.0\.value /,
    ],
    [
      'a malformed range',
      { rules: [{ kind: 'IP_RANGE', value: '10.0.0.0/40', action: 'DIRECT' }] },
      /^rules\.0\.value /,
    ],
    [
      'a reversed range',
      { rules: [{ kind: 'IP_RANGE', value: '10.0.0.9-10.0.0.1', action: 'DIRECT' }] },
      /^rules\.0\.value /,
    ],
    [
      'a port out of range',
      { parentProxies: [{ host: 'p.example', port: 70000, priority: 1 }] },
      /^parentProxies\.0\.port /,
    ],
    [
      'a malformed parent',
      { parentProxies: [{ host: 'p q', port: 3128, priority: 1 }] },
      /^parentProxies\.0\.host /,
    ],
    [
      'a duplicate rule',
      { rules: ['x.example', 'X.EXAMPLE.'].map((value) => ({ kind: 'DOMAIN', value, action: 'DIRECT' })) },
      /^rules\.\d\S* DUPLICATE_RULE$/,
    ],
    [
      'a duplicate priority',
      {
        parentProxies: [
          { host: 'p', port: 1, priority: 1 },
          { host: 'q', port: 1, priority: 1 },
        ],
      },
      /^parentProxies\.\d\S* DUPLICATE_PRIORITY$/,
    ],
    [
      'a malformed client range',
      { clientRules: [{ range: 'everyone', action: 'ALLOW' }] },
      /^clientRules\.0\.range /,
    ],
    ['a failover out of range', { failover: { failThreshold: 0 } }, /^failover\.failThreshold /],
    ['an empty name', { name: '  ' }, /^name NAME_EMPTY$/],
  ])('%s: BAD_USER_INPUT naming field and rule', async (_what, input, expected) => {
    const answer = await root.send(create, {
      input: { name: unique('bad'), defaultAction: 'DIRECT', ...input },
    })
    expect(answer.errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
    expect(refusal(answer).problems?.[0]).toMatch(expected)
    expect(answer.errors[0]?.message).toMatch(/\S+: .+\.$/s)
    const config = await createConfig(root)
    const onUpdate = await unchanged(config, () =>
      root.send(update, { input: { id: config.id, revision: config.revision, ...input } }),
    )
    expect(refusal(onUpdate)).toEqual(refusal(answer))
  })

  test('an unknown field', async () => {
    const answer = await root.send(create, { input: { name: 'x', defaultAction: 'DIRECT', colour: 'red' } })
    expect(answer.errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
    expect(answer.errors[0]?.message).toContain('colour')
  })

  test('a parent rule with no enabled parent can be drafted but not submitted', async () => {
    const config = await createConfig(root, {
      defaultAction: 'DIRECT',
      rules: [{ kind: 'DOMAIN', value: 'x.example', action: 'PARENT' }],
      parentProxies: [{ ...parents[0], enabled: false }],
    })
    const answer = await unchanged(config, () => root.send(submit, { input: { id: config.id, revision: 1 } }))
    expect(refusal(answer)).toMatchObject({
      code: 'BAD_USER_INPUT',
      problems: [expect.stringMatching(/^rules\.0\S* NO_ENABLED_PARENT$/)],
    })
  })

  test('a stale revision', async () => {
    const config = await createConfig(root)
    await associate(root, config, [])
    for (const [query, extra] of [
      [update, { id: config.id }],
      [edit, { id: config.id, operations: [] }],
      [setProxies, { configId: config.id, proxyIds: [] }],
      [submit, { id: config.id }],
    ] as const) {
      const answer = await unchanged(config, () => root.send(query, { input: { revision: 1, ...extra } }))
      expect(refusal(answer)).toEqual({ code: 'CONFLICT', problems: ['revision STALE_REVISION'] })
    }
  })

  test('two editors at once: one wins, the other is told', async () => {
    const config = await createConfig(root)
    const rename = (description: string) =>
      root.send(update, { input: { id: config.id, revision: 1, description } })
    const answers = await Promise.all([rename('one'), rename('two'), rename('three')])
    const codes = answers.map((answer) => answer.errors[0]?.extensions.code ?? 'ok').sort()
    expect(codes).toEqual(['CONFLICT', 'CONFLICT', 'ok'])
    expect((await readConfig(root, config.id)).revision).toBe(2)
  })

  test('approving other content than the one shown', async () => {
    const pending = await submitted(root, await createConfig(root))
    const input = { id: pending.id, revision: pending.revision, configHash: 'f'.repeat(64) }
    const answer = await unchanged(pending, () => root.send(approve, { input }))
    expect(refusal(answer)).toEqual({ code: 'CONFLICT', problems: ['configHash OTHER_CONTENT'] })
  })

  test('approving after a setting changed what would be delivered', async () => {
    const pending = await submitted(root, await createConfig(root))
    const settings =
      'mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { outboundExceptions } } }'
    await root.get(settings, { input: { outboundExceptions: ['127.0.0.0/8'] } })
    const { id, revision, configHash } = pending
    const answer = await unchanged(pending, () => root.send(approve, { input: { id, revision, configHash } }))
    await root.get(settings, { input: { outboundExceptions: [] } })
    expect(refusal(answer)).toEqual({ code: 'CONFLICT', problems: ['configHash OTHER_CONTENT'] })
  })

  test('somebody else’s submission under SAME_USER', async () => {
    const pending = await submitted(root, await createConfig(root))
    const other = await server.user('admin')
    const { id, revision, configHash } = pending
    const answer = await unchanged(pending, () =>
      other.send(approve, { input: { id, revision, configHash } }),
    )
    expect(refusal(answer)).toMatchObject({ code: 'FORBIDDEN', problems: ['status OTHERS_SUBMISSION'] })
  })

  test('one’s own submission, or edit, under SECOND_PERSON', async () => {
    const settings =
      'mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { approvalPolicy } } }'
    const [author, submitter, reviewer] = [
      await server.user('admin'),
      await server.user('admin'),
      await server.user('admin'),
    ]
    await root.get(settings, { input: { approvalPolicy: 'SECOND_PERSON' } })
    try {
      const pending = await submitted(submitter, await createConfig(author))
      const { id, revision, configHash } = pending
      for (const person of [author, submitter]) {
        const answer = await unchanged(pending, () =>
          person.send(approve, { input: { id, revision, configHash } }),
        )
        expect(refusal(answer)).toMatchObject({ code: 'FORBIDDEN', problems: ['status OWN_SUBMISSION'] })
      }
      expect((await approved(reviewer, pending)).status).toBe('ACTIVE')
    } finally {
      await root.get(settings, { input: { approvalPolicy: 'SAME_USER' } })
    }
  })

  test('a wrong state', async () => {
    const draft = await createConfig(root)
    const { id, revision } = draft
    const early = await unchanged(draft, () =>
      root.send(approve, { input: { id, revision, configHash: 'x' } }),
    )
    expect(refusal(early)).toEqual({ code: 'CONFLICT', problems: ['status NOT_PENDING'] })
    const unasked = await unchanged(draft, () => root.send(reject, { input: { id, revision, reason: 'no' } }))
    expect(refusal(unasked)).toEqual({ code: 'CONFLICT', problems: ['status NOT_PENDING'] })
    const pending = await submitted(root, draft)
    const twice = await unchanged(pending, () => root.send(submit, { input: { id, revision } }))
    expect(refusal(twice)).toEqual({ code: 'CONFLICT', problems: ['status NOT_DRAFT'] })
  })

  test('two confirmations at once make one version', async () => {
    const { id, revision, configHash } = await submitted(root, await createConfig(root))
    const confirm = () => root.send(approve, { input: { id, revision, configHash } })
    const answers = await Promise.all([confirm(), confirm(), confirm()])
    expect(answers.filter((answer) => answer.errors.length === 0)).toHaveLength(1)
    for (const { errors } of answers.filter((answer) => answer.errors.length > 0)) {
      expect(errors[0]?.extensions.code).toBe('CONFLICT')
    }
    expect((await readConfig(root, id)).activeVersion.number).toBe(1)
  })

  test('a proxy taken over meanwhile', async () => {
    const agent = await newAgent({ server, root })
    const mine = await submitted(root, await associate(root, await createConfig(root), [agent]))
    const theirs = await approved(
      root,
      await submitted(root, await associate(root, await createConfig(root), [agent])),
    )
    const { id, revision, configHash } = mine
    const answer = await unchanged(mine, () => root.send(approve, { input: { id, revision, configHash } }))
    expect(refusal(answer)).toEqual({ code: 'CONFLICT', problems: ['proxies PROXY_TAKEN_OVER'] })
    expect(answer.errors[0]?.message).toContain(agent.hostname)
    expect((await readProxy(root, agent)).config.id).toBe(theirs.id)
    const taken = 'query ($id: ID!) { config(id: $id) { takenProxyCount } }'
    expect((await root.get(taken, { id: mine.id })).config.takenProxyCount).toBe(1)
    expect((await root.get(taken, { id: theirs.id })).config.takenProxyCount).toBe(0)
  })

  test('two approvals that want one proxy at the same moment: one gets it, the other is told', async () => {
    const agent = await newAgent({ server, root })
    const pendings = await Promise.all(
      [1, 2].map(async () => submitted(root, await associate(root, await createConfig(root), [agent]))),
    )
    const answers = await Promise.all(
      pendings.map(({ id, revision, configHash }) =>
        root.send(approve, { input: { id, revision, configHash } }),
      ),
    )
    const codes = answers.map((answer) => answer.errors[0]?.extensions.code ?? 'ok').sort()
    expect(codes).toEqual(['CONFLICT', 'ok'])
  })

  test('a retired proxy can’t be named, submitted or approved', async () => {
    const agent = await newAgent({ server, root })
    const draft = await associate(root, await createConfig(root), [agent])
    const pending = await submitted(root, await associate(root, await createConfig(root), [agent]))
    await root.get(
      'mutation ($input: RetireProxyInput!) { retireProxy(input: $input) { proxy { status } } }',
      {
        input: { id: agent.proxyId },
      },
    )
    const named = await root.send(setProxies, {
      input: { configId: draft.id, revision: draft.revision, proxyIds: [agent.proxyId] },
    })
    expect(refusal(named)).toEqual({ code: 'BAD_USER_INPUT', problems: ['proxyIds.0 NO_SUCH_PROXY'] })
    const again = await root.send(submit, { input: { id: draft.id, revision: draft.revision } })
    expect(refusal(again)).toEqual({ code: 'BAD_USER_INPUT', problems: ['proxies PROXY_RETIRED'] })
    const { id, revision, configHash } = pending
    const late = await unchanged(pending, () => root.send(approve, { input: { id, revision, configHash } }))
    expect(refusal(late)).toEqual({ code: 'CONFLICT', problems: ['proxies PROXY_TAKEN_OVER'] })
    const sync = await agent
      .client()
      .send('mutation ($input: SyncInput!) { sync(input: $input) { upToDate } }', {
        input: { hostname: agent.hostname, agentVersion: 'test' },
      })
    expect([sync.status, refusal(sync).code]).toEqual([401, 'UNAUTHENTICATED'])
  })

  test('unknown ids', async () => {
    const nobody = '00000000-0000-4000-8000-000000000000'
    for (const id of [nobody, 'nonsense', "'; drop table configs; --"]) {
      for (const [query, variables] of [
        ['query ($id: ID!) { config(id: $id) { id } }', { id }],
        ['query ($id: ID!) { proxy(id: $id) { id } }', { id }],
        [update, { input: { id, revision: 1 } }],
        [submit, { input: { id, revision: 1 } }],
        [approve, { input: { id, revision: 1, configHash: 'x' } }],
        [restore, { input: { versionId: id, revision: 1 } }],
      ] as const) {
        expect(refusal(await root.send(query, variables)).code).toBe('NOT_FOUND')
      }
    }
  })

  test('a name that is taken, whatever its case', async () => {
    const config = await createConfig(root)
    const answer = await root.send(create, {
      input: { name: config.name.toUpperCase(), defaultAction: 'DIRECT' },
    })
    expect(refusal(answer)).toEqual({ code: 'CONFLICT', problems: ['name NAME_TAKEN'] })
  })

  test('an oversized body', async () => {
    const note = 'x'.repeat(5 * 1024 * 1024)
    const answer = await root.send(create, {
      input: { name: 'big', description: note, defaultAction: 'DIRECT' },
    })
    expect(answer.status).toBe(413)
    expect(refusal(answer)).toEqual({ code: 'BAD_USER_INPUT', problems: ['body BODY_TOO_LARGE'] })
    expect(answer.errors[0]?.message).toContain(String(4 * 1024 * 1024))
  })

  test('a page size or cursor that is not one', async () => {
    const list =
      'query ($first: Int!, $after: String) { configs(first: $first, after: $after) { totalCount } }'
    for (const first of [0, -1, 101])
      expect(refusal(await root.send(list, { first })).problems).toEqual(['first OUT_OF_RANGE'])
    expect(refusal(await root.send(list, { first: 1, after: 'bogus' })).problems).toEqual([
      'after CURSOR_MALFORMED',
    ])
  })
})
