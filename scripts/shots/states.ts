/** Every state that needs a hand or a fault to come about. */
import type { SeededServer } from '../fleet/seeded-server.ts'
import type { States } from './state.ts'
import { configStates } from './states-config.ts'
import { fleetStates } from './states-fleet.ts'
import { frameStates } from './states-frame.ts'
import { logStates } from './states-logs.ts'
import { peopleStates } from './states-people.ts'

export function statesOf(seeded: SeededServer): States {
  return {
    ...frameStates(seeded),
    ...fleetStates(seeded),
    ...logStates(seeded),
    ...configStates(seeded),
    ...peopleStates(seeded),
  }
}
