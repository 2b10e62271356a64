/** How the rules of two states of a config differ, as the API pages through it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { approve, changeConfig, newConfig } from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'

let server: TestServer
let root: TestUser
let config: Data
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
  const values = Array.from({ length: 120 }, (_, index) => `d${index}.example`)
  const rules = values.map((value) => ({ kind: 'DOMAIN', value, action: 'DIRECT' }))
  config = await newConfig(root, { rules, routeTests: [] })
  const { id, revision } = config
  await approve(root, await changeConfig(root, 'submitConfig', { id, revision }))
  const [first, second, ...others] = (
    await root.get('query ($id: ID!) { config(id: $id) { rules { id } } }', { id })
  ).config.rules
  await changeConfig(root, 'editRules', {
    ...{ id, revision: (await state()).revision },
    operations: [
      { remove: { id: first.id } },
      {
        update: {
          id: second.id,
          rule: { kind: 'DOMAIN', value: 'd1.example', action: 'DIRECT', note: 'why' },
        },
      },
      { add: { rule: { kind: 'DOMAIN', value: 'new.example', action: 'PARENT' } } },
      { move: { id: others.at(-1).id, to: 0 } },
    ],
  })
})
afterAll(() => server.close())

const state = async (): Promise<Data> =>
  (
    await root.get('query ($id: ID!) { config(id: $id) { revision activeVersion { id } } }', {
      id: config.id,
    })
  ).config
const query = `query ($id: ID!, $from: ID!, $to: ID, $offset: Int, $first: Int) { config(id: $id) {
  ruleChanges(from: $from, to: $to, offset: $offset, first: $first) {
    removedCount addedCount changedCount movedCount
    changes { kind row fromRow before { value note } after { value note } } } } }`
const ask = (variables: Record<string, unknown>) =>
  root.send(query, { id: config.id, to: 'working', ...variables })

test('what went, came, was edited and moved is counted and told with both states', async () => {
  const from = (await state()).activeVersion.id
  const { ruleChanges } = (await ask({ from })).data.config
  expect(ruleChanges).toMatchObject({ removedCount: 1, addedCount: 1, changedCount: 1, movedCount: 1 })
  const values = ruleChanges.changes.map(({ kind, before, after }: Data) => [
    kind,
    before?.value,
    after?.value,
  ])
  expect(values).toEqual([
    ['REMOVED', 'd0.example', undefined],
    ['ADDED', undefined, 'new.example'],
    ['CHANGED', 'd1.example', 'd1.example'],
    ['MOVED', 'd119.example', 'd119.example'],
  ])
  expect(ruleChanges.changes[3]).toMatchObject({ row: 1, fromRow: 120 })
  expect(ruleChanges.changes[2]).toMatchObject({ before: { note: '' }, after: { note: 'why' } })
  const same = (await ask({ from, to: from })).data.config.ruleChanges
  expect(same).toMatchObject({ removedCount: 0, addedCount: 0, changedCount: 0, movedCount: 0, changes: [] })
})

test('against nothing every rule is new, and the pages together are all of them, once', async () => {
  const seen: string[] = []
  for (let offset = 0; ; offset += 50) {
    const { addedCount, changes } = (await ask({ from: 'none', offset })).data.config.ruleChanges
    expect(addedCount).toBe(120)
    if (changes.length === 0) break
    seen.push(...changes.map(({ after }: Data) => after.value))
  }
  expect(seen).toHaveLength(120)
  expect(new Set(seen).size).toBe(120)
})

test('a version of another config, and a page that can’t be, are refused by name', async () => {
  const other = await newConfig(root)
  await approve(root, await changeConfig(root, 'submitConfig', { id: other.id, revision: other.revision }))
  const { activeVersion } = (
    await root.get('query ($id: ID!) { config(id: $id) { activeVersion { id } } }', { id: other.id })
  ).config
  const codeOf = async (variables: Record<string, unknown>) => (await ask(variables)).errors[0]?.extensions
  expect(await codeOf({ from: activeVersion.id })).toMatchObject({ code: 'NOT_FOUND' })
  for (const [path, variables] of [
    ['offset', { from: 'none', offset: -1 }],
    ['first', { from: 'none', first: 101 }],
    ['to', { from: 'none', to: 'none' }],
  ] as const) {
    expect(await codeOf(variables)).toMatchObject({ code: 'BAD_USER_INPUT', problems: [{ path }] })
  }
})
