import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library'
import { createRoot } from 'solid-js'
import { afterEach, expect, test } from 'vitest'
import { defaultFailover, type Rule } from '#core/config-document'
import { createDraft } from './draft.ts'
import type { DraftContent } from './edits.ts'
import { createFieldProblems } from './fields.ts'
import { RuleList } from './RuleList.tsx'

const disposals: (() => void)[] = []
afterEach(() => {
  cleanup()
  for (const dispose of disposals.splice(0)) dispose()
})

function rule(id: string, value: string): Rule {
  return { id, kind: 'domain', value, action: 'direct', enabled: true, note: '', owner: '', expiresAt: null }
}

function show(...values: string[]) {
  const content: DraftContent = {
    name: 'egress',
    description: '',
    proxyIds: [],
    document: {
      defaultAction: 'direct',
      rules: values.map((value, index) => rule(`r${index}`, value)),
      parentProxies: [],
      clientRules: [],
      routeTests: [],
      failover: defaultFailover,
    },
  }
  const { draft, problems } = createRoot((dispose) => {
    disposals.push(dispose)
    const draft = createDraft({ revision: 1, content })
    return { draft, problems: createFieldProblems(draft) }
  })
  render(() => <RuleList draft={draft} problems={problems} why={undefined} />)
  return { draft, problems, order: () => draft.document().rules.map((each) => each.value) }
}

function valueOf(row: number): HTMLElement {
  return screen.getByLabelText(`Value of rule ${row}`)
}

/** Opens the details of a rule and presses one of its buttons. */
function press(row: number, name: RegExp): void {
  fireEvent.click(screen.getByRole('button', { name: `Owner, end and more of rule ${row}` }))
  fireEvent.click(screen.getByRole('button', { name }))
}

test('a button moves a rule, and says where it is now', () => {
  const { order } = show('a.example', 'b.example', 'c.example')
  press(3, /Move rule 3 up/)
  expect(order()).toEqual(['a.example', 'c.example', 'b.example'])
  expect(screen.getByText('The rule is now number 2.')).toBeTruthy()
})

test('an error stands in its own row, once the field was left, and goes when it is mended', () => {
  show('a.example', 'b.example')
  fireEvent.input(valueOf(2), { target: { value: 'not a name' } })
  expect(valueOf(2).getAttribute('aria-invalid')).toBeNull()
  fireEvent.focusOut(valueOf(2))
  expect(valueOf(2).getAttribute('aria-invalid')).toBe('true')
  const error = document.getElementById(valueOf(2).getAttribute('aria-describedby') ?? '')
  expect(error?.textContent).toMatch(/\w+/)
  expect(valueOf(1).getAttribute('aria-invalid')).toBeNull()
  fireEvent.input(valueOf(2), { target: { value: 'c.example' } })
  expect(valueOf(2).getAttribute('aria-invalid')).toBeNull()
})

test('an error stays with its rule when the rule moves', () => {
  show('a.example', 'not a name', 'c.example')
  fireEvent.focusOut(valueOf(2))
  expect(valueOf(2).getAttribute('aria-invalid')).toBe('true')
  press(2, /Move rule 2 down/)
  expect(valueOf(3).getAttribute('aria-invalid')).toBe('true')
  expect(valueOf(2).getAttribute('aria-invalid')).toBeNull()
})

test('a refusal of the server lands on the field that it names', () => {
  const { draft, problems } = show('a.example')
  problems.refuse(
    [{ path: 'rules.0.note', code: 'NOTE_FORBIDDEN', message: 'This note is not allowed.' }],
    draft.document().rules,
  )
  problems.showAll()
  expect(screen.getByLabelText('Note of rule 1').getAttribute('aria-invalid')).toBe('true')
  expect(screen.getByText('This note is not allowed.')).toBeTruthy()
})

test('an edit that is taken back leaves nothing to save, and only the edited row is drawn anew', () => {
  const { draft } = show('a.example', 'b.example')
  const [first, second] = draft.document().rules
  const other = valueOf(2)
  fireEvent.input(valueOf(1), { target: { value: 'b' } })
  expect(draft.isDirty()).toBe(true)
  expect(draft.document().rules[1]).toBe(second)
  expect(valueOf(2)).toBe(other)
  fireEvent.input(valueOf(1), { target: { value: 'a.example' } })
  expect(draft.isDirty()).toBe(false)
  draft.undo()
  expect(draft.document().rules[0]).toBe(first)
})

test('a range is selected with Shift, and what is done to it is one step back', () => {
  const { draft, order } = show('a.example', 'b.example', 'c.example', 'd.example')
  fireEvent.click(screen.getByLabelText('Select rule 2'))
  fireEvent.click(screen.getByLabelText('Select rule 4'), { shiftKey: true })
  expect(screen.getByText('3 selected')).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Disable' }))
  expect(draft.document().rules.map(({ enabled }) => enabled)).toEqual([true, false, false, false])
  screen.getByLabelText('Select rule 2').focus()
  fireEvent.keyDown(screen.getByLabelText('Select rule 2'), { key: 'Delete' })
  expect(order()).toEqual(['a.example'])
  draft.undo()
  expect(order()).toEqual(['a.example', 'b.example', 'c.example', 'd.example'])
  draft.undo()
  expect(draft.isDirty()).toBe(false)
})

test('a filter hides rules, keeps their numbers, and a move passes the next one shown', () => {
  const { order } = show('a.corp', 'b.example', 'c.corp', 'd.example', 'e.corp')
  fireEvent.input(screen.getByLabelText('Find in rules'), { target: { value: 'corp' } })
  expect(screen.queryByLabelText('Value of rule 2')).toBeNull()
  expect(valueOf(3).getAttribute('value') ?? (valueOf(3) as HTMLInputElement).value).toBe('c.corp')
  press(5, /Move rule 5 up/)
  expect(order()).toEqual(['a.corp', 'b.example', 'e.corp', 'c.corp', 'd.example'])
})
