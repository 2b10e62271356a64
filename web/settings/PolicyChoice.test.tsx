import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library'
import { createSignal } from 'solid-js'
import { afterEach, expect, test } from 'vitest'
import { PolicyChoice } from './PolicyChoice.tsx'

afterEach(cleanup)

function show(answer: () => string | undefined) {
  const [chosen, setChosen] = createSignal<'one' | 'two'>('one')
  render(() => (
    <PolicyChoice
      legend="Numbers"
      policies={['one', 'two']}
      chosen={chosen()}
      words={(policy) => policy}
      isOpen
      onChoose={async (policy) => {
        const fault = answer()
        if (fault === undefined) setChosen(policy)
        return fault
      }}
    />
  ))
}
const marked = (name: string) => (screen.getByLabelText(name) as HTMLInputElement).checked

test('a refused choice says why beside the choice, and the one in force is marked again', async () => {
  let fault: string | undefined = 'Not today.'
  show(() => fault)
  fireEvent.click(screen.getByLabelText('two'))
  expect((await screen.findByRole('alert')).textContent).toBe('Not today.')
  expect([marked('one'), marked('two')]).toEqual([true, false])

  fault = undefined
  fireEvent.click(screen.getByLabelText('two'))
  await expect.poll(() => screen.queryByRole('alert')).toBeNull()
  expect([marked('one'), marked('two')]).toEqual([false, true])
})
