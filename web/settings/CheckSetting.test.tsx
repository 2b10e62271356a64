import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library'
import { createSignal } from 'solid-js'
import { afterEach, expect, test } from 'vitest'
import { CheckSetting } from './CheckSetting.tsx'

afterEach(cleanup)

test('a refused tick says why beside the box, and what is in force is shown again', async () => {
  let fault: string | undefined = 'Not today.'
  const [value, setValue] = createSignal(false)
  render(() => (
    <CheckSetting
      label="Ask"
      note="Each time."
      value={value()}
      isOpen
      onSave={async (wanted) => {
        if (fault === undefined) setValue(wanted)
        return fault
      }}
    />
  ))
  const box = screen.getByRole('checkbox') as HTMLInputElement
  fireEvent.click(box)
  expect((await screen.findByRole('alert')).textContent).toBe('Not today.')
  expect(box.checked).toBe(false)

  fault = undefined
  fireEvent.click(box)
  await expect.poll(() => screen.queryByRole('alert')).toBeNull()
  expect(box.checked).toBe(true)
})
