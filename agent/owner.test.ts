/** Who may replace whose file, and to whom the new one belongs. */
import { expect, test } from 'vitest'
import { ownerAfter } from './owner.ts'

const ats = { uid: 120, gid: 125 }

test.each([
  ['root gives it back to whom it belonged', { uid: 0, groups: [0] }, 0o600, ats],
  ['the owner keeps it, with its group', { uid: 120, groups: [125] }, 0o600, ats],
  [
    'a member of the group makes it its own, readable by the group',
    { uid: 999, groups: [999, 125] },
    0o640,
    { uid: 999, gid: 125 },
  ],
  ['somebody else does where everybody may read', { uid: 999, groups: [999] }, 0o644, { uid: 999, gid: 999 }],
] as const)('%s', (_what, agent, mode, expected) => {
  expect(ownerAfter({ ...ats, mode }, agent)).toEqual(expected)
})

test.each([
  ['that only its owner may read', { uid: 999, groups: [999, 125] }, 0o600],
  ['of a group that the agent is not in', { uid: 999, groups: [999] }, 0o640],
])('a file %s is not replaced: ATS could not read the new one', (_what, agent, mode) => {
  expect(() => ownerAfter({ ...ats, mode }, agent)).toThrow(/run the agent as root or as that user/)
})
