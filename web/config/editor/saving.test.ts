import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Rule } from '#core/config-document'
import { ruleOperations } from './saving.ts'

function rule(id: string, note = ''): Rule {
  return {
    id,
    kind: 'host',
    value: `${id}.example`,
    action: 'direct',
    enabled: true,
    note,
    owner: '',
    expiresAt: null,
  }
}

/** What the server makes of operations: each refers to the list as those before it left it. */
function applied(
  before: readonly Rule[],
  operations: NonNullable<ReturnType<typeof ruleOperations>>,
): string[] {
  const list = before.map(({ id, note }) => ({ name: `${id}.example`, id, note }))
  const indexOf = (id: string) => list.findIndex((each) => each.id === id)
  for (const operation of operations) {
    if ('remove' in operation) list.splice(indexOf(operation.remove.id), 1)
    else if ('update' in operation) {
      const { value, note } = operation.update.rule
      list[indexOf(operation.update.id)] = { name: value, id: operation.update.id, note }
    } else if ('add' in operation) {
      const { rule: added, at } = operation.add
      expect(at).toBeLessThanOrEqual(list.length)
      list.splice(at, 0, { name: added.value, id: added.value, note: added.note ?? '' })
    } else {
      expect(operation.move.to).toBeLessThan(list.length)
      list.splice(operation.move.to, 0, ...list.splice(indexOf(operation.move.id), 1))
    }
  }
  return list.map(({ name, note }) => `${name} ${note}`)
}

test('operations make the new list of the old one, whatever was added, changed, moved and removed', () => {
  const ids = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 20 })
  fc.assert(
    fc.property(ids, ids, fc.infiniteStream(fc.constantFrom('', 'note')), (old, next, notes) => {
      const before = old.map((id) => rule(`r${id}`))
      const after = next.map((id) => rule(`r${id}`, notes.next().value))
      const operations = ruleOperations(before, after) ?? []
      expect(applied(before, operations)).toEqual(after.map(({ value, note }) => `${value} ${note}`))
    }),
  )
})

test('a rule that was moved far is one operation, in either direction', () => {
  const list = Array.from({ length: 1_000 }, (_, index) => rule(`r${index}`))
  const down = [...list.slice(1), ...list.slice(0, 1)]
  expect(ruleOperations(list, down)).toEqual([{ move: { id: 'r0', to: 999 } }])
  expect(ruleOperations(down, list)).toEqual([{ move: { id: 'r0', to: 0 } }])
})

test('too many changes are sent as a whole list', () => {
  const list = Array.from({ length: 1_000 }, (_, index) => rule(`r${index}`))
  expect(
    ruleOperations(
      list,
      list.map((each) => ({ ...each, note: 'x' })),
    ),
  ).toBeUndefined()
})
