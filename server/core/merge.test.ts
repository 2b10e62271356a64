import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ConfigDocument, defaultFailover, type ParentProxy, type Rule } from './config-document.ts'
import {
  type EditedContent,
  mergeContent,
  mergeDocuments,
  resolveConflicts,
  resolveContent,
} from './merge.ts'

function rule(id: string, more: Partial<Rule> = {}): Rule {
  return {
    id,
    kind: 'host',
    value: `${id}.example`,
    action: 'direct',
    enabled: true,
    note: '',
    owner: '',
    expiresAt: null,
    ...more,
  }
}

function parent(host: string, priority: number, enabled = true): ParentProxy {
  return { host, port: 3128, priority, enabled }
}

const base: ConfigDocument = {
  defaultAction: 'direct',
  rules: [rule('a'), rule('b'), rule('c'), rule('d')],
  parentProxies: [parent('p.example', 1), parent('q.example', 2)],
  clientRules: [{ range: '10.0.0.0/8', action: 'allow' }],
  failover: defaultFailover,
  routeTests: [],
}

function withRules(...rules: Rule[]): ConfigDocument {
  return { ...base, rules }
}

const [a, b, c, d] = [rule('a'), rule('b'), rule('c'), rule('d')]
const idsOf = ({ rules }: ConfigDocument) => rules.map(({ id }) => id).join(' ')
const all = (choice: 'mine' | 'theirs', count: number) =>
  new Map(Array.from({ length: count }, (_, index) => [index, choice] as const))

/** A few ids and values, so that two sides often mean the same; ids are distinct, as in every document. */
const anyRules = fc.uniqueArray(
  fc.record<Rule>({
    id: fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8'),
    kind: fc.constantFrom('host', 'domain'),
    value: fc.constantFrom('a.example', 'b.example', 'c.example', 'd.example', 'e.example', 'f.example'),
    action: fc.constantFrom('direct', 'parent'),
    enabled: fc.boolean(),
    note: fc.constantFrom('', 'x', 'y'),
    owner: fc.constantFrom('', 'x', 'y'),
    expiresAt: fc.constantFrom(null, '2030-01-01T00:00:00.000Z', '2031-01-01T00:00:00.000Z'),
  }),
  { selector: ({ id }) => id },
)
const anyParents = fc
  .uniqueArray(
    fc.record({
      host: fc.constantFrom('p.example', 'q.example', 'r.example', 's.example'),
      enabled: fc.boolean(),
    }),
    {
      selector: ({ host }) => host,
    },
  )
  .map((list) => list.map(({ host, enabled }, index) => parent(host, index + 1, enabled)))
const anyDocument: fc.Arbitrary<ConfigDocument> = fc.record({
  defaultAction: fc.constantFrom('direct', 'parent'),
  rules: anyRules,
  parentProxies: anyParents,
  clientRules: fc.constantFrom(
    [],
    [{ range: '10.0.0.0/8', action: 'allow' as const }],
    [{ range: '::1', action: 'deny' as const }],
  ),
  failover: fc.record({
    selection: fc.constantFrom('primary_first', 'round_robin', 'sticky'),
    failThreshold: fc.integer({ min: 1, max: 3 }),
    retrySeconds: fc.integer({ min: 1, max: 3 }),
    connectTimeoutSeconds: fc.integer({ min: 1, max: 3 }),
    directWhenAllDown: fc.boolean(),
  }),
  routeTests: fc.constantFrom([], [routeTest('a.example')], [routeTest('a.example'), routeTest('b.example')]),
})

function routeTest(target: string): ConfigDocument['routeTests'][number] {
  return { target, method: 'GET', clientAddress: null, resolvedAddress: null, expect: 'direct', note: '' }
}

test('where one side changed nothing, the result is the other side', { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(anyDocument, anyDocument, (before, after) => {
      expect(meaningOf(mergeDocuments(before, before, after))).toEqual(
        meaningOf({ merged: after, conflicts: [] }),
      )
      expect(meaningOf(mergeDocuments(before, after, before))).toEqual(
        meaningOf({ merged: after, conflicts: [] }),
      )
      expect(mergeDocuments(before, before, after).merged).toEqual(after)
    }),
  )
})

test('where both made the same of it, that is the result', { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(anyDocument, anyDocument, (before, after) => {
      expect(mergeDocuments(before, after, after)).toEqual({ merged: after, conflicts: [] })
    }),
  )
})

/** Without ids: a rule that was typed anew under another id is the same rule. */
function meaningOf({ merged, conflicts }: { merged: ConfigDocument; conflicts: readonly unknown[] }) {
  return { merged: { ...merged, rules: merged.rules.map(({ id: _, ...each }) => each) }, conflicts }
}

test('whatever two sides do, ids stay distinct, nothing that either added is lost, and each rule is what a side made of it', {
  timeout: 30_000,
}, () => {
  fc.assert(
    fc.property(anyDocument, anyDocument, anyDocument, (before, mine, theirs) => {
      const { merged } = mergeDocuments(before, mine, theirs)
      expect(new Set(merged.rules.map(({ id }) => id)).size).toBe(merged.rules.length)
      const meanings = new Set(merged.rules.map(({ kind, value }) => `${kind} ${value}`))
      const known = new Set(before.rules.flatMap(({ id, kind, value }) => [id, `${kind} ${value}`]))
      for (const added of [...mine.rules, ...theirs.rules]) {
        const meaning = `${added.kind} ${added.value}`
        if (known.has(added.id) || known.has(meaning)) continue
        const isSharedId =
          mine.rules.some(({ id }) => id === added.id) && theirs.rules.some(({ id }) => id === added.id)
        if (!isSharedId) expect(meanings).toContain(meaning)
      }
      const addresses = merged.parentProxies.map(({ host }) => host)
      for (const { host } of [...mine.parentProxies, ...theirs.parentProxies]) {
        const wasThere = before.parentProxies.some((each) => each.host === host)
        if (
          !wasThere &&
          mine.parentProxies.some((each) => each.host === host) &&
          theirs.parentProxies.some((each) => each.host === host)
        ) {
          expect(addresses).toContain(host)
        }
      }
    }),
  )
})

test('deciding everything for one side gives that side’s value in every conflict', {
  timeout: 30_000,
}, () => {
  fc.assert(
    fc.property(anyDocument, anyDocument, anyDocument, (before, mine, theirs) => {
      const { merged, conflicts } = mergeDocuments(before, mine, theirs)
      expect(resolveConflicts(merged, conflicts, all('mine', conflicts.length))).toEqual(merged)
      const resolved = resolveConflicts(merged, conflicts, all('theirs', conflicts.length))
      for (const conflict of conflicts) {
        if (conflict.kind === 'rule') {
          const found = resolved.rules.find(({ id }) => id === conflict.ruleId)
          const field = conflict.field
          if (conflict.theirs === null) expect(found).toBeUndefined()
          else if (field === null) expect(resolved.rules).toContainEqual(conflict.theirs)
          else expect(found?.[field]).toBe(conflict.theirs[field])
        }
        if (conflict.kind === 'failover') expect(resolved.failover[conflict.field]).toBe(conflict.theirs)
        if (conflict.kind === 'clients') expect(resolved.clientRules).toEqual(conflict.theirs)
        if (conflict.kind === 'default') expect(resolved.defaultAction).toBe(conflict.theirs)
      }
      expect(new Set(resolved.parentProxies.map(({ priority }) => priority)).size).toBe(
        resolved.parentProxies.length,
      )
    }),
  )
})

test('different fields of one rule are both taken', () => {
  const mine = withRules(a, rule('b', { note: 'mine' }), c, d)
  const theirs = withRules(a, rule('b', { owner: 'theirs' }), c, d)
  expect(mergeDocuments(base, mine, theirs)).toEqual({
    merged: withRules(a, rule('b', { note: 'mine', owner: 'theirs' }), c, d),
    conflicts: [],
  })
})

test('the same field changed differently is a conflict; mine stands until somebody decides', () => {
  const mine = withRules(a, rule('b', { note: 'mine' }), c, d)
  const theirs = withRules(a, rule('b', { note: 'theirs', action: 'parent' }), c, d)
  const { merged, conflicts } = mergeDocuments(base, mine, theirs)
  expect(merged.rules[1]).toEqual(rule('b', { note: 'mine', action: 'parent' }))
  expect(conflicts).toEqual([
    {
      kind: 'rule',
      ruleId: 'b',
      field: 'note',
      after: 'a',
      base: b,
      mine: mine.rules[1],
      theirs: theirs.rules[1],
    },
  ])
  expect(resolveConflicts(merged, conflicts, new Map([[0, 'theirs']]))).toEqual(theirs)
})

test('an id that the two use for different rules names neither twice', () => {
  const mine = withRules(rule('x', { value: 'a.example', note: 'mine' }), c, d)
  const theirs = withRules(rule('x', { value: 'b.example', note: 'theirs' }), c, d)
  const { merged, conflicts } = mergeDocuments(base, mine, theirs)
  expect(merged.rules.map(({ value }) => value)).toEqual(['a.example', 'c.example', 'd.example'])
  expect(new Set(conflicts.map((conflict) => conflict.kind === 'rule' && conflict.ruleId)).size).toBe(2)
  const both = resolveConflicts(
    merged,
    conflicts,
    new Map([[conflicts.findIndex((each) => each.mine === null), 'theirs']]),
  )
  expect(new Set(both.rules.map(({ id }) => id)).size).toBe(4)
  const onlyTheirs = resolveConflicts(merged, conflicts, all('theirs', 2))
  expect(onlyTheirs.rules).toEqual(theirs.rules)
})

test('kind and value are one thing', () => {
  const mine = withRules(rule('a', { kind: 'domain' }), b, c, d)
  const theirs = withRules(rule('a', { value: 'other.example' }), b, c, d)
  const { merged, conflicts } = mergeDocuments(base, mine, theirs)
  expect(merged.rules[0]).toEqual(rule('a', { kind: 'domain' }))
  expect(conflicts).toMatchObject([{ kind: 'rule', field: 'value' }])
  expect(resolveConflicts(merged, conflicts, all('theirs', 1)).rules[0]).toEqual(
    rule('a', { value: 'other.example' }),
  )
})

test('a rule that one removed and nobody else touched is gone, wherever the other moved it', () => {
  expect(idsOf(mergeDocuments(base, withRules(a, c, d), withRules(b, a, c, d)).merged)).toBe('a c d')
  expect(idsOf(mergeDocuments(base, withRules(b, a, c, d), withRules(a, c, d)).merged)).toBe('a c d')
})

test('changed by me and removed by them: it stays, unless theirs is chosen', () => {
  const mine = withRules(a, rule('b', { note: 'mine' }), c, d)
  const { merged, conflicts } = mergeDocuments(base, mine, withRules(a, c, d))
  expect(merged).toEqual(mine)
  expect(conflicts).toMatchObject([{ kind: 'rule', ruleId: 'b', field: null, theirs: null }])
  expect(idsOf(resolveConflicts(merged, conflicts, all('theirs', 1)))).toBe('a c d')
})

test('removed by me and changed by them: it stays away, unless theirs is chosen, which puts it where they have it', () => {
  const theirs = withRules(a, rule('b', { note: 'x' }), rule('c', { note: 'y' }), d)
  const { merged, conflicts } = mergeDocuments(base, withRules(a, d), theirs)
  expect(idsOf(merged)).toBe('a d')
  expect(conflicts).toMatchObject([
    { ruleId: 'b', field: null, mine: null, after: 'a' },
    { ruleId: 'c', field: null, mine: null, after: 'a' },
  ])
  expect(resolveConflicts(merged, conflicts, all('theirs', 2))).toEqual(theirs)
  expect(idsOf(resolveConflicts(merged, conflicts, new Map([[1, 'theirs']])))).toBe('a c d')
})

test('both orders hold: theirs, and my moves and additions after what I put them after', () => {
  const added = rule('x')
  const alsoAdded = rule('y')
  expect(idsOf(mergeDocuments(base, withRules(d, a, b, c), withRules(a, b, alsoAdded, c, d)).merged)).toBe(
    'd a b y c',
  )
  expect(
    idsOf(mergeDocuments(base, withRules(a, b, c, d, added), withRules(a, b, c, d, alsoAdded)).merged),
  ).toBe('a b c d x y')
  expect(idsOf(mergeDocuments(base, withRules(added, a, b, c, d), withRules(c, a, b, d)).merged)).toBe(
    'x c a b d',
  )
  expect(idsOf(mergeDocuments(base, withRules(a, c, b, d), withRules(d, a, b, c)).merged)).toBe('d a c b')
})

test('a rule that both added is one rule, and a conflict where they differ', () => {
  const mine = withRules(a, b, c, d, rule('m', { value: 'new.example', note: 'mine' }))
  const theirs = withRules(rule('t', { value: 'NEW.example.', action: 'parent', note: 'mine' }), a, b, c, d)
  const { merged, conflicts } = mergeDocuments(base, mine, theirs)
  expect(idsOf(merged)).toBe('t a b c d')
  expect(conflicts).toMatchObject([{ kind: 'rule', ruleId: 't', field: 'action', base: null }])
  expect(merged.rules[0]).toEqual(rule('t', { value: 'new.example', note: 'mine' }))
  expect(resolveConflicts(merged, conflicts, all('theirs', 1)).rules[0]?.action).toBe('parent')
})

test('a spelling is no change', () => {
  const mine = withRules(rule('a', { value: 'A.EXAMPLE' }), b, c, d)
  const theirs = withRules(rule('a', { value: 'other.example' }), b, c, d)
  expect(mergeDocuments(base, mine, theirs)).toEqual({ merged: theirs, conflicts: [] })
})

test('parents: both additions, their order with my moves on top, an address changed in its place', () => {
  const mine = {
    ...base,
    parentProxies: [parent('q.example', 1), parent('p.example', 2), parent('mine.example', 3)],
  }
  const theirs = {
    ...base,
    parentProxies: [parent('p.example', 1), parent('q.example', 2, false), parent('theirs.example', 3)],
  }
  const { merged, conflicts } = mergeDocuments(base, mine, theirs)
  expect(conflicts).toEqual([])
  expect(merged.parentProxies).toEqual([
    parent('q.example', 1, false),
    parent('p.example', 2),
    parent('mine.example', 3),
    parent('theirs.example', 4),
  ])
})

test('one parent’s address changed by both is a conflict', () => {
  const mine = { ...base, parentProxies: [parent('mine.example', 1), parent('q.example', 2)] }
  const theirs = { ...base, parentProxies: [parent('theirs.example', 1), parent('q.example', 2, false)] }
  const { merged, conflicts } = mergeDocuments(base, mine, theirs)
  expect(merged.parentProxies).toEqual([parent('mine.example', 1), parent('q.example', 2, false)])
  expect(conflicts).toMatchObject([{ kind: 'parent', address: 'mine.example:3128', field: 'address' }])
  expect(resolveConflicts(merged, conflicts, all('theirs', 1))).toEqual(theirs)
})

test('route tests are merged as one list', () => {
  const mine = { ...base, routeTests: [routeTest('mine.example')] }
  const theirs = { ...base, routeTests: [routeTest('theirs.example')] }
  expect(mergeDocuments(base, mine, base).merged.routeTests).toEqual(mine.routeTests)
  expect(mergeDocuments(base, base, theirs).merged.routeTests).toEqual(theirs.routeTests)
  const { merged, conflicts } = mergeDocuments(base, mine, theirs)
  expect(conflicts).toEqual([
    { kind: 'routeTests', base: [], mine: mine.routeTests, theirs: theirs.routeTests },
  ])
  expect(merged).toEqual(mine)
  expect(resolveConflicts(merged, conflicts, all('theirs', 1))).toEqual(theirs)
})

test('default, failover and client rules are merged each for itself', () => {
  const mine: ConfigDocument = {
    ...base,
    defaultAction: 'parent',
    clientRules: [],
    failover: { ...defaultFailover, retrySeconds: 60, failThreshold: 5 },
    routeTests: [],
  }
  const theirs: ConfigDocument = {
    ...base,
    clientRules: [{ range: '::1', action: 'allow' }],
    failover: { ...defaultFailover, retrySeconds: 90, selection: 'sticky' },
    routeTests: [],
  }
  const { merged, conflicts } = mergeDocuments(base, mine, theirs)
  expect(merged).toEqual({ ...mine, failover: { ...mine.failover, selection: 'sticky' } })
  expect(conflicts).toEqual([
    { kind: 'failover', field: 'retrySeconds', base: 300, mine: 60, theirs: 90 },
    { kind: 'clients', base: base.clientRules, mine: [], theirs: theirs.clientRules },
  ])
  expect(resolveConflicts(merged, conflicts, all('theirs', 2))).toEqual({
    ...theirs,
    defaultAction: 'parent',
    failover: { ...theirs.failover, failThreshold: 5 },
  })
})

test('name and description are merged as texts, proxies as a set', () => {
  const before: EditedContent = { name: 'old', description: 'old', proxyIds: ['1', '2', '3'], document: base }
  const mine = { ...before, name: 'mine', description: 'mine', proxyIds: ['3', '2', '4'] }
  const theirs = { ...before, name: 'theirs', proxyIds: ['1', '2', '5', '4'] }
  const { merged, conflicts } = mergeContent(before, mine, theirs)
  expect(merged).toEqual({ ...mine, proxyIds: ['2', '5', '4'] })
  expect(conflicts).toEqual([{ kind: 'name', base: 'old', mine: 'mine', theirs: 'theirs' }])
  expect(resolveContent(merged, conflicts, all('theirs', 1)).name).toBe('theirs')
})
