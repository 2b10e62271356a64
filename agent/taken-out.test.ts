import { beforeEach, expect, test } from 'vitest'
import { AtsSilent } from './ats-port.ts'
import { createLog } from './log.ts'
import type { State } from './memory.ts'
import { createHold, type ParentHold } from './taken-out.ts'

let known: string[]
/** What ATS says to be out, while that lags behind; null: what is. */
let shown: string[] | null
let isSilent: boolean
let asked: string[]
let news: number
let state: Pick<State, 'takenOut'>
let later: (() => unknown) | null
let parents: ParentHold
beforeEach(() => {
  known = []
  shown = null
  isSilent = false
  asked = []
  news = 0
  state = { takenOut: [] }
  later = null
  parents = born()
})

function ask(what: string): void {
  if (isSilent) throw new AtsSilent('ATS is away')
  asked.push(what)
}

/** An agent's process with this state on its disk. */
function born(): ParentHold {
  return createHold({
    ats: {
      async takenOut(hosts) {
        ask('status')
        return hosts.filter((host) => (shown ?? known).includes(host))
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
    clock: {
      after(_ms, call) {
        later = call
        return () => {
          later = null
        }
      },
    },
    onNews: () => {
      news += 1
    },
  })
}
const hold = (...wanted: string[]) => parents.hold(wanted)
const found = () => parents.found().map(({ host, isOut, says }) => [host, isOut, says])
async function second(): Promise<void> {
  const call = later
  later = null
  await call?.()
}

test('while nobody is to be out ATS is not asked', async () => {
  known = ['by-hand.example']
  await hold()
  expect(asked).toEqual([])
})

test('a host is taken out once, and again after ATS has forgotten it', async () => {
  await hold('a.example', 'b.example')
  await hold('a.example', 'b.example')
  expect(asked).toEqual(['status', 'down a.example,b.example', 'status', 'status'])
  known = ['b.example']
  await hold('a.example', 'b.example')
  expect(asked.slice(4)).toEqual(['status', 'down a.example', 'status'])
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

test('while ATS is silent nothing is forgotten, its words are told, and the next pass does it', async () => {
  await hold('a.example')
  isSilent = true
  await hold()
  expect(state.takenOut).toEqual(['a.example'])
  expect(found()).toEqual([['a.example', null, 'ATS is away']])
  isSilent = false
  await hold()
  expect(known).toEqual([])
  expect(found()).toEqual([])
})

test('a host is out when ATS says so: until then it is looked again, and what is found then is news', async () => {
  shown = []
  await hold('a.example')
  expect(found()).toEqual([['a.example', false, null]])
  await second()
  expect(news).toBe(0)
  shown = null
  await second()
  expect(news).toBe(1)
  expect(found()).toEqual([['a.example', true, null]])
  await hold('a.example')
  expect(later).toBeNull()
})

test('a host that is brought back is told until ATS is seen to use it again', async () => {
  await hold('a.example')
  shown = ['a.example']
  await hold()
  expect(found()).toEqual([['a.example', true, null]])
  shown = null
  await second()
  expect(found()).toEqual([])
  expect(news).toBe(1)
})

test('an ATS that does not what it was told is said to', async () => {
  shown = []
  await hold('a.example')
  for (let times = 0; times < 15; times += 1) await second()
  expect(found()).toEqual([['a.example', false, expect.stringContaining('still uses it')]])
  expect(news).toBe(1)
  await hold('a.example')
  expect(later).toBeNull()
  shown = null
  await hold('a.example')
  expect(found()).toEqual([['a.example', true, null]])
})

test('who was out before a restart of the agent is brought back after it', async () => {
  await hold('a.example')
  parents = born()
  await hold()
  expect(known).toEqual([])
})
