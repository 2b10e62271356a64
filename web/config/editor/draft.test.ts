import { createRoot } from 'solid-js'
import { expect, test } from 'vitest'
import { defaultFailover, type Rule } from '#core/config-document'
import { createDraft, type Loaded } from './draft.ts'
import {
  type DraftContent,
  editParents,
  editRules,
  insertRules,
  isSameContent,
  moved,
  moveRules,
  newRule,
  stepRules,
} from './edits.ts'

function rule(id: string, value = `${id}.example`): Rule {
  return { id, kind: 'domain', value, action: 'direct', enabled: true, note: '', owner: '', expiresAt: null }
}
function contentOf(rules: readonly Rule[]): DraftContent {
  return {
    name: 'egress',
    description: '',
    proxyIds: ['p1', 'p2'],
    document: {
      defaultAction: 'direct',
      rules,
      parentProxies: [
        { host: 'a', port: 3128, priority: 1, enabled: true },
        { host: 'b', port: 3128, priority: 5, enabled: true },
      ],
      clientRules: [],
      routeTests: [],
      failover: defaultFailover,
    },
  }
}
const loadedOf = (...ids: string[]): Loaded => ({
  revision: 3,
  content: contentOf(ids.map((id) => rule(id))),
})
const order = (content: DraftContent) => content.document.rules.map(({ id }) => id).join('')
const words = { key: 'edit.name' } as const

function withDraft(loaded: Loaded, run: (draft: ReturnType<typeof createDraft>) => void): void {
  createRoot((dispose) => {
    run(createDraft(loaded))
    dispose()
  })
}

test('an edit makes new what it touches and shares the rest', () => {
  const before = contentOf([rule('a'), rule('b')])
  const after = editRules(new Set(['a']), { note: 'x' })(before)
  expect(after.document.rules[0]).not.toBe(before.document.rules[0])
  expect(after.document.rules[1]).toBe(before.document.rules[1])
  expect(after.document.parentProxies).toBe(before.document.parentProxies)
})

test('a block moves in its order to the place asked for', () => {
  const content = contentOf(['a', 'b', 'c', 'd', 'e'].map((id) => rule(id)))
  expect(order(moveRules(new Set(['d', 'b']), 0)(content))).toBe('bdace')
  expect(order(moveRules(new Set(['a', 'b']), 3)(content))).toBe('cdeab')
  expect(order(moveRules(new Set(['a']), 99)(content))).toBe('bcdea')
})

test('one step passes the next rule shown and the hidden ones before it; at the edge there is none', () => {
  const content = contentOf(['a', 'b', 'c', 'd', 'e'].map((id) => rule(id)))
  const rules = content.document.rules
  const step = (shown: string, ids: string, by: -1 | 1) => {
    const edit = stepRules(rules, [...shown], new Set(ids), by)
    return edit && order(edit(content))
  }
  expect(step('abcde', 'b', -1)).toBe('bacde')
  expect(step('abcde', 'b', 1)).toBe('acbde')
  expect(step('ace', 'c', 1)).toBe('abdec')
  expect(step('ace', 'e', -1)).toBe('abecd')
  expect(step('abcde', 'a', -1)).toBeUndefined()
  expect(step('abcde', 'bc', 1)).toBe('adbce')
})

test('parents keep the priorities in use, in the new order', () => {
  const after = editParents((all) => moved(all, 1, 0))(contentOf([]))
  expect(after.document.parentProxies.map(({ host, priority }) => [host, priority])).toEqual([
    ['b', 1],
    ['a', 5],
  ])
})

test('the order of the proxies and the ids of rules are no difference', () => {
  const one = contentOf([rule('a', 'x.example')])
  const other = { ...contentOf([rule('b', 'x.example')]), proxyIds: ['p2', 'p1'] }
  expect(isSameContent(one, other)).toBe(true)
  expect(isSameContent(one, { ...other, proxyIds: ['p2'] })).toBe(false)
})

test('a draft is dirty while it says something else than the server', () => {
  withDraft(loadedOf('a'), (draft) => {
    draft.change((content) => ({ ...content, name: 'x' }), words)
    expect(draft.isDirty()).toBe(true)
    draft.change((content) => ({ ...content, name: 'egress' }), words)
    expect(draft.isDirty()).toBe(false)
    draft.undo()
    draft.undo()
    expect(draft.undoable()).toBeUndefined()
    expect(draft.isDirty()).toBe(false)
  })
})

test('after a save the rules have the server’s ids, also those that undo brings back', () => {
  withDraft(loadedOf('a'), (draft) => {
    const added = newRule({ value: 'New.Example' })
    draft.change(insertRules(1, [added]), words)
    draft.change(editRules(new Set([added.id]), { note: 'later' }), words)
    const sent = draft.content()
    draft.saved(4, sent)
    expect(draft.isDirty()).toBe(false)
    draft.settled({
      revision: 4,
      content: contentOf([rule('a'), { ...added, id: 's1', value: 'new.example', note: 'later' }]),
    })
    expect(draft.isDirty()).toBe(false)
    expect(draft.document().rules[1]).toMatchObject({ id: 's1', value: 'new.example' })
    draft.undo()
    expect(draft.document().rules[1]).toMatchObject({ id: 's1', note: '' })
    expect(draft.isDirty()).toBe(true)
  })
})

test('what is typed while a save is under way stays unsaved on top of it', () => {
  withDraft(loadedOf('a', 'b'), (draft) => {
    draft.change(editRules(new Set(['a']), { note: 'sent' }), words)
    const sent = draft.content()
    draft.change(editRules(new Set(['b']), { note: 'since' }), words)
    draft.saved(4, sent)
    draft.settled({ revision: 4, content: sent })
    expect(draft.isDirty()).toBe(true)
    expect(draft.document().rules.map(({ note }) => note)).toEqual(['sent', 'since'])
  })
})
