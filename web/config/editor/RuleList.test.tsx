import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library'
import { createRoot } from 'solid-js'
import { afterEach, expect, test } from 'vitest'
import { defaultFailover, type Rule } from '#core/config-document'
import { createDraft, type DraftContent } from './draft.ts'
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
      failover: defaultFailover,
    },
  }
  const { draft, problems } = createRoot((dispose) => {
    disposals.push(dispose)
    const draft = createDraft(content)
    return { draft, problems: createFieldProblems(draft) }
  })
  render(() => <RuleList draft={draft} problems={problems} why={undefined} />)
  return { draft, problems, order: () => draft.content.document.rules.map(({ value }) => value) }
}

function valueOf(row: number): HTMLElement {
  return screen.getByLabelText(`Value of rule ${row}`)
}

test('a button moves a rule, and the first one has nowhere to go', () => {
  const { order } = show('a.example', 'b.example', 'c.example')
  fireEvent.click(screen.getByRole('button', { name: /Move rule 1 down/ }))
  expect(order()).toEqual(['b.example', 'a.example', 'c.example'])
  fireEvent.click(screen.getByRole('button', { name: /Move rule 1 up/ }))
  expect(order()).toEqual(['b.example', 'a.example', 'c.example'])
})

test('Alt and an arrow key move the rule, and the focus goes with it', () => {
  const { order } = show('a.example', 'b.example', 'c.example')
  valueOf(3).focus()
  fireEvent.keyDown(valueOf(3), { key: 'ArrowUp', altKey: true })
  expect(order()).toEqual(['a.example', 'c.example', 'b.example'])
  expect(document.activeElement).toBe(valueOf(2))
  expect(screen.getByRole('status').textContent).toContain('2')
})

test('an error stands in its own row, once the field was left, and goes when it is mended', () => {
  show('a.example', 'b.example')
  fireEvent.input(valueOf(2), { target: { value: 'not a name' } })
  expect(valueOf(2).getAttribute('aria-invalid')).toBeNull()
  fireEvent.blur(valueOf(2))
  expect(valueOf(2).getAttribute('aria-invalid')).toBe('true')
  const error = document.getElementById(valueOf(2).getAttribute('aria-describedby') ?? '')
  expect(error?.textContent).toMatch(/\w+/)
  expect(valueOf(1).getAttribute('aria-invalid')).toBeNull()
  fireEvent.input(valueOf(2), { target: { value: 'c.example' } })
  expect(valueOf(2).getAttribute('aria-invalid')).toBeNull()
})

test('an error stays with its rule when the rule moves', () => {
  show('a.example', 'not a name', 'c.example')
  fireEvent.blur(valueOf(2))
  fireEvent.click(screen.getByRole('button', { name: /Move rule 2 down/ }))
  expect(valueOf(3).getAttribute('aria-invalid')).toBe('true')
  expect(valueOf(2).getAttribute('aria-invalid')).toBeNull()
})

test('what the server refuses is shown at its path', () => {
  const { problems } = show('a.example')
  problems.refuse([{ path: 'rules.0.note', code: 'NOTE_FORBIDDEN', message: 'This note is not allowed.' }])
  problems.showAll()
  expect(screen.getByLabelText('Note of rule 1').getAttribute('aria-invalid')).toBe('true')
  expect(screen.getByText('This note is not allowed.')).toBeTruthy()
})

test('an edit that is taken back leaves nothing to save', () => {
  const { draft } = show('a.example')
  fireEvent.input(valueOf(1), { target: { value: 'b.example' } })
  expect(draft.isDirty()).toBe(true)
  fireEvent.input(valueOf(1), { target: { value: 'a.example' } })
  expect(draft.isDirty()).toBe(false)
})
