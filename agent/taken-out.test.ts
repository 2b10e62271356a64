import { beforeEach, expect, test } from 'vitest'
import { AtsSilent } from './ats-port.ts'
import { createLog } from './log.ts'
import type { State } from './memory.ts'
import { holdOut } from './taken-out.ts'

let known: string[]
let isSilent: boolean
let asked: string[]
let state: Pick<State, 'takenOut'>
beforeEach(() => {
  known = []
  isSilent = false
  asked = []
  state = { takenOut: [] }
})

function ask(what: string): void {
  if (isSilent) throw new AtsSilent('ATS is away')
  asked.push(what)
}
const hold = (...wanted: string[]) =>
  holdOut(wanted, {
    ats: {
      async takenOut(hosts) {
        ask('status')
        return hosts.filter((host) => known.includes(host))
      },
      async takeOut(hosts) {
        ask(`down ${hosts}`)
        known.push(...hosts)
      },
      async bringBack(hosts) {
        ask(`up ${hosts}`)
        known = known.filter((host) => !hosts.includes(host))
      },
    },
    memory: {
      get state() {
        return state as State
      },
      async update(change) {
        state = { ...state, ...change }
      },
    },
    log: createLog(() => {}),
  })

test('while nobody is to be out ATS is not asked', async () => {
  known = ['by-hand.example']
  await hold()
  expect(asked).toEqual([])
})

test('a host is taken out once, and again after ATS has forgotten it', async () => {
  await hold('a.example', 'b.example')
  await hold('a.example', 'b.example')
  expect(asked).toEqual(['status', 'down a.example,b.example', 'status'])
  known = ['b.example']
  await hold('a.example', 'b.example')
  expect(asked.slice(3)).toEqual(['status', 'down a.example'])
})

test('only what we took out is brought back', async () => {
  await hold('a.example', 'b.example')
  known.push('by-hand.example')
  asked = []
  await hold('b.example')
  expect(asked).toEqual(['up a.example', 'status'])
  await hold()
  expect(known).toEqual(['by-hand.example'])
  expect(state.takenOut).toEqual([])
})

test('while ATS is silent nothing is forgotten, and the next pass does it', async () => {
  await hold('a.example')
  isSilent = true
  await hold()
  expect(state.takenOut).toEqual(['a.example'])
  isSilent = false
  await hold()
  expect(known).toEqual([])
})
