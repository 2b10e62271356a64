import { expect, test } from 'vitest'
import { type ChangedField, changedFields } from './changedFields.ts'

/** One text per field: `label: before → after`, or its signed lines. */
const read = (field: ChangedField) =>
  field.kind === 'value'
    ? `${field.label}: ${field.before ?? '∅'} → ${field.after ?? '∅'}`
    : `${field.label}: ${field.lines
        .map(({ sign, parts }) => {
          const marks = { none: '', removed: '−', added: '+' }
          const text = parts.map((part) => `${marks[part.change]}${part.text}`).join('|')
          return `${sign} ${text}`
        })
        .join('\n')}`

const changes = (before: unknown, after: unknown) => changedFields(before, after).map(read)

test('only fields that differ are told, in words and not in stored names', () => {
  const before = { status: 'draft', revision: 3, defaultAction: 'direct', name: 'egress' }
  const after = { status: 'pending_approval', revision: 3, defaultAction: 'parent', name: 'egress' }
  expect(changes(before, after)).toEqual([
    'Status: Draft → Waiting for approval',
    'Default action: Direct → Parent',
  ])
})

test('an entry without an old or new value is read all the same', () => {
  expect(changes(null, { name: 'egress', description: '' })).toEqual(['Name: ∅ → egress'])
  expect(changes(undefined, null)).toEqual([])
})

test('a rule that changed is one line with the words that changed', () => {
  const before = { rules: ['domain a.example → direct (note: old)', 'host b.example → parent'] }
  const after = { rules: ['domain a.example → parent (note: new)', 'ip_range 10.0.0.0/8 → direct'] }
  expect(changes(before, after)).toEqual([
    [
      'Rules: - −Host b.example → Parent',
      '~ Domain a.example → |−Direct|+Parent| (note: |−old|+new|)',
      '+ +IP range 10.0.0.0/8 → Direct',
    ].join('\n'),
  ])
})

test('a rule that has little left of what it was is told as gone and come', () => {
  const before = { rules: ['domain a.example → direct (owner: Retail Latin America)'] }
  const after = { rules: ['domain a.example → direct (note: asked for by the branch in Recife; owner: net)'] }
  const [field] = changedFields(before, after)
  expect(field?.kind === 'lines' && field.lines.map(({ sign }) => sign)).toEqual(['-', '+'])
})

test('every extra of a rule is told, also a note that holds brackets', () => {
  const rules = [
    'domain a.example → direct (disabled; note: see (1); owner: net; expires: 2030-01-02T03:04:05.000Z)',
  ]
  const [told] = changes({}, { rules })
  expect(told).toMatch(/disabled; note: see \(1\); owner: net; expires .*2030/)
})

test('failover is told number by number, parents and proxies item by item', () => {
  const failover = { selection: 'primary_first', failThreshold: 2 }
  const parent = { host: '10.0.0.1', port: 3128, priority: 1, enabled: true }
  expect(
    changes(
      { failover, parentProxies: [parent], proxies: ['edge-1'] },
      {
        failover: { ...failover, failThreshold: 4 },
        parentProxies: [{ ...parent, enabled: false }],
        proxies: ['edge-1', 'edge-2'],
      },
    ),
  ).toEqual([
    'Failures until a parent is down: 2 → 4',
    'Parents: ~ 10.0.0.1:3128, priority 1|+ (disabled)',
    'Proxies: + +edge-2',
  ])
})

test('what is newer than this app is shown as it is stored', () => {
  expect(changes({ mood: 'calm' }, { mood: { of: 'sea', wind: null } })).toEqual([
    'mood: calm → of: sea, wind: none',
  ])
})
